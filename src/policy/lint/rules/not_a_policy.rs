//! A text too long or too deep to be a policy document.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::MAX_TEXT_LENGTH;
use crate::policy::PolicyErrorKind;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "not-a-policy",
        severity: Severity::Error,
        why: "no policy document comes near this size or depth, so it is some other file",
        fix: "give the policy document itself",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let length = view.text.len();
    if length > MAX_TEXT_LENGTH {
        let message =
            format!("the text has {length} bytes; past {MAX_TEXT_LENGTH} it is not looked into");
        report.at(0, message);
    } else if let Some(refusal) = &view.refusal
        && refusal.kind == PolicyErrorKind::TooLarge
    {
        report.at(0, refusal.message.clone());
    }
}
