//! What policies say to one request: an evaluator of the sandbox's own.
//!
//! It shares nothing with the product's policy engine but the parsed documents, so that each can be judged by the
//! other. Where RAM does not document an answer, it takes the stricter one: such an Allow does not count, such a Deny
//! does.

mod condition;
mod decision;
mod pattern;

use crate::policy::{ActionMatch, PolicyDocument, ResourceMatch, TrustPolicy};

pub(crate) use condition::{Context, holds};
pub(crate) use decision::{Decision, all, any, combine};
pub(crate) use pattern::{action_matches, matches, resource_matches};

/// What is asked for.
pub(crate) struct Request<'a> {
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) context: &'a Context,
}

/// What the union of `documents` says. A document that cannot be read allows nothing.
pub(crate) fn decide(documents: &[String], request: &Request<'_>) -> Decision {
    let documents = documents
        .iter()
        .filter_map(|text| PolicyDocument::parse_live(text).ok());
    documents
        .map(|document| {
            combine(document.statements().iter().map(|statement| {
                let parts = [
                    action_part(&statement.action, request.action),
                    resource_part(&statement.resource, request.resource),
                    holds(&statement.condition, request.context),
                ];
                (statement.effect, all(parts))
            }))
        })
        .fold(Decision::ImplicitDeny, Decision::and)
}

/// What a trust policy says to `id`, which it may name under `member` (`RAM` and `acs:ram::…`, `Service` and a host).
pub(crate) fn decide_trust(trust: &str, (member, id): (&str, &str), context: &Context) -> Decision {
    let Ok(trust) = TrustPolicy::parse_live(trust) else {
        return Decision::ImplicitDeny;
    };
    combine(trust.statements().iter().map(|statement| {
        let mut named = statement
            .principal
            .members()
            .filter(|(name, _)| *name == member)
            .flat_map(|(_, names)| names);
        let is_named = named.any(|name| is_principal(name, id));
        let parts = [
            Some(is_named),
            action_part(&statement.action, "sts:AssumeRole"),
            holds(&statement.condition, context),
        ];
        (statement.effect, all(parts))
    }))
}

/// `…:root` stands for everybody in the account.
fn is_principal(name: &str, id: &str) -> bool {
    match name.strip_suffix(":root") {
        Some(account) => id
            .rsplit_once(':')
            .is_some_and(|(own, _)| matches(account, own)),
        None => matches(name, id),
    }
}

fn action_part(wanted: &ActionMatch, action: &str) -> Option<bool> {
    any(wanted.patterns(), |pattern| action_matches(pattern, action))
        .map(|is_any| is_any != wanted.is_negated())
}

fn resource_part(wanted: &ResourceMatch, resource: &str) -> Option<bool> {
    any(wanted.patterns(), |pattern| {
        resource_matches(pattern, resource)
    })
    .map(|is_any| is_any != wanted.is_negated())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(documents: &[&str], action: &str, resource: &str) -> Decision {
        let documents: Vec<_> = documents.iter().map(|&text| text.to_owned()).collect();
        let context = Context::from([("acs:SourceIp".to_owned(), "203.0.113.7".to_owned())]);
        let request = Request {
            action,
            resource,
            context: &context,
        };
        decide(&documents, &request)
    }

    const BUCKET: &str = "acs:oss:oss-cn-hangzhou:1234567890123456:exports-hz";

    #[test]
    fn a_deny_anywhere_beats_an_allow_anywhere() {
        let allow =
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"OSS:*","Resource":"*"}]}"#;
        let deny = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"oss:Put*","NotResource":"acs:oss:*:*:exports-hz/*"}]}"#;
        assert_eq!(said(&[], "oss:PutObject", BUCKET), Decision::ImplicitDeny);
        assert_eq!(said(&[allow], "oss:PutObject", BUCKET), Decision::Allowed);
        assert_eq!(
            said(&[allow, deny], "oss:PutObject", BUCKET),
            Decision::ExplicitDeny
        );
        let object = format!("{BUCKET}/key:with/colon");
        assert_eq!(
            said(&[allow, deny], "oss:PutObject", &object),
            Decision::Allowed
        );
    }

    #[test]
    fn what_is_not_documented_is_read_strictly() {
        let with = |effect: &str, condition: &str| {
            format!(
                r#"{{"Version":"1","Statement":[{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}]}}"#
            )
        };
        let odd = r#"{"SomethingNew":{"acs:SourceIp":"x"}}"#;
        let everything = with("Allow", "{}");
        assert_eq!(
            said(&[&with("Allow", odd)], "a:B", "*"),
            Decision::ImplicitDeny
        );
        assert_eq!(
            said(&[&everything, &with("Deny", odd)], "a:B", "*"),
            Decision::ExplicitDeny
        );
        assert_eq!(
            said(&["not a document"], "a:B", "*"),
            Decision::ImplicitDeny
        );
    }

    #[test]
    fn root_in_a_trust_policy_is_everybody_of_that_account() {
        let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1:root"}}]}"#;
        let asked = |id| decide_trust(trust, ("RAM", id), &Context::new());
        assert_eq!(asked("acs:ram::1:user/a"), Decision::Allowed);
        assert_eq!(asked("acs:ram::2:user/a"), Decision::ImplicitDeny);
    }
}
