//! An `AWS` principal.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "aws-principal",
        severity: Severity::Error,
        why: "RAM's principals are `Service`, `RAM` and `Federated`; RAM refuses another",
        fix: "write `\"RAM\": \"acs:ram::<uid>:root\"` for an account, or the user or role that is meant",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let principals = view
        .statements
        .iter()
        .filter_map(|s| s.node.member("Principal"));
    for member in principals.flat_map(|principal| principal.value.members()) {
        if member.name == "AWS" {
            report.at(member.name_spot, "`AWS` is a principal of AWS");
        }
    }
}
