//! An element of trust policies in a permission policy, or the reverse.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "misplaced-element",
        severity: Severity::Error,
        why: "`Principal` says who in a trust policy and `Resource` says what in a permission policy; neither works in the other",
        fix: "remove it, or move the statement to the other kind of document",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.is_bucket {
        return;
    }
    let (names, why): (&[&str], _) = match view.is_trust {
        true => (
            &["Resource", "NotResource"],
            "in a trust policy the role itself is the resource",
        ),
        false => (
            &["Principal"],
            "a permission policy is about whoever it is attached to",
        ),
    };
    for member in view.statements.iter().flat_map(|s| s.node.members()) {
        if names.contains(&member.name.as_str()) {
            let message = format!("{} does not belong here: {why}", quote(&member.name));
            report.at(member.name_spot, message);
        }
    }
}
