//! A condition operator that RAM does not have.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use super::aws_operator::is_of_aws;
use crate::policy::error::quote;
use crate::policy::operator;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "invalid-operator",
        severity: Severity::Error,
        why: "RAM refuses operators it does not know; our reading of such a statement is \"unknown\"",
        fix: "use one of RAM's operators, spelt as documented",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let conditions = view
        .statements
        .iter()
        .filter_map(|s| s.node.member("Condition"));
    for member in conditions.flat_map(|condition| condition.value.members()) {
        let name = member.name.as_str();
        if operator::is_known(name) || is_of_aws(name) {
            continue;
        }
        let message = format!("unknown condition operator {}", quote(name));
        match nearest(name, operator::names()) {
            Some(close) => report.write(member.name_spot, message, close),
            None => report.at(member.name_spot, message),
        }
    }
}
