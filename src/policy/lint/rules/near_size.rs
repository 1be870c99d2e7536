//! A document near RAM's limit.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::MAX_DOCUMENT_LENGTH;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "near-size",
        severity: Severity::Warning,
        why: "with the next few entries RAM refuses the policy, and whether it counts characters or bytes it says in two ways",
        fix: "split it in two policies before it has to grow",
    },
    check,
};

/// From here on a document is near the limit. Unit: percent of the limit.
const NEAR: usize = 90;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(size) = Size::of(view).filter(|size| size.bytes <= MAX_DOCUMENT_LENGTH) else {
        return;
    };
    if size.bytes * 100 >= MAX_DOCUMENT_LENGTH * NEAR {
        report.at(
            0,
            format!(
                "{}, near the limit of {MAX_DOCUMENT_LENGTH}",
                size_words(&size)
            ),
        );
    } else if size.written > MAX_DOCUMENT_LENGTH {
        let message = format!(
            "{} bytes as written, over the limit of {MAX_DOCUMENT_LENGTH}; blanks count",
            size.written
        );
        report.with_fix(
            0,
            message,
            format!("send it without blanks: {} bytes", size.bytes),
        );
    }
}

/// How long a permission policy is, in the form it is sent in.
pub(super) struct Size {
    pub(super) characters: usize,
    pub(super) bytes: usize,
    /// Bytes of the text as written.
    pub(super) written: usize,
}

impl Size {
    /// Measures a permission policy; trust policies have no documented limit. What cannot be written
    /// again is measured as it is.
    pub(super) fn of(view: &View<'_>) -> Option<Self> {
        view.root.filter(|_| !view.is_trust && !view.is_bucket)?;
        let compact = view.policy.as_ref().map(|policy| policy.to_json());
        let text = compact.as_deref().unwrap_or(view.text);
        Some(Size {
            characters: text.chars().count(),
            bytes: text.len(),
            written: view.text.len(),
        })
    }
}

/// The size for people.
pub(super) fn size_words(size: &Size) -> String {
    format!(
        "the document has {} characters, {} bytes",
        size.characters, size.bytes
    )
}
