//! A bucket without its objects, in a statement that grants actions on objects too.

use super::super::level::{Reach, is_concrete, reach, reaches_level};
use super::super::pattern::Arn;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::Level;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bucket-without-objects",
        severity: Severity::Warning,
        why: "`bucket` is the bucket alone; `bucket/*` is its objects, and neither covers the other",
        fix: "add `<bucket>/*`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.is_comparable() {
        return;
    }
    for statement in view.grants() {
        let Some((actions, resources)) = statement.positive() else {
            continue;
        };
        let Some(action) = actions
            .iter()
            .find(|word| reaches_level(word.text, Level::Object))
        else {
            continue;
        };
        if !resources
            .iter()
            .any(|word| reach(word.text).has(Level::Object))
            && actions.iter().all(|word| is_concrete(word.text))
        {
            // A business of `object-action-on-bucket`.
            continue;
        }
        for word in resources
            .iter()
            .filter(|word| reach(word.text) == Reach::Bucket)
        {
            let Some(arn) = Arn::read(word.text) else {
                continue;
            };
            if covered(view, arn.relative) {
                continue;
            }
            let objects = arn.with_relative(&format!("{}/*", arn.relative));
            let message = format!(
                "{} needs objects; {} is the bucket alone",
                quote(action.text),
                quote(word.text)
            );
            report.add(word.spot, message, word.text, &objects);
        }
    }
}

/// Whether some statement grants actions on objects of the bucket.
fn covered(view: &View<'_>, bucket: &str) -> bool {
    view.grants()
        .filter_map(|s| s.positive())
        .any(|(actions, resources)| {
            let reaches = resources
                .iter()
                .any(|word| super::super::level::has_objects_of(word.text, bucket));
            reaches
                && actions
                    .iter()
                    .any(|word| reaches_level(word.text, Level::Object))
        })
}
