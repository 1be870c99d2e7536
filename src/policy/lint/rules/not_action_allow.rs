//! `NotAction` in a statement that grants.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "not-action-allow",
        severity: Severity::Warning,
        why: "it grants every action that is not named, of every service, also of services to come",
        fix: "name what is granted in `Action`; refuse the exceptions with a `Deny`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in view
        .statements
        .iter()
        .filter(|s| s.allows() && !view.is_trust)
    {
        if let Some(action) = statement.action.as_ref().filter(|action| action.is_negated) {
            let named = action
                .words
                .first()
                .map_or_else(String::new, |word| quote(word.text));
            let more = if action.words.len() > 1 {
                " and the others named"
            } else {
                ""
            };
            report.at(
                action.name_spot,
                format!("grants everything but {named}{more}"),
            );
        }
    }
}
