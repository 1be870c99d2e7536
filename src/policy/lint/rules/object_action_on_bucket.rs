//! An action on objects, in a statement whose resources are buckets.

use super::super::level;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::Level;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "object-action-on-bucket",
        severity: Severity::Warning,
        why: "OSS asks about `bucket/key` for such an action, which `bucket` never matches",
        fix: "give the statement `<bucket>/*`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (spot, actions) in level::stranded(view, Level::Object, &[Level::Bucket]) {
        report.at(spot, format!("{actions} on a bucket alone can never match"));
    }
}
