//! A resource of another account.

use super::super::pattern::Arn;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "other-account",
        severity: Severity::Warning,
        why: "the account field is the owner's uid; the document's own account owns nothing under another",
        fix: "write the account's own uid, or `*`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(own) = view.options.account else {
        return;
    };
    for (_, word) in view.resources() {
        let Some(arn) = Arn::read(word.text) else {
            continue;
        };
        let is_uid = !arn.account.is_empty() && arn.account.bytes().all(|b| b.is_ascii_digit());
        if is_uid && arn.account != own {
            let message = format!(
                "{} is of account {}, not of {}",
                quote(word.text),
                quote(arn.account),
                quote(own)
            );
            report.at(word.spot, message);
        }
    }
}
