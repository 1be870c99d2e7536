//! OSS actions without OSS resources, or the reverse.

use super::super::pattern::{Arn, action_parts, is_all, matches};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "service-mismatch",
        severity: Severity::Warning,
        why: "OSS asks about its own resources only, so an entry without a counterpart grants and refuses nothing",
        fix: "add the OSS resources or actions that are meant, or remove the entry",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (actions, resources) in view.statements.iter().filter_map(|s| s.positive()) {
        let service =
            |text: &str| action_parts(text).map(|(service, _)| service.to_ascii_lowercase());
        let is_oss_action =
            |text: &str| is_all(text) || service(text).is_some_and(|s| matches(&s, "oss"));
        let is_only_oss = |text: &str| service(text).as_deref() == Some("oss");
        // What is not a whole name is a business of other rules.
        let is_oss_resource = |text: &str| {
            Arn::read(text)
                .is_none_or(|arn| matches(arn.service, "oss") || arn.service == "ossvector")
        };
        let is_only_oss_resource =
            |text: &str| Arn::read(text).is_some_and(|arn| arn.service == "oss");
        if !resources.is_empty() && !resources.iter().any(|word| is_oss_resource(word.text)) {
            for word in actions.iter().filter(|word| is_only_oss(word.text)) {
                report.at(
                    word.spot,
                    format!("{} has no OSS resource in its statement", quote(word.text)),
                );
            }
        }
        let all_formed = actions.iter().all(|word| action_parts(word.text).is_some());
        if all_formed && !actions.iter().any(|word| is_oss_action(word.text)) {
            for word in resources
                .iter()
                .filter(|word| is_only_oss_resource(word.text))
            {
                report.at(
                    word.spot,
                    format!("{} has no OSS action in its statement", quote(word.text)),
                );
            }
        }
    }
}
