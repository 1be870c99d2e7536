//! `bucket/prefix/*` where ExportImage writes `bucket/prefix*`.

use super::super::level::has_objects_of;
use super::super::pattern::{Arn, covers, matches_action};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "prefix-as-folder",
        severity: Severity::Warning,
        why: "the exported object's name is the prefix followed by a generated name, not a folder; the export is refused",
        fix: "write `<bucket>/<prefix>*`",
    },
    check,
};

/// Longest `OSSPrefix`. Unit: characters. Source: ECS, ExportImage, 2023-08.
const MAX_PREFIX: usize = 30;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.is_for_export() {
        return;
    }
    for statement in view.grants() {
        let Some((actions, resources)) = statement.positive() else {
            continue;
        };
        if !actions
            .iter()
            .any(|word| matches_action(word.text, "oss:PutObject"))
        {
            continue;
        }
        for word in resources {
            let Some(arn) = Arn::read(word.text) else {
                continue;
            };
            let Some((bucket, Some(key))) = arn.bucket_and_key() else {
                continue;
            };
            let Some(prefix) = key.strip_suffix("/*").filter(|prefix| is_prefix(prefix)) else {
                continue;
            };
            let wanted = format!("{bucket}/{prefix}*");
            let has_wanted = resources
                .iter()
                .any(|other| Arn::read(other.text).is_none_or(|arn| covers(arn.relative, &wanted)));
            if has_wanted || !is_asked_for(view, bucket, prefix) {
                continue;
            }
            let message = format!(
                "ExportImage writes {}, which {} does not cover",
                quote(&wanted),
                quote(word.text)
            );
            report.write_resource(word.spot, message, Some(arn.with_relative(&wanted)));
        }
    }
}

fn is_prefix(word: &str) -> bool {
    (1..=MAX_PREFIX).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether an export with this prefix is wanted, as far as is known.
fn is_asked_for(view: &View<'_>, bucket: &str, prefix: &str) -> bool {
    match view.options.exports {
        None | Some([]) => true,
        Some(exports) => exports.iter().any(|export| {
            has_objects_of(&format!("acs:oss:*:*:{bucket}/*"), export.bucket)
                && export.prefix == Some(prefix)
        }),
    }
}
