//! Bucket policies: as RAM's documents, with a list of principals in each statement.
//!
//! Source: OSS, "Bucket Policy" (March 2026).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::model::{AccountId, RoleName};
use crate::policy::{Condition, Effect};
use crate::sandbox::evaluation::{
    Decision, Request, action_matches, all, any, combine, holds, matches, resource_matches,
};
use crate::sandbox::state::Behavior;

/// Who asks, as a bucket policy may name it.
pub(crate) enum Principal<'a> {
    Anonymous,
    /// The account itself.
    Account(&'a AccountId),
    User {
        account: &'a AccountId,
        id: &'a str,
    },
    Role {
        account: &'a AccountId,
        role: &'a RoleName,
        session: &'a str,
    },
}

impl Principal<'_> {
    /// Whether a name in the list means it. A session of a role is named by its ARN only.
    fn is_named(&self, name: &str, behavior: &Behavior) -> bool {
        match self {
            Self::Anonymous => false,
            Self::Account(account) => name == account.as_str(),
            Self::User { id, .. } => name == *id,
            Self::Role {
                account,
                role,
                session,
            } => {
                let arn = format!("arn:sts::{account}:assumed-role/{role}/{session}");
                let (name, arn) = (name.to_ascii_lowercase(), arn.to_ascii_lowercase());
                let is_account = behavior.account_means_roles && name == account.as_str();
                let is_like = match behavior.wildcards_stay_in_their_part {
                    true => matches_part_by_part(&name, &arn),
                    false => matches(&name, &arn),
                };
                is_account || (name.starts_with("arn:") && is_like)
            }
        }
    }

    /// Whether it is the owner, whom `*` leaves out. For roles of the owner's account that is not documented.
    fn is_owner(&self, owner: &AccountId, behavior: &Behavior) -> bool {
        match self {
            Self::Anonymous => false,
            Self::Account(account) => *account == owner,
            Self::User { account, .. } | Self::Role { account, .. } => {
                behavior.owner_roles_are_owner && *account == owner
            }
        }
    }
}

/// Whether a pattern has as many parts between `:` and `/` as the text, each of which it matches.
fn matches_part_by_part(pattern: &str, text: &str) -> bool {
    let parts = |text: &str| -> Vec<String> { text.split([':', '/']).map(str::to_owned).collect() };
    let (patterns, texts) = (parts(pattern), parts(text));
    let mut pairs = patterns.iter().zip(&texts);
    patterns.len() == texts.len() && pairs.all(|(pattern, text)| matches(pattern, text))
}

/// What the policy of a bucket says to one request; a bucket without one says nothing.
pub(crate) fn decide(
    policy: Option<&str>,
    (principal, owner): (&Principal<'_>, &AccountId),
    request: &Request<'_>,
    behavior: &Behavior,
) -> Decision {
    let document = policy.and_then(|text| serde_json::from_str::<Document>(text).ok());
    let statements = document.map_or(Vec::new(), |document| document.statement);
    combine(statements.iter().filter_map(|statement| {
        let effect = match statement.effect.as_str() {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => return None,
        };
        let condition = Condition {
            operators: statement
                .condition
                .iter()
                .map(|(operator, keys)| {
                    let keys = keys.iter();
                    let keys = keys.map(|(key, Texts(values))| (key.clone(), values.clone()));
                    (operator.clone(), keys.collect())
                })
                .collect(),
        };
        let Texts(names) = &statement.principal;
        let is_meant = names.iter().any(|name| match name.as_str() {
            "*" if condition.is_empty() => !principal.is_owner(owner, behavior),
            "*" => true,
            name => principal.is_named(name, behavior),
        });
        let parts = [
            Some(is_meant),
            part(&statement.action, &statement.not_action, |pattern| {
                action_matches(pattern, request.action)
            }),
            part(&statement.resource, &statement.not_resource, |pattern| {
                resource_matches(pattern, request.resource)
            }),
            holds(&condition, request.context),
        ];
        Some((effect, all(parts)))
    }))
}

fn part(
    wanted: &Option<Texts>,
    unwanted: &Option<Texts>,
    is_match: impl Fn(&str) -> bool,
) -> Option<bool> {
    match (wanted, unwanted) {
        (Some(Texts(patterns)), _) => any(patterns, is_match),
        (None, Some(Texts(patterns))) => any(patterns, is_match).map(|is_any| !is_any),
        (None, None) => Some(false),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    action: Option<Texts>,
    not_action: Option<Texts>,
    principal: Texts,
    resource: Option<Texts>,
    not_resource: Option<Texts>,
    #[serde(default)]
    condition: BTreeMap<String, BTreeMap<String, Texts>>,
}

/// One text, or a list of them.
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let one = value.as_str().map(|text| vec![text.to_owned()]);
        let many = || serde_json::from_value(value.clone()).map_err(serde::de::Error::custom);
        Ok(Self(one.map_or_else(many, Ok)?))
    }
}
