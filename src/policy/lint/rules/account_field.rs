//! An account field that no account has.

use super::super::pattern::{Arn, has_wildcard};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "account-field",
        severity: Severity::Warning,
        why: "the field holds the owner's uid, which is all digits; with anything else the name matches nothing",
        fix: "write the account's uid, or `*`",
    },
    check,
};

/// Services whose resources always have an owner. Source: RAM and OSS, authorization pages, 2025.
const OWNED: &[&str] = &["oss", "ram"];

/// The owner of system policies, as in `acs:ram::system:policy/AdministratorAccess`. Source: RAM, `GetPolicy`, 2025.
const SYSTEM: &str = "system";

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.resources() {
        let Some(arn) = Arn::read(word.text) else {
            continue;
        };
        let message = match arn.account {
            "" if OWNED.contains(&arn.service) => {
                format!("the account of {} is empty", quote(word.text))
            }
            "" | SYSTEM => continue,
            account if is_account(account) => continue,
            account => format!("{} is no account", quote(account)),
        };
        // The owner of a bucket is known by the bucket's name; that of a role is not.
        let Arn {
            service,
            region,
            account: _,
            relative,
        } = arn;
        let any = (service == "oss").then(|| format!("acs:{service}:{region}:*:{relative}"));
        report.write_resource(word.spot, message, any);
    }
}

fn is_account(account: &str) -> bool {
    has_wildcard(account) || account.contains("${") || account.bytes().all(|b| b.is_ascii_digit())
}
