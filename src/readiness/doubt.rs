//! What decides whether a statement is about the role at all, as a test of its condition.
//!
//! So the engine finds, with everything else, what follows from either side of a doubt; statements in doubt for one
//! reason stay together. The keys begin with `?`, which no key of RAM does.

use crate::policy::{Condition, Doubt, Effect, Statement};

/// The key of the session's name.
const SESSION: &str = "?session";
/// The key of the bucket's resource group.
const GROUP: &str = "?group";
/// The key of whether a Deny for a resource group beats an account-wide Allow.
const GROUP_DENY: &str = "?group-deny";

/// Doubts as tests of conditions.
pub(super) struct Doubts;

impl Doubts {
    /// Adds a doubt about a principal to a condition.
    pub(super) fn add(condition: &mut Condition, doubt: &Doubt) {
        let (operator, key, value) = match doubt {
            Doubt::Session(pattern) => ("StringLike", SESSION.to_owned(), pattern.clone()),
            Doubt::OwnerRule => ("Bool", "?owner".to_owned(), "true".to_owned()),
            Doubt::Account => ("Bool", "?account".to_owned(), "true".to_owned()),
            Doubt::Wildcards => ("Bool", "?wildcards".to_owned(), "true".to_owned()),
            Doubt::LetterCase => ("Bool", "?case".to_owned(), "true".to_owned()),
            Doubt::Form(text) => ("Bool", format!("?form {text}"), "true".to_owned()),
        };
        Self::test(condition, operator, key, value);
    }

    /// Limits a statement to buckets of a resource group. Whether its Deny beats an account-wide Allow is told in two
    /// ways. Source: RAM, order of evaluation, 2021 and 2025.
    pub(super) fn limit_to_group(statement: &mut Statement, group: &str) {
        let condition = &mut statement.condition;
        Self::test(
            condition,
            "StringEquals",
            GROUP.to_owned(),
            group.to_owned(),
        );
        if statement.effect == Effect::Deny {
            Self::test(condition, "Bool", GROUP_DENY.to_owned(), "true".to_owned());
        }
    }

    fn test(condition: &mut Condition, operator: &str, key: String, value: String) {
        let keys = condition.operators.entry(operator.to_owned()).or_default();
        keys.insert(key, vec![value]);
    }

    /// The values of a key of ours; an inner `None` where there is no end to them. Nothing for a key of RAM.
    pub(super) fn values(key: &str) -> Option<Option<Vec<Option<String>>>> {
        match key {
            SESSION | GROUP => Some(None),
            _ if key.starts_with('?') => {
                let both = ["true", "false"].map(|value| Some(value.to_owned()));
                Some(Some(both.to_vec()))
            }
            _ => None,
        }
    }

    /// The doubts of a condition in words that follow "if", the condition without them, and the other of `keys`.
    pub(super) fn split(
        condition: Condition,
        keys: Vec<String>,
    ) -> (Option<String>, Condition, Vec<String>) {
        let mut doubts: Vec<(&str, &[String])> = condition
            .tests()
            .filter(|(_, key, _)| key.starts_with('?'))
            .map(|(_, key, values)| (key, values))
            .collect();
        // Which bucket it is comes before what that means.
        doubts.sort_by_key(|(key, _)| *key != GROUP);
        let words: Vec<String> = doubts
            .into_iter()
            .map(|(key, values)| words(key, values))
            .collect();
        let mut rest = condition;
        for keys in rest.operators.values_mut() {
            keys.retain(|key, _| !key.starts_with('?'));
        }
        rest.operators.retain(|_, keys| !keys.is_empty());
        let keys: Vec<String> = keys
            .into_iter()
            .filter(|key| !key.starts_with('?'))
            .collect();
        let words = (!words.is_empty()).then(|| words.join(" and "));
        (words, rest, keys)
    }
}

fn words(key: &str, values: &[String]) -> String {
    let values = values.join(" or ");
    match key {
        SESSION => format!("ECS names its session {values}, which is not documented"),
        GROUP => format!("the bucket is in resource group {values}"),
        GROUP_DENY => {
            "a Deny for a resource group beats an Allow for the account, which is not documented"
                .to_owned()
        }
        "?owner" => {
            "`*` without a condition means roles of the bucket's owner, which is not documented"
                .to_owned()
        }
        "?account" => "the UID of an account means its roles, which is not documented".to_owned(),
        "?wildcards" => {
            "a wildcard stands for several parts of an ARN, which is not documented".to_owned()
        }
        "?case" => {
            "letter case has no meaning in the role's name, which is not documented".to_owned()
        }
        _ => {
            let text = key.strip_prefix("?form ").unwrap_or(key);
            format!("{text}, a form that is not documented, means the role")
        }
    }
}
