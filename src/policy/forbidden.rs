//! What documents give of what must never be given.
//!
//! In: documents, and a set of requests or of principals. Out: a comparison whose gained lines are exactly what the
//! documents give of that set, each with a request that proves it.

use super::access::{AccessLine, Comparison, Question, Variant, Verdict, compare, compare_trust};
use super::document::{ActionMatch, Condition, Effect, PolicyDocument, ResourceMatch, Statement};
use super::exposure::{Exposure, exposed};
use super::trust::{Principal, TrustPolicy, TrustStatement};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What must never be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forbidden {
    /// Requests to a service.
    Requests {
        /// Patterns of actions, as `oss:Get*`.
        actions: Vec<String>,
        /// On which resources.
        on: Resources,
    },
    /// Whom the trust policy lets in.
    Trust(Trusted),
}

/// Which resources are meant, by patterns as in a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resources {
    /// All.
    Anywhere,
    /// Those that match one of these.
    On(Vec<String>),
    /// Those that match none of these.
    Outside(Vec<String>),
}

/// Who is meant among those that may assume a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trusted {
    /// Anybody whom the role's account does not control.
    AnotherAccount,
    /// People nobody has named: every account, or every user of an identity provider.
    Anyone,
    /// These principals, as a trust policy writes them.
    These(Vec<String>),
    /// Everybody but these.
    OtherThan(Vec<String>),
}

/// The start of OSS resources in any region and account; what follows is bucket and key.
pub const ANY_OSS: &str = "acs:oss:*:*:";

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |resources: &[String]| {
            let short = |text: &String| text.strip_prefix(ANY_OSS).unwrap_or(text).to_owned();
            resources.iter().map(short).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Requests { actions, on } => {
                write!(f, "never {}", actions.join(", "))?;
                match on {
                    Resources::Anywhere => Ok(()),
                    Resources::On(patterns) => write!(f, " on {}", short(patterns)),
                    Resources::Outside(patterns) => write!(f, " outside {}", short(patterns)),
                }
            }
            Self::Trust(trusted) => match trusted {
                Trusted::AnotherAccount => f.write_str("never trusted by another account"),
                Trusted::Anyone => f.write_str("never trusted by anyone"),
                Trusted::These(ids) => write!(f, "never trusted by {}", ids.join(", ")),
                Trusted::OtherThan(ids) => {
                    write!(f, "never trusted by other than {}", ids.join(", "))
                }
            },
        }
    }
}

/// Whether something that must never be given is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Nothing of it.
    No,
    /// Yes: each gained line has a request that proves it.
    Yes,
    /// That cannot be told; the reasons say why.
    Unknown,
}

/// What a comparison made here says.
///
/// Each field of a resource is matched by itself, as in the reading that all of our answers begin with. Were a
/// wildcard to run across `:`, an object of one bucket whose key holds the name of another would be in reach of nearly
/// every policy, and no sentence would ever hold.
#[must_use]
pub fn given(comparison: &Comparison) -> Given {
    if comparison.gained.iter().any(AccessLine::may_be_requested) {
        return Given::Yes;
    }
    let Some(first) = comparison.variants.first() else {
        return Given::Unknown;
    };
    let counts = |variant: &&Variant| variant.semantics.matching == first.semantics.matching;
    let is_open =
        |variant: &Variant| variant.verdict == Verdict::Unknown || variant.gained.is_some();
    // What is gained in the first reading is listed above, unless it is never requested.
    let mut others = comparison.variants.iter().skip(1).filter(counts);
    match first.verdict == Verdict::Unknown || others.any(is_open) {
        true if !comparison.is_never_requested() => Given::Unknown,
        _ => Given::No,
    }
}

/// What the documents of a role allow of requests for `actions` on `on`.
#[must_use]
pub fn allowed(documents: &[&PolicyDocument], actions: &[String], on: &Resources) -> Comparison {
    let deny = |action: ActionMatch, resource: ResourceMatch| Statement {
        sid: None,
        effect: Effect::Deny,
        action,
        resource,
        condition: Condition::default(),
    };
    let everywhere = || ResourceMatch::Resource(vec!["*".to_owned()]);
    let every_action = || ActionMatch::Action(vec!["*".to_owned()]);
    // All but the set is denied, and what is left is compared with nothing.
    let mut outside = vec![deny(ActionMatch::NotAction(actions.to_vec()), everywhere())];
    outside.extend(match on {
        Resources::Anywhere => None,
        Resources::On(patterns) => Some(deny(
            every_action(),
            ResourceMatch::NotResource(patterns.clone()),
        )),
        Resources::Outside(patterns) => Some(deny(
            every_action(),
            ResourceMatch::Resource(patterns.clone()),
        )),
    });
    let outside = PolicyDocument::new(outside);
    let within: Vec<&PolicyDocument> = documents.iter().copied().chain([&outside]).collect();
    compare(&[], &within, Question::Effective)
}

/// Whom of `who` a trust policy lets in, in the account `own`.
#[must_use]
pub fn admitted(trust: &TrustPolicy, who: &Trusted, own: &str) -> Comparison {
    let nobody = TrustPolicy::new(Vec::new());
    match who {
        Trusted::AnotherAccount => {
            let is_outsider = |exposure: &Exposure| matches!(exposure, Exposure::Outsider { .. });
            compare_trust(&nobody, &exposed(trust, own, is_outsider))
        }
        Trusted::Anyone => compare_trust(&nobody, &exposed(trust, own, Exposure::is_anyone)),
        Trusted::These(ids) => compare_trust(&without(trust, ids), trust),
        Trusted::OtherThan(ids) => compare_trust(&nobody, &without(trust, ids)),
    }
}

