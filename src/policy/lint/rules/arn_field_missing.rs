//! A resource name with fewer than five fields.

use super::super::pattern::{Arn, is_all};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "arn-field-missing",
        severity: Severity::Error,
        why: "a name has five fields, `acs:<service>:<region>:<account>:<relative-id>`; RAM's checker refuses fewer",
        fix: "write `*` in a field that may be anything",
    },
    check,
};

/// From here on a run of digits is taken for an account. Unit: digits; ids have 16, buckets may be numbers too.
const MIN_UID: usize = 12;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.resources() {
        let name = word.text;
        if !name.starts_with("acs:") || Arn::read(name).is_some() {
            continue;
        }
        let fields: Vec<&str> = name.split(':').collect();
        let message = match fields.len() {
            5 => format!("the last field of {} is empty", quote(name)),
            count => format!("{} has {count} of five fields", quote(name)),
        };
        report.write_resource(word.spot, message, completed(&fields));
    }
}

/// The name that was likely meant.
fn completed(fields: &[&str]) -> Option<String> {
    match fields {
        ["acs", all] if is_all(all) => Some("*".to_owned()),
        ["acs", service, last] => Some(format!("acs:{service}:*:*:{last}")),
        // The colon behind the account may be missing: acs:ram::1234567890123456/role/ci
        ["acs", service, field, last] => Some(match (joined(last), *field) {
            (Some((account, relative)), region) => {
                format!("acs:{service}:{region}:{account}:{relative}")
            }
            (None, "") => format!("acs:{service}:*:*:{last}"),
            (None, account) => format!("acs:{service}:*:{account}:{last}"),
        }),
        ["acs", service, region, account, ""] => {
            Some(format!("acs:{service}:{region}:{account}:*"))
        }
        _ => None,
    }
}

/// The account and the relative id of a last field that holds both.
fn joined(last: &str) -> Option<(&str, &str)> {
    let (account, relative) = last.split_once('/')?;
    let is_uid = account.len() >= MIN_UID && account.bytes().all(|b| b.is_ascii_digit());
    (is_uid && !relative.is_empty()).then_some((account, relative))
}
