//! A service code that misses a known one by a letter, or is the service's name in other places.

use super::super::pattern::{Arn, action_parts, has_wildcard};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use super::super::tree::Spot;
use super::aws_action::alibaba_service;
use super::invalid_action::is_formed;
use crate::policy::catalogue::services::{SERVICES, is_known};
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

/// Each service code that stands in an action or a resource, those of AWS excepted.
pub(super) fn services<'a>(view: &'a View<'_>) -> impl Iterator<Item = (&'a str, Spot)> {
    let actions = view.actions().filter(|(_, word)| is_formed(word.text));
    let actions = actions.filter_map(|(_, word)| Some((action_parts(word.text)?.0, word.spot)));
    let resources = view
        .resources()
        .filter_map(|(_, word)| Some((Arn::read(word.text)?.service, word.spot)));
    let all = actions.chain(resources);
    all.filter(|(service, _)| {
        !service.is_empty() && !has_wildcard(service) && alibaba_service(service).is_none()
    })
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
