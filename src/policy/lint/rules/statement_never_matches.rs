//! A statement that no request matches.

use super::super::pattern::{Arn, is_all};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Statement;
use crate::policy::{PolicyDocument, Question, Statement as Parsed, compare};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "statement-never-matches",
        severity: Severity::Warning,
        why: "it grants nothing and refuses nothing, whatever it was meant to do",
        fix: "remove it, or correct what contradicts itself",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for at in empty(view) {
        if let Some(statement) = view.statements.get(at) {
            report.at(statement.node.spot, "no request can match this statement");
        }
    }
}

/// The numbers of the statements that are proven to match nothing.
pub(super) fn empty(view: &View<'_>) -> Vec<usize> {
    let Some(policy) = view.policy.as_ref().filter(|_| view.is_comparable()) else {
        return Vec::new();
    };
    let pairs = policy.statements().iter().zip(&view.statements).enumerate();
    let empty =
        pairs.filter(|(_, (parsed, statement))| can_be_empty(statement) && is_empty(parsed));
    empty.map(|(at, _)| at).collect()
}

/// Only contradicting conditions and negations make a statement of whole names empty; other names are a
/// business of other rules. What is left out here saves the engine the work.
fn can_be_empty(statement: &Statement<'_>) -> bool {
    let (Some(action), Some(resource)) = (&statement.action, &statement.resource) else {
        return false;
    };
    let is_whole = |text: &str| is_all(text) || Arn::read(text).is_some();
    let is_suspicious = action.is_negated || resource.is_negated || !statement.tests.is_empty();
    is_suspicious && resource.words.iter().all(|word| is_whole(word.text))
}

fn is_empty(statement: &Parsed) -> bool {
    let alone = PolicyDocument::new(vec![statement.clone()]);
    let nothing = PolicyDocument::new(Vec::new());
    compare(&[&nothing], &[&alone], Question::DropIn).is_same()
}
