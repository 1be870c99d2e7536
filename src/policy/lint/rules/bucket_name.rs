//! A bucket name that no bucket can have.

use super::super::level::is_of_another_kind;
use super::super::pattern::{Arn, has_wildcard};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bucket-name",
        severity: Severity::Warning,
        why: "bucket names have 3 to 63 lower-case letters, digits and hyphens; a pattern for another name matches nothing",
        fix: "write the bucket's name as OSS shows it",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.resources() {
        let Some(arn) = Arn::read(word.text) else {
            continue;
        };
        let Some((bucket, _)) = arn.bucket_and_key().filter(|_| !is_of_another_kind(arn)) else {
            continue;
        };
        if has_wildcard(bucket) || bucket.contains("${") || is_possible(bucket) {
            continue;
        }
        let message = match bucket {
            "" => format!("no bucket is named in {}", quote(word.text)),
            bucket => format!("no bucket can have the name {}", quote(bucket)),
        };
        let lower = bucket.to_ascii_lowercase();
        match is_possible(&lower) {
            true => report.with_fix(
                word.spot,
                message,
                format!("letter case counts: write `{lower}`"),
            ),
            false => report.at(word.spot, message),
        }
    }
}

fn is_possible(bucket: &str) -> bool {
    let formed = bucket
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    formed && (3..=63).contains(&bucket.len()) && !bucket.starts_with('-') && !bucket.ends_with('-')
}
