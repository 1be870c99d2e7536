//! A condition key that OSS does not fill in for the statement's actions.

use super::super::pattern::{action_parts, matches_action};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::{Statement, Test, Word};
use super::unknown_condition_key::documented;
use crate::policy::catalogue::{self, services::is_known};
use crate::policy::error::quote;
use crate::policy::operator;

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

/// Most actions that one finding names.
const MAX_NAMED: usize = 3;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (statement, test) in view.tests().filter(|_| !view.is_trust && !view.is_bucket) {
        match documented(test.key.text).filter(|_| is_about_oss(statement)) {
            Some(key) => of_oss(statement, test, &key, report),
            None => of_other_service(statement, test, report),
        }
    }
}

/// A documented key in a statement about OSS.
fn of_oss(statement: &Statement<'_>, test: &Test<'_>, key: &str, report: &mut Report<'_>) {
    if LISTING.contains(&key) {
        let others = not_listings(statement);
        let named: Vec<String> = others.iter().take(MAX_NAMED).cloned().collect();
        let message = if !LISTINGS.iter().any(|action| statement.names_action(action)) {
            let key = quote(key);
            format!("OSS fills in {key} for listings only, and the statement has none")
        } else if is_positive(test) && !others.is_empty() {
            let more = match others.len().saturating_sub(MAX_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "OSS fills in {} for listings only, so this never matches {}{more}",
                quote(key),
                named.join(", ")
            )
        } else {
            return;
        };
        report.with_fix(
            test.key.spot,
            message,
            "give the listings a statement of their own",
        );
    } else if !key.starts_with("oss:") && !ALWAYS.contains(&key) {
        let message = format!("OSS does not document to fill in {}", quote(key));
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

/// A key of one service in a statement about others.
fn of_other_service(statement: &Statement<'_>, test: &Test<'_>, report: &mut Report<'_>) {
    let Some((service, _)) = test.key.text.split_once(':') else {
        return;
    };
    let service = service.to_ascii_lowercase();
    if service == "acs" || !is_known(&service) {
        return;
    }
    let Some(action) = statement
        .action
        .as_ref()
        .filter(|action| !action.is_negated)
    else {
        return;
    };
    let is_of_service = |text: &str| {
        action_parts(text).is_none_or(|(pattern, _)| matches_action(pattern, &service))
    };
    if !action.words.is_empty() && !action.words.iter().any(|word| is_of_service(word.text)) {
        let message = format!(
            "{} is a key of `{service}`, and no action here is",
            quote(test.key.text)
        );
        report.at(test.key.spot, message);
    }
}

/// The actions of a statement that are no listings, as far as they are known, in words.
fn not_listings(statement: &Statement<'_>) -> Vec<String> {
    let words = statement.action.iter().flat_map(|action| &action.words);
    let is_other = |word: &&Word<'_>| {
        catalogue::all()
            .any(|known| !LISTINGS.contains(&known.name) && matches_action(word.text, known.name))
    };
    let has_listing = |pattern: &str| {
        LISTINGS
            .iter()
            .any(|listing| matches_action(pattern, listing))
    };
    let in_words = |word: &Word<'_>| match has_listing(word.text) {
        true => format!("the rest of {}", quote(word.text)),
        false => quote(word.text),
    };
    words.filter(is_other).map(in_words).collect()
}

fn is_positive(test: &Test<'_>) -> bool {
    operator::named(test.operator.text).is_some_and(|operator| !operator.negated)
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
