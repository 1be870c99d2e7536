//! An account id with its end masked, as documentation prints it.

use super::super::pattern::Arn;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "masked-account",
        severity: Severity::Warning,
        why: "the stars that hide digits in documentation are wildcards here: every account that begins so is meant",
        fix: "write the whole id",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let resources = view.resources().map(|(_, word)| word);
    for word in resources.chain(view.principals().map(|(_, word)| word)) {
        let account = match word.text.split_once('@') {
            Some((account, _)) => Some(account),
            None => Arn::read(word.text).map(|arn| arn.account),
        };
        if let Some(account) = account.filter(|account| is_masked(account)) {
            report.at(
                word.spot,
                format!("account {} ends in wildcards", quote(account)),
            );
        }
    }
}

fn is_masked(account: &str) -> bool {
    let digits = account.trim_end_matches(['*', '?']);
    digits.len() < account.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}
