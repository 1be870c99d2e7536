//! Whom a trust policy lets in beyond the people that its own account controls.
//!
//! In: a trust policy before and after, and the account of the role. Out: each principal of another account,
//! and each identity provider whose users are not told apart, that gets in after and did not before.

use super::access::{Comparison, compare_trust};
use super::document::{Condition, Effect};
use super::operator;
use super::trust::{Principal, ServicePrincipal, TrustPolicy, TrustStatement};
use std::collections::BTreeSet;
use std::fmt;

/// The key that holds the subject of an OIDC token. Source: RAM, "Overview of OIDC-based SSO", 2025.
pub(crate) const SUBJECT: &str = "oidc:sub";

/// Words that begin the subjects of well-known providers, whoever the subject is.
/// Source: GitHub Actions, GitLab, Terraform Cloud and Kubernetes, formats of `sub`, 2025.
const SUBJECT_HEADS: &[&str] = &[
    "repo:",
    "repository_owner:",
    "project_path:",
    "organization:",
    "system:serviceaccount:",
];

/// Heads that an owner's name and a slash follow: without the slash the name may go on.
const OWNED_HEADS: &[&str] = &["repo:", "project_path:"];

/// Somebody whom a trust policy lets in and whom the role's account does not control.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// A principal of another account, or of any.
    Outsider {
        /// `Service`, `RAM` or `Federated`.
        member: &'static str,
        /// As written.
        id: String,
    },
    /// An OIDC provider, and no condition says which of its users.
    AnySubject {
        /// The provider, as written.
        provider: String,
    },
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outsider { member, id } => match ServicePrincipal::read(id) {
                service @ ServicePrincipal {
                    account: Some(_), ..
                } if *member == "Service" => {
                    write!(f, "{service}")
                }
                _ => write!(f, "`{id}`"),
            },
            Self::AnySubject { provider } => write!(f, "every user of `{provider}`"),
        }
    }
}

/// Everybody whom `after` lets in from outside of account `own` and whom `before` does not.
///
/// Access decides, not text: who was let in under a condition and is now let in without one is new.
#[must_use]
pub fn newly_exposed(
    before: Option<&TrustPolicy>,
    after: &TrustPolicy,
    own: &str,
) -> Vec<Exposure> {
    let nobody = TrustPolicy::new(Vec::new());
    let before = before.unwrap_or(&nobody);
    let exposures: BTreeSet<Exposure> = after
        .statements()
        .iter()
        .flat_map(|s| exposed_by(s, own))
        .collect();
    exposures
        .into_iter()
        .filter(|exposure| gains(&compare_trust(before, &only(after, exposure, own))))
        .collect()
}

/// The trust policy as far as it lets in somebody from outside of account `own` who is meant.
pub(super) fn exposed(
    trust: &TrustPolicy,
    own: &str,
    is_meant: impl Fn(&Exposure) -> bool,
) -> TrustPolicy {
    let statements = trust.statements().iter().flat_map(|statement| {
        if statement.effect == Effect::Deny {
            return vec![statement.clone()];
        }
        let exposures = exposed_by(statement, own).into_iter();
        let narrowed = exposures
            .filter(|exposure| is_meant(exposure))
            .map(|exposure| TrustStatement {
                principal: exposure.principal(),
                ..statement.clone()
            });
        narrowed.collect()
    });
    TrustPolicy::new(statements.collect())
}

/// Whether the comparison gives access, or that cannot be ruled out.
fn gains(comparison: &Comparison) -> bool {
    !comparison.gained.is_empty() || !comparison.reasons.is_empty()
}

/// Whom a statement lets in from outside.
fn exposed_by(statement: &TrustStatement, own: &str) -> Vec<Exposure> {
    if statement.effect != Effect::Allow {
        return Vec::new();
    }
    let outsiders = statement.principal.members().flat_map(|(member, ids)| {
        let outside = ids.iter().filter(move |id| !is_of_account(member, id, own));
        outside.map(move |id| Exposure::Outsider {
            member,
            id: id.clone(),
        })
    });
    let providers = statement.principal.federated.iter();
    let open = providers.filter(|id| is_oidc_provider(id) && !limits_subject(&statement.condition));
    let open = open.map(|id| Exposure::AnySubject {
        provider: id.clone(),
    });
    outsiders.chain(open).collect()
}

