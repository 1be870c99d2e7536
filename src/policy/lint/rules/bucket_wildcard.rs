//! A wildcard inside a bucket name, in a statement that grants.

use super::super::level::is_of_another_kind;
use super::super::pattern::{Arn, has_wildcard, is_all};
use super::super::resource::is_bucket_name;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bucket-wildcard",
        severity: Severity::Warning,
        why: "bucket names are shared by everyone: `b*` also reaches other buckets, other people's among them",
        fix: "name each bucket: `<bucket>` for the bucket, `<bucket>/*` for its objects",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.resources().filter(|(statement, _)| statement.allows()) {
        let Some(arn) = Arn::read(word.text).filter(|arn| !is_of_another_kind(*arn)) else {
            continue;
        };
        let Some((bucket, key)) = arn.bucket_and_key() else {
            continue;
        };
        if is_all(bucket) || !has_wildcard(bucket) {
            continue;
        }
        let message = format!("{} reaches every bucket whose name fits", quote(bucket));
        let name = bucket
            .strip_suffix('*')
            .filter(|name| key.is_none() && is_bucket_name(name));
        match name {
            Some(name) => {
                let entries = [name.to_owned(), format!("{name}/*")];
                let entries = entries.map(|relative| arn.with_relative(&relative));
                report.split(word.spot, message, &entries);
            }
            None => report.at(word.spot, message),
        }
    }
}
