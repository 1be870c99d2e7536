//! A condition operator that only AWS has.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;
use crate::policy::operator;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "aws-operator",
        severity: Severity::Error,
        why: "RAM refuses `…IfExists` and `Null`, and has no operators for other ARNs or bytes",
        fix: "use the plain operator; say what should happen without the key in a statement of its own",
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
        if !is_of_aws(name) {
            continue;
        }
        let message = format!("{} is an operator of AWS", quote(name));
        let plain = name
            .rsplit(':')
            .next()
            .unwrap_or(name)
            .trim_end_matches("IfExists");
        match operator::is_known(plain) {
            true => report.write_saying(
                member.name_spot,
                message,
                plain,
                format!("RAM has `{plain}`; mind requests that lack the key"),
            ),
            false => report.at(member.name_spot, message),
        }
    }
}

/// Whether the operator is one that AWS has and RAM has not.
pub(super) fn is_of_aws(name: &str) -> bool {
    let plain = name.rsplit(':').next().unwrap_or(name);
    plain.ends_with("IfExists")
        || matches!(
            plain,
            "Null" | "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" | "BinaryEquals"
        )
}
