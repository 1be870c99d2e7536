//! A bucket name that no bucket can have.

use super::super::level::is_of_another_kind;
use super::super::pattern::{Arn, has_wildcard};
use super::super::resource::{is_bucket_name, is_sound};
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
        let Some((bucket, key)) = arn.bucket_and_key().filter(|_| !is_of_another_kind(arn)) else {
            continue;
        };
        if has_wildcard(bucket) || bucket.contains("${") || is_bucket_name(bucket) {
            continue;
        }
        let message = match bucket {
            "" => format!("no bucket is named in {}", quote(word.text)),
            bucket => format!("no bucket can have the name {}", quote(bucket)),
        };
        let lower = bucket.to_ascii_lowercase();
        let relative = match key {
            Some(key) => format!("{lower}/{key}"),
            None => lower,
        };
        let written = arn.with_relative(&relative);
        match is_sound(&written) {
            true => report.write_saying(
                word.spot,
                message,
                &written,
                format!("letter case counts: write {}", quote(&written)),
            ),
            false => report.at(word.spot, message),
        }
    }
}
