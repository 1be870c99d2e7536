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
        match completed(&fields) {
            Some(completed) => {
                report.with_fix(word.spot, message, format!("write {}", quote(&completed)))
            }
            None => report.at(word.spot, message),
        }
    }
}

/// The name that was likely meant.
fn completed(fields: &[&str]) -> Option<String> {
    match fields {
        ["acs", all] if is_all(all) => Some("*".to_owned()),
        ["acs", service, last] => Some(format!("acs:{service}:*:*:{last}")),
        ["acs", service, field, last] => Some(format!("acs:{service}:*:{field}:{last}")),
        ["acs", service, region, account, ""] => {
            Some(format!("acs:{service}:{region}:{account}:*"))
        }
        _ => None,
    }
}
