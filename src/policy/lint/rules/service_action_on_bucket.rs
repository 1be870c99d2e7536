//! An action on the whole of OSS, in a statement whose resources are single buckets.

use super::super::level;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::Level;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "service-action-on-bucket",
        severity: Severity::Warning,
        why: "such an action, `oss:ListBuckets` say, is asked about no single bucket, so a bucket's name never matches",
        fix: "give it a statement of its own on `acs:oss:*:*:*`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (spot, actions) in level::stranded(view, Level::Service, &[Level::Bucket, Level::Object]) {
        report.at(
            spot,
            format!("{actions} on a single bucket can never match"),
        );
    }
}
