//! A `Sid` on a statement.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "sid",
        severity: Severity::Error,
        why: "RAM's grammar has no `Sid`; it says nothing, and whether RAM takes it is not documented",
        fix: "remove it; say what the policy is for in its description",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for sid in view.statements.iter().filter_map(|s| s.node.member("Sid")) {
        report.at(sid.name_spot, "`Sid` belongs to AWS policies");
    }
}
