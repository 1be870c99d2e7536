//! An OSS resource that ends in a slash.

use super::super::pattern::Arn;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bare-slash",
        severity: Severity::Warning,
        why: "a pattern is matched whole: with nothing after the slash it is neither the bucket nor what lies below",
        fix: "write `*` after the slash for what lies below, or leave the slash out for the bucket",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (statement, word) in view.resources() {
        let Some((_, Some(key))) = Arn::read(word.text).and_then(Arn::bucket_and_key) else {
            continue;
        };
        if !key.is_empty() && !key.ends_with('/') {
            continue;
        }
        let below = format!("{}*", word.text);
        // Beside what lies below it, `folder/` is the empty object that stands for the folder.
        let mut listed = statement.resource.iter().flat_map(|list| &list.words);
        if listed.any(|other| other.text == below) {
            continue;
        }
        let message = format!("{} ends in a slash", quote(word.text));
        report.write_resource(word.spot, message, Some(below));
    }
}