/// The trust policy with these principals refused.
fn without(trust: &TrustPolicy, ids: &[String]) -> TrustPolicy {
    let refusal = TrustStatement {
        sid: None,
        effect: Effect::Deny,
        principal: principal(ids),
        action: ActionMatch::Action(vec!["*".to_owned()]),
        condition: Condition::default(),
    };
    let statements = trust.statements().iter().cloned();
    TrustPolicy::new(statements.chain([refusal]).collect())
}

/// The principals, each in the list of a trust policy where it belongs.
fn principal(ids: &[String]) -> Principal {
    let mut principal = Principal::default();
    for id in ids {
        let relative = id
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.split_once(':'));
        let list = match relative {
            Some((_, of))
                if of.starts_with("oidc-provider/") || of.starts_with("saml-provider/") =>
            {
                &mut principal.federated
            }
            Some(_) => &mut principal.ram,
            None => &mut principal.service,
        };
        list.push(id.clone());
    }
    principal
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "1234567890123456";

    fn document(text: &str) -> PolicyDocument {
        PolicyDocument::parse_live(text).unwrap()
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// The request that proves each line of what is given.
    fn proofs(comparison: &Comparison) -> Vec<String> {
        let lines = comparison.gained.iter();
        lines.map(|line| line.witness.to_string()).collect()
    }

    #[test]
    fn what_is_given_of_a_set_of_requests_is_proven_by_one_of_them() {
        let all = document(
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#,
        );
        let held = document(
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject","oss:PutObject"],"Resource":"acs:oss:*:*:exports-*/*"}]}"#,
        );
        let deny = document(
            r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"oss:Get*","Resource":"acs:oss:*:*:secrets-*"}]}"#,
        );
        let get = texts(&["oss:GetObject"]);
        let secrets = Resources::On(texts(&["acs:oss:*:*:secrets-*/*"]));
        let proof = proofs(&allowed(&[&all], &get, &secrets));
        assert_eq!(proof.len(), 1, "{proof:?}");
        assert!(
            proof[0].starts_with("oss:GetObject on acs:oss:"),
            "{proof:?}"
        );
        assert!(proof[0].contains(":secrets-"), "{proof:?}");
        for documents in [&[&held][..], &[&all, &deny], &[]] {
            let comparison = allowed(documents, &get, &secrets);
            assert_eq!(given(&comparison), Given::No, "{comparison:?}");
        }
        let outside = Resources::Outside(texts(&["acs:oss:*:*:exports-hz/*"]));
        assert_eq!(allowed(&[&held], &get, &outside).gained.len(), 1);
        let outside = Resources::Outside(texts(&["acs:oss:*:*:exports-*/*"]));
        assert_eq!(given(&allowed(&[&held], &get, &outside)), Given::No);
        let ram = allowed(&[&all], &texts(&["ram:*"]), &Resources::Anywhere);
        assert_eq!(given(&ram), Given::No);
    }

    #[test]
    fn whoever_is_let_in_is_named() {
        let trust = |principal: &str| {
            let text = format!(
                r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}}}]}}"#
            );
            TrustPolicy::parse_live(&text).unwrap()
        };
        let these = |ids: &[&str]| Trusted::These(texts(ids));
        let but = |ids: &[&str]| Trusted::OtherThan(texts(ids));
        let ecs = r#"{"Service":"ecs.aliyuncs.com"}"#;
        let other = r#"{"Service":"ecs.aliyuncs.com","RAM":"acs:ram::2222222222222222:role/ci"}"#;
        let own = r#"{"RAM":"acs:ram::1234567890123456:root"}"#;
        let open = r#"{"RAM":"*"}"#;
        let github = r#"{"Federated":"acs:ram::1234567890123456:oidc-provider/GitHub"}"#;
        for (principal, who, is_let_in) in [
            (ecs, Trusted::AnotherAccount, false),
            (own, Trusted::AnotherAccount, false),
            (other, Trusted::AnotherAccount, true),
            (open, Trusted::AnotherAccount, true),
            (
                r#"{"Service":"2222222222222222@log.aliyuncs.com"}"#,
                Trusted::AnotherAccount,
                true,
            ),
            (other, Trusted::Anyone, false),
            (open, Trusted::Anyone, true),
            (r#"{"Service":"*@log.aliyuncs.com"}"#, Trusted::Anyone, true),
            (github, Trusted::Anyone, true),
            (ecs, these(&["ecs.aliyuncs.com"]), true),
            (ecs, these(&["fc.aliyuncs.com"]), false),
            (other, these(&["acs:ram::2222222222222222:root"]), true),
            (own, these(&["acs:ram::2222222222222222:root"]), false),
            (ecs, but(&["ecs.aliyuncs.com"]), false),
            (other, but(&["ecs.aliyuncs.com"]), true),
            (
                other,
                but(&["ecs.aliyuncs.com", "acs:ram::2222222222222222:root"]),
                false,
            ),
            (
                github,
                but(&["acs:ram::1234567890123456:oidc-provider/GitHub"]),
                false,
            ),
        ] {
            let comparison = admitted(&trust(principal), &who, OWN);
            assert_eq!(
                !comparison.gained.is_empty(),
                is_let_in,
                "{principal} {who:?} {comparison:?}"
            );
        }
    }
}
