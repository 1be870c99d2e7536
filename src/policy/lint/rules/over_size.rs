//! A document over RAM's limit.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::near_size::{Size, size_words};
use crate::policy::MAX_DOCUMENT_LENGTH;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "over-size",
        severity: Severity::Error,
        why: "RAM refuses a longer custom policy as `InvalidParameter.PolicyDocument.Length`",
        fix: "split it in two policies, or shorten its lists with `*`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if let Some(size) = Size::of(view).filter(|size| size.bytes > MAX_DOCUMENT_LENGTH) {
        report.at(
            0,
            format!(
                "{}, over the limit of {MAX_DOCUMENT_LENGTH}",
                size_words(&size)
            ),
        );
    }
}
