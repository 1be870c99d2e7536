//! A principal that is a whole account.

use super::super::pattern::has_wildcard;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
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
    let allowed = view
        .statements
        .iter()
        .filter(|statement| statement.allows());
    let members = allowed
        .flat_map(|s| &s.principals)
        .filter(|p| p.member == "RAM");
    for word in members.flat_map(|principal| &principal.words) {
        let account = word
            .text
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.strip_suffix(":root"));
        let Some(account) = account.filter(|account| !has_wildcard(account)) else {
            continue;
        };
        let whose = match view.options.account {
            Some(own) if own == account => "the whole own account",
            Some(_) => "a whole other account",
            None => "a whole account",
        };
        report.at(word.spot, format!("{} is {whose}", quote(word.text)));
    }
}
