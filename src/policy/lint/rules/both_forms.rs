//! Both `Action` and `NotAction`, or both `Resource` and `NotResource`.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "both-forms",
        severity: Severity::Error,
        why: "RAM documents them as one or the other; what both together mean is not defined",
        fix: "keep the one that is meant; split the statement if both are",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in &view.statements {
        for (positive, negative) in [("Action", "NotAction"), ("Resource", "NotResource")] {
            if let (Some(_), Some(second)) = (
                statement.node.member(positive),
                statement.node.member(negative),
            ) {
                report.at(
                    second.name_spot,
                    format!("both `{positive}` and `{negative}`; one is meant"),
                );
            }
        }
    }
}