/// The statements of `trust` as far as they are about `exposure`; what it refuses, it still refuses.
fn only(trust: &TrustPolicy, exposure: &Exposure, own: &str) -> TrustPolicy {
    let narrowed = trust.statements().iter().filter_map(|statement| {
        if statement.effect == Effect::Deny {
            return Some(statement.clone());
        }
        exposed_by(statement, own)
            .contains(exposure)
            .then(|| TrustStatement {
                principal: exposure.principal(),
                ..statement.clone()
            })
    });
    TrustPolicy::new(narrowed.collect())
}

impl Exposure {
    /// Whether nobody has named who that is: any account, or any user of an identity provider.
    pub(super) fn is_anyone(&self) -> bool {
        match self {
            Self::AnySubject { .. } => true,
            Self::Outsider { member, id } if *member == "Service" => {
                match ServicePrincipal::read(id).account {
                    Some(account) => account == "*",
                    None => id.contains('*'),
                }
            }
            Self::Outsider { id, .. } => match id.strip_prefix("acs:ram::") {
                Some(rest) => rest.starts_with('*'),
                None => id.contains('*'),
            },
        }
    }

    fn principal(&self) -> Principal {
        let (member, id) = match self {
            Self::Outsider { member, id } => (*member, id),
            Self::AnySubject { provider } => ("Federated", provider),
        };
        let ids = vec![id.clone()];
        let mut principal = Principal::default();
        match member {
            "Service" => principal.service = ids,
            "RAM" => principal.ram = ids,
            _ => principal.federated = ids,
        }
        principal
    }
}

/// Whether the principal is of account `own`, whatever its wildcards stand for.
fn is_of_account(member: &str, id: &str, own: &str) -> bool {
    if member != "Service" {
        return id
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.strip_prefix(own))
            .is_some_and(|rest| rest.starts_with(':'));
    }
    match ServicePrincipal::read(id).account {
        Some(account) => account == own,
        // A wildcard can stand for `<uid>@` too.
        None => !id.contains(['*', '?']),
    }
}

/// Whether the identifier is of an OIDC provider, or may be.
pub(crate) fn is_oidc_provider(id: &str) -> bool {
    match id
        .strip_prefix("acs:ram::")
        .and_then(|rest| rest.split_once(':'))
    {
        Some((_, relative)) => {
            relative.starts_with("oidc-provider/") || relative.starts_with(['*', '?'])
        }
        None => id.contains(['*', '?']),
    }
}

/// Whether the condition says which subjects of an OIDC provider are meant.
fn limits_subject(condition: &Condition) -> bool {
    condition.tests().any(|(operator, key, values)| {
        names_subjects(operator, key, values.iter().map(String::as_str))
    })
}

/// Whether the test holds for certain subjects alone.
pub(crate) fn names_subjects<'a>(
    operator: &str,
    key: &str,
    mut values: impl Iterator<Item = &'a str>,
) -> bool {
    // `ForAllValues:` holds for a token without a subject; RAM's tokens always have one.
    let plain = operator.rsplit(':').next().unwrap_or(operator);
    let Some(operator) = operator::named(plain).filter(|operator| !operator.negated) else {
        return false;
    };
    key.eq_ignore_ascii_case(SUBJECT)
        && match operator.family {
            operator::Family::Exact | operator::Family::IgnoreCase => true,
            operator::Family::Like => values.all(is_narrow_subject),
            _ => false,
        }
}

