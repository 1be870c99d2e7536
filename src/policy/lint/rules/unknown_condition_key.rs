//! A condition key that RAM and OSS do not document.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unknown-condition-key",
        severity: Severity::Warning,
        why: "a key that no request carries makes a plain condition never hold",
        fix: "look the key up; common keys start with `acs:`, those of OSS with `oss:`",
    },
    check,
};

/// Keys of all services. Source: RAM, "Policy elements", 2025; `acs:VpcSourceIp` from KMS.
const COMMON: &[&str] = &[
    "acs:AccessId",
    "acs:CurrentTime",
    "acs:MFAPresent",
    "acs:PrincipalARN",
    "acs:PrincipalRDId",
    "acs:PrincipalRDPath",
    "acs:SecureTransport",
    "acs:Service",
    "acs:SourceIp",
    "acs:SourceVpc",
    "acs:UserAgent",
    "acs:VpcSourceIp",
];

/// Source: OSS, "RAM policy", early 2026.
const OSS: &[&str] = &[
    "oss:Delimiter",
    "oss:Prefix",
    "oss:x-oss-acl",
    "oss:x-oss-object-acl",
];

/// Source: RAM, "Trust policies".
const TRUST: &[&str] = &[
    "oidc:aud",
    "oidc:iss",
    "oidc:sub",
    "saml:recipient",
    "sts:ExternalId",
];

/// Keys that end in the name of a tag.
const TAGS: &[&str] = &[
    "acs:RequestTag/",
    "acs:ResourceTag/",
    "oss:BucketTag/",
    "oss:ExistingObjectTag/",
    "oss:RequestObjectTag/",
];

/// Services whose keys are all known, as far as they were published.
const COMPLETE: &[&str] = &["acs", "oss", "oidc", "saml", "sts"];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        let key = test.key.text;
        let service = key
            .split_once(':')
            .map(|(service, _)| service.to_ascii_lowercase());
        if !service.is_some_and(|service| COMPLETE.contains(&service.as_str()))
            || documented(key).is_some()
        {
            continue;
        }
        let message = format!("condition key {} is not documented", quote(key));
        match nearest(key, known_keys()) {
            Some(close) => report.suggest(test.key.spot, message, close),
            None => report.at(test.key.spot, message),
        }
    }
}

/// All keys without tags.
pub(super) fn known_keys() -> impl Iterator<Item = &'static str> + Clone {
    COMMON.iter().chain(OSS).chain(TRUST).copied()
}

/// The documented spelling of a key, letter case aside; for a tag its own name is kept.
pub(super) fn documented(key: &str) -> Option<String> {
    let mut keys = known_keys();
    if let Some(known) = keys.find(|known| known.eq_ignore_ascii_case(key)) {
        return Some(known.to_owned());
    }
    let mut tags = TAGS.iter().filter_map(|tag| {
        let (start, name) = (key.get(..tag.len())?, key.get(tag.len()..)?);
        (start.eq_ignore_ascii_case(tag) && !name.is_empty()).then(|| format!("{tag}{name}"))
    });
    tags.next()
}
