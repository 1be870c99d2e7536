//! Objects without their bucket, in a statement that grants actions on buckets too.

use super::super::level::{Reach, has_bucket, is_concrete, reach, reaches_level};
use super::super::pattern::{Arn, is_all};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::Level;
use crate::policy::error::quote;
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "objects-without-bucket",
        severity: Severity::Warning,
        why: "`bucket/*` is the objects; actions such as listing are asked about `bucket` alone, which it does not cover",
        fix: "add the bucket itself, without `/`",
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
            .find(|word| reaches_level(word.text, Level::Bucket))
        else {
            continue;
        };
        if !resources
            .iter()
            .any(|word| reach(word.text).has(Level::Bucket))
            && actions.iter().all(|word| is_concrete(word.text))
        {
            // A business of `bucket-action-on-object`.
            continue;
        }
        let mut told = HashSet::new();
        for word in resources
            .iter()
            .filter(|word| reach(word.text) == Reach::Object)
        {
            let Some(arn) = Arn::read(word.text) else {
                continue;
            };
            let Some((bucket, Some(_))) = arn.bucket_and_key() else {
                continue;
            };
            if is_all(bucket) || covered(view, bucket) || !told.insert(bucket) {
                continue;
            }
            let message = format!(
                "{} needs the bucket; {} is objects alone",
                quote(action.text),
                quote(word.text)
            );
            report.add(word.spot, message, word.text, &arn.with_relative(bucket));
        }
    }
}

/// Whether some statement grants actions on the bucket.
fn covered(view: &View<'_>, bucket: &str) -> bool {
    view.grants()
        .filter_map(|s| s.positive())
        .any(|(actions, resources)| {
            let reaches = resources.iter().any(|word| has_bucket(word.text, bucket));
            reaches
                && actions
                    .iter()
                    .any(|word| reaches_level(word.text, Level::Bucket))
        })
}
