//! A grant of every action of every service.

use super::super::pattern::{action_parts, is_all};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "all-actions",
        severity: Severity::Warning,
        why: "whoever holds it can do anything, now and with every service to come",
        fix: "name the actions that are needed",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.is_trust {
        return;
    }
    for statement in view.grants() {
        for word in statement.action.iter().flat_map(|action| &action.words) {
            let parts = action_parts(word.text);
            if is_all(word.text)
                || parts.is_some_and(|(service, name)| is_all(service) && is_all(name))
            {
                report.at(
                    word.spot,
                    format!("{} grants every action of every service", quote(word.text)),
                );
            }
        }
    }
}