/// Whether a pattern of subjects names somebody before its first wildcard.
fn is_narrow_subject(pattern: &str) -> bool {
    let literal = pattern.split(['*', '?']).next().unwrap_or_default();
    if literal.len() == pattern.len() {
        return true;
    }
    let head = SUBJECT_HEADS
        .iter()
        .find(|head| literal.starts_with(**head));
    let name = head.map_or(literal, |head| {
        literal.get(head.len()..).unwrap_or_default()
    });
    let needs_slash = head.is_some_and(|head| OWNED_HEADS.contains(head));
    !name.trim_matches('/').is_empty()
        && !SUBJECT_HEADS.iter().any(|head| head.starts_with(literal))
        && (!needs_slash || name.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "1234567890123456";
    const GITHUB: &str = "acs:ram::1234567890123456:oidc-provider/GitHub";

    fn trust(principal: &str, condition: &str) -> TrustPolicy {
        let text = format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}{condition}}}]}}"#
        );
        TrustPolicy::parse_live(&text).unwrap()
    }

    fn shown(before: Option<&TrustPolicy>, after: &TrustPolicy) -> Vec<String> {
        newly_exposed(before, after, OWN)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn services_of_other_accounts_are_outsiders() {
        for (id, expected) in [
            ("ecs.aliyuncs.com", None),
            ("1234567890123456@log.aliyuncs.com", None),
            (
                "1379506842317095@log.aliyuncs.com",
                Some("account 1379506842317095 through service log.aliyuncs.com"),
            ),
            (
                "1379506842317095@ots.aliyuncs.com",
                Some("account 1379506842317095 through service ots.aliyuncs.com"),
            ),
            (
                "1379506842317095@ecs.aliyuncs.com",
                Some("account 1379506842317095 through service ecs.aliyuncs.com"),
            ),
            (
                "*@log.aliyuncs.com",
                Some("account * through service log.aliyuncs.com"),
            ),
            (
                "12345678901234??@log.aliyuncs.com",
                Some("account 12345678901234?? through service log.aliyuncs.com"),
            ),
            ("*.aliyuncs.com", Some("`*.aliyuncs.com`")),
            ("*", Some("`*`")),
        ] {
            let after = trust(&format!(r#"{{"Service":["ecs.aliyuncs.com","{id}"]}}"#), "");
            assert_eq!(shown(None, &after), Vec::from_iter(expected), "{id}");
        }
    }

    #[test]
    fn identities_of_other_accounts_are_outsiders() {
        for (id, is_outside) in [
            ("acs:ram::1234567890123456:root", false),
            ("acs:ram::1234567890123456:user/*", false),
            ("acs:ram::*:root", true),
            ("acs:ram::1234567890123456*:root", true),
            ("acs:ram::9:root", true),
            ("*", true),
        ] {
            let after = trust(&format!(r#"{{"RAM":"{id}"}}"#), "");
            assert_eq!(!shown(None, &after).is_empty(), is_outside, "{id}");
        }
    }

    #[test]
    fn who_got_in_only_under_a_condition_is_new_without_it() {
        let condition = r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#;
        let other = r#"{"RAM":"acs:ram::9:role/ci"}"#;
        let (bound, free) = (trust(other, condition), trust(other, ""));
        assert_eq!(shown(Some(&bound), &free), ["`acs:ram::9:role/ci`"]);
        assert!(shown(Some(&free), &bound).is_empty());
        let whole = trust(r#"{"RAM":"acs:ram::9:root"}"#, "");
        assert!(shown(Some(&whole), &free).is_empty());
        assert_eq!(shown(Some(&free), &whole), ["`acs:ram::9:root`"]);
    }

    #[test]
    fn an_oidc_provider_needs_a_condition_on_the_subject() {
        let principal = format!(r#"{{"Federated":"{GITHUB}"}}"#);
        let open = [format!("every user of `{GITHUB}`")];
        let audience = r#""StringEquals":{"oidc:aud":"sts.aliyuncs.com"}"#;
        for (tests, is_open) in [
            ("", true),
            (audience, true),
            (r#""StringLike":{"oidc:sub":"*"}"#, true),
            (r#""StringLike":{"oidc:sub":"repo:*"}"#, true),
            (r#""StringLike":{"oidc:sub":"re*"}"#, true),
            (r#""StringLike":{"oidc:sub":"repo:acme*"}"#, true),
            (r#""StringLike":{"oidc:sub":"*:ref:refs/heads/main"}"#, true),
            (
                r#""StringLike":{"oidc:sub":["repo:acme/app:*","repo:*"]}"#,
                true,
            ),
            (
                r#""StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/app:*"}"#,
                true,
            ),
            (
                r#""StringNotEquals":{"oidc:sub":"repo:acme/app:ref:refs/heads/main"}"#,
                true,
            ),
            (r#""StringLike":{"oidc:sub":"repo:acme/*"}"#, false),
            (
                r#""StringLike":{"oidc:sub":"system:serviceaccount:build:*"}"#,
                false,
            ),
            (
                r#""StringEquals":{"oidc:sub":"repo:acme/app:ref:refs/heads/main"}"#,
                false,
            ),
        ] {
            let condition = match tests {
                "" => String::new(),
                tests => format!(r#","Condition":{{{tests}}}"#),
            };
            let found = shown(None, &trust(&principal, &condition));
            assert_eq!(found, open.get(..usize::from(is_open)).unwrap(), "{tests}");
        }
        let saml = trust(
            r#"{"Federated":"acs:ram::1234567890123456:saml-provider/ad"}"#,
            "",
        );
        assert!(shown(None, &saml).is_empty());
    }
}
