//! The name of an operation where that of an action is wanted.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::MISNOMERS;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "misnamed-action",
        severity: Severity::Warning,
        why: "the service checks another action for this operation, so the entry grants and refuses nothing",
        fix: "write the action that the service checks",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.actions() {
        if let Some(right) = meant(word.text) {
            let message = format!("{} is an operation, not an action", quote(word.text));
            report.write(word.spot, message, right);
        }
    }
}

/// Whether the word is the name of an operation.
pub(super) fn is_misnamed(action: &str) -> bool {
    meant(action).is_some()
}

fn meant(action: &str) -> Option<&'static str> {
    let mut misnomers = MISNOMERS.iter();
    let found = misnomers.find(|(wrong, _)| wrong.eq_ignore_ascii_case(action));
    found.map(|(_, right)| *right)
}
