//! A principal that is the whole own account.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::principal_root::whole_accounts;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "own-account-root",
        severity: Severity::Note,
        why: "`root` is every user and role of the account that is permitted to assume roles, the usual way to trust one's own",
        fix: "to narrow it, name the user or role: `acs:ram::<uid>:user/<name>`, `acs:ram::<uid>:role/<name>`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (account, word) in whole_accounts(view) {
        let message = match view.options.account {
            Some(own) if own == account => format!("{} is the whole own account", quote(word.text)),
            Some(_) => continue,
            None => format!(
                "{} is a whole account; `--account` tells whether it is your own",
                quote(word.text)
            ),
        };
        report.at(word.spot, message);
    }
}
