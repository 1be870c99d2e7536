//! `sts:AssumeRole` on any role.

use super::super::pattern::{Arn, action_parts, is_all, matches_action};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::ASSUME_ROLE;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "assume-any-role",
        severity: Severity::Warning,
        why: "it makes its holder anyone who trusts this account, administrators included",
        fix: "name the roles: `acs:ram::<uid>:role/<name>`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in view.grants() {
        let Some((actions, resources)) = statement.positive() else {
            continue;
        };
        let about_sts = |text: &str| {
            action_parts(text).is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts"))
        };
        let mut actions = actions.iter();
        let Some(action) =
            actions.find(|word| about_sts(word.text) && matches_action(word.text, ASSUME_ROLE))
        else {
            continue;
        };
        if let Some(resource) = resources.iter().find(|word| is_any_role(word.text)) {
            let message = format!(
                "{} on {} is every role that trusts this account",
                quote(action.text),
                quote(resource.text)
            );
            report.at(resource.spot, message);
        }
    }
}

fn is_any_role(resource: &str) -> bool {
    let relative = Arn::read(resource).map(|arn| arn.relative);
    is_all(resource)
        || relative.is_some_and(|r| is_all(r) || r.strip_prefix("role/").is_some_and(is_all))
}
