//! A condition that holds no operator.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "empty-condition",
        severity: Severity::Note,
        why: "it limits nothing: the statement always applies, as without it",
        fix: "remove it, or write the condition that was meant",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let statements = view.statements.iter();
    for member in statements.filter_map(|s| s.node.member("Condition")) {
        if matches!(&member.value.shape, Shape::Members(members) if members.is_empty()) {
            report.at(member.value.spot, "an empty condition, read as none");
        }
    }
}
