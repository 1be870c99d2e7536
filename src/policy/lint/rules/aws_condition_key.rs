//! A condition key of AWS.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "aws-condition-key",
        severity: Severity::Error,
        why: "RAM does not know the key, so the condition never has a value to test",
        fix: "use RAM's key, which starts with `acs:`",
    },
    check,
};

/// Keys with another name in RAM.
const KEYS: &[(&str, &str)] = &[
    ("aws:SourceIp", "acs:SourceIp"),
    ("aws:VpcSourceIp", "acs:SourceIp"),
    ("aws:SourceVpc", "acs:SourceVpc"),
    ("aws:CurrentTime", "acs:CurrentTime"),
    ("aws:SecureTransport", "acs:SecureTransport"),
    ("aws:MultiFactorAuthPresent", "acs:MFAPresent"),
    ("aws:UserAgent", "acs:UserAgent"),
    ("aws:PrincipalArn", "acs:PrincipalARN"),
    ("aws:PrincipalOrgID", "acs:PrincipalRDId"),
    ("s3:prefix", "oss:Prefix"),
    ("s3:delimiter", "oss:Delimiter"),
    ("s3:x-amz-acl", "oss:x-oss-object-acl"),
];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        let key = test.key.text;
        if !is_of_aws(key) {
            continue;
        }
        let message = format!("{} is a condition key of AWS", quote(key));
        match KEYS
            .iter()
            .find(|(theirs, _)| theirs.eq_ignore_ascii_case(key))
        {
            Some((_, ours)) => report.write(test.key.spot, message, ours),
            None => match claim(key) {
                Some(claim) => report.write(test.key.spot, message, format!("oidc:{claim}")),
                None => report.at(test.key.spot, message),
            },
        }
    }
}

fn is_of_aws(key: &str) -> bool {
    let service = key.split_once(':').map(|(service, _)| service);
    service.is_some_and(|service| matches!(service, "aws" | "s3")) || claim(key).is_some()
}

/// The claim of an OIDC token, in a key that begins with the provider's host as AWS writes it:
/// `token.actions.githubusercontent.com:sub`.
fn claim(key: &str) -> Option<&str> {
    let (host, claim) = key.rsplit_once(':')?;
    let is_claim = matches!(claim, "aud" | "iss" | "sub");
    (host.contains('.') && is_claim).then_some(claim)
}
