//! A principal that is a whole other account.

use super::super::pattern::has_wildcard;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Word;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "principal-root",
        severity: Severity::Warning,
        why: "`root` is every user and role of the account that may assume roles, not its owner alone",
        fix: "name the user or role: `acs:ram::<uid>:user/<name>`, `acs:ram::<uid>:role/<name>`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (account, word) in whole_accounts(view) {
        // The own account, and one of which that is not known, is a business of `own-account-root`.
        if view.options.account.is_some_and(|own| own != account) {
            report.at(
                word.spot,
                format!("{} is a whole other account", quote(word.text)),
            );
        }
    }
}

/// Each account of which all identities are let in, and where that is said.
pub(super) fn whole_accounts<'a>(view: &'a View<'_>) -> impl Iterator<Item = (&'a str, Word<'a>)> {
    let allowed = view
        .statements
        .iter()
        .filter(|statement| statement.allows());
    let members = allowed
        .flat_map(|s| &s.principals)
        .filter(|p| p.member == "RAM");
    members
        .flat_map(|principal| &principal.words)
        .filter_map(|word| {
            let account = word
                .text
                .strip_prefix("acs:ram::")
                .and_then(|rest| rest.strip_suffix(":root"))?;
            (!has_wildcard(account)).then_some((account, *word))
        })
}
