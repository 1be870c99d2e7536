//! A condition key that OSS does not fill in for the statement's actions.

use super::super::pattern::{action_parts, matches_action};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Statement;
use super::unknown_condition_key::documented;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "condition-key-not-filled",
        severity: Severity::Warning,
        why: "a key that the request does not carry makes a plain condition never hold",
        fix: "use a key that OSS fills in for these actions, or drop the condition",
    },
    check,
};

/// What OSS fills in for every request. Source: OSS, "RAM policy", early 2026.
const ALWAYS: &[&str] = &[
    "acs:AccessId",
    "acs:CurrentTime",
    "acs:MFAPresent",
    "acs:SecureTransport",
    "acs:SourceIp",
    "acs:SourceVpc",
    "acs:UserAgent",
];

/// What OSS fills in for listings only.
const LISTING: &[&str] = &["oss:Prefix", "oss:Delimiter"];

/// The listings. Source: OSS, "RAM policy", early 2026.
const LISTINGS: &[&str] = &["oss:ListObjects", "oss:ListObjectVersions"];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (statement, test) in view.tests() {
        let Some(key) = documented(test.key.text).filter(|_| is_about_oss(statement)) else {
            continue;
        };
        if LISTING.contains(&key.as_str()) {
            if !LISTINGS.iter().any(|action| statement.names_action(action)) {
                let message = format!(
                    "OSS fills in {} for listings only, and the statement has none",
                    quote(&key)
                );
                report.at(test.key.spot, message);
            }
        } else if !key.starts_with("oss:") && !ALWAYS.contains(&key.as_str()) {
            let message = format!("OSS does not document to fill in {}", quote(&key));
            match key.strip_prefix("acs:ResourceTag/") {
                Some(tag) => report.with_fix(
                    test.key.spot,
                    message,
                    format!(
                        "for the tags of a bucket write {}",
                        quote(&format!("oss:BucketTag/{tag}"))
                    ),
                ),
                None => report.at(test.key.spot, message),
            }
        }
    }
}

/// Whether all actions are those of OSS.
fn is_about_oss(statement: &Statement<'_>) -> bool {
    let Some(action) = statement
        .action
        .as_ref()
        .filter(|action| !action.is_negated)
    else {
        return false;
    };
    let is_oss =
        |text: &str| action_parts(text).is_some_and(|(service, _)| matches_action(service, "oss"));
    !action.words.is_empty() && action.words.iter().all(|word| is_oss(word.text))
}
