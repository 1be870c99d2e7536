//! A service code that misses a known one by a letter, or is the service's name in other places.

use super::super::suggest::nearest;
use super::unknown_service::{SERVICES, is_known, services};
use super::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "misspelt-service",
        severity: Severity::Warning,
        why: "a statement about a service that does not exist grants nothing and refuses nothing",
        fix: "write the service's RAM code",
    },
    check,
};

/// What services are called elsewhere.
const NAMES: &[(&str, &str)] = &[
    ("sls", "log"),
    ("redis", "kvstore"),
    ("mongodb", "dds"),
    ("objectstorage", "oss"),
    ("functioncompute", "fc"),
];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (service, spot) in services(view) {
        if let Some(meant) = meant(service) {
            let message = format!("there is no service {}", quote(service));
            report.with_fix(spot, message, format!("did you mean `{meant}`?"));
        }
    }
}

/// The code that was meant, if the word is none.
pub(super) fn meant(service: &str) -> Option<&'static str> {
    if is_known(service) {
        return None;
    }
    let mut names = NAMES.iter();
    let name = names
        .find(|(name, _)| name.eq_ignore_ascii_case(service))
        .map(|(_, code)| *code);
    // Codes of three letters are near one another, so that only letters swapped or doubled will do.
    let own = || {
        let mut own = ["oss", "ecs", "ram", "sts"].into_iter();
        own.find(|code| has_same_letters(service, code))
    };
    name.or_else(own).or_else(|| {
        nearest(
            service,
            SERVICES.iter().copied().filter(|code| code.len() > 3),
        )
    })
}

fn has_same_letters(word: &str, code: &str) -> bool {
    let letters = |word: &str| -> BTreeSet<char> {
        let word = word.to_ascii_lowercase().replace('0', "o");
        word.chars().collect()
    };
    word.len().abs_diff(code.len()) <= 1 && letters(word) == letters(code)
}
