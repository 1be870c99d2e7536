//! An action on buckets, in a statement whose resources are objects.

use super::super::level;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::Level;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bucket-action-on-object",
        severity: Severity::Warning,
        why: "OSS asks about `bucket` for such an action, which `bucket/*` never matches",
        fix: "give the statement `<bucket>`, without `/`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (spot, actions) in level::stranded(view, Level::Bucket, &[Level::Object]) {
        report.at(spot, format!("{actions} on objects alone can never match"));
    }
}
