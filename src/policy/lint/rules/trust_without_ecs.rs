//! A trust policy of the export role that does not admit ECS.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::{ASSUME_ROLE, ECS_SERVICE};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "trust-without-ecs",
        severity: Severity::Error,
        why: "ExportImage runs as `ecs.aliyuncs.com` and answers `NoSetRoletoECSServiceAcount` unless it may assume the role",
        fix: "add an `Allow` of `sts:AssumeRole` for `\"Principal\": {\"Service\": [\"ecs.aliyuncs.com\"]}`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.is_trust || view.options.exports.is_none() {
        return;
    }
    let admits = view.statements.iter().any(|statement| {
        let mut services = statement
            .principals
            .iter()
            .filter(|p| p.member == "Service")
            .flat_map(|p| &p.words);
        statement.allows()
            && statement.names_action(ASSUME_ROLE)
            && services.any(|word| word.text == ECS_SERVICE)
    });
    if let Some(list) = view
        .root
        .and_then(|root| root.member("Statement"))
        .filter(|_| !admits)
    {
        report.at(
            list.value.spot,
            format!("`{ECS_SERVICE}` may not assume the role"),
        );
    }
}
