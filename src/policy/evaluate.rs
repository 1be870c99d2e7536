//! Decides one request, the plain way: every statement is asked in turn.
//!
//! Shares nothing with the engine but the parsed documents, so that each can check the other.

use super::document::{Condition, Effect, PolicyDocument};
use super::semantics::{Matching, NegatedWhenAbsent, PrincipalReading, Semantics};
use super::trust::{Principal, TrustPolicy};
use std::collections::BTreeMap;
use std::fmt;

mod test;

/// One request to a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
pub struct Request {
    /// As `oss:GetObject`.
    pub action: String,
    /// As `acs:oss:cn-hangzhou:1234567890123456:exports-hz/image.raw`; empty for a request to assume a role.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// Condition keys and values that come with the request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
}

/// Who asks to assume a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Caller {
    /// `Service`, `RAM` or `Federated`.
    pub member: String,
    /// As `ecs.aliyuncs.com` or `acs:ram::1234567890123456:user/alice`.
    pub id: String,
}

impl Caller {
    /// Reads `<member>:<identifier>`, as `Service:ecs.aliyuncs.com`.
    pub fn read(text: &str) -> Option<Self> {
        let (member, id) = text.split_once(':')?;
        let (member, id) = (member.to_owned(), id.to_owned());
        Some(Self { member, id })
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.member, self.id)
    }
}

/// A statement among several documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementPlace {
    /// Which document, from 0.
    pub document: usize,
    /// Which of its statements, from 0.
    pub statement: usize,
}

/// What a set of statements says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed(StatementPlace),
    /// A statement denies it.
    ExplicitDeny(StatementPlace),
    /// No statement is about it.
    ImplicitDeny,
    /// It hangs on a statement whose meaning is not known.
    Untold(StatementPlace),
}

impl Decision {
    /// Whether the request is allowed, if that can be told.
    pub fn is_allowed(self) -> Option<bool> {
        match self {
            Decision::Allowed(_) => Some(true),
            Decision::ExplicitDeny(_) | Decision::ImplicitDeny => Some(false),
            Decision::Untold(_) => None,
        }
    }
}

/// Decides a request to a service by the union of `documents`.
pub fn decide(documents: &[&PolicyDocument], request: &Request, semantics: Semantics) -> Decision {
    conclude(matches(documents, request, semantics))
}

/// Whether some statement of `documents` denies a request; `None` if that cannot be told.
///
/// More than [`decide`] says: what is not allowed may be denied as well.
pub fn denies(
    documents: &[&PolicyDocument],
    request: &Request,
    semantics: Semantics,
) -> Option<bool> {
    let matches = matches(documents, request, semantics);
    let denials = matches.filter(|(_, effect, _)| *effect == Effect::Deny);
    test::all(denials.map(|(.., matched)| matched.map(|matched| !matched))).map(|none| !none)
}

/// Each statement with its effect and whether it is about the request.
fn matches<'a>(
    documents: &'a [&PolicyDocument],
    request: &'a Request,
    semantics: Semantics,
) -> impl Iterator<Item = (StatementPlace, Effect, Option<bool>)> + 'a {
    let statements = documents.iter().enumerate().flat_map(|(document, policy)| {
        let statements = policy.statements().iter().enumerate();
        statements.map(move |(at, statement)| {
            let place = StatementPlace {
                document,
                statement: at,
            };
            (place, statement)
        })
    });
    statements.map(move |(place, statement)| {
        let action = || test::action(&statement.action, &request.action);
        let resource = || {
            let any = test::any(statement.resource.patterns(), |pattern| {
                resource_matches(pattern, &request.resource, semantics.matching)
            });
            any.map(|matches| matches != statement.resource.is_negated())
        };
        let condition = || condition_holds(&statement.condition, &request.context, semantics);
        (
            place,
            statement.effect,
            test::each([&action, &resource, &condition]),
        )
    })
}

/// Decides whether `caller` may assume a role with this trust policy.
pub fn decide_trust(
    trust: &TrustPolicy,
    caller: &Caller,
    request: &Request,
    semantics: Semantics,
) -> Decision {
    let statements = trust.statements().iter().enumerate();
    conclude(statements.map(|(at, statement)| {
        let place = StatementPlace {
            document: 0,
            statement: at,
        };
        let action = || test::action(&statement.action, &request.action);
        let principal = || principal_matches(&statement.principal, caller, semantics.principals);
        let condition = || condition_holds(&statement.condition, &request.context, semantics);
        (
            place,
            statement.effect,
            test::each([&action, &principal, &condition]),
        )
    }))
}

/// Deny over Allow over silence; what cannot be told counts where it could change the outcome.
fn conclude(matches: impl Iterator<Item = (StatementPlace, Effect, Option<bool>)>) -> Decision {
    let (mut allow, mut deny) = (None, None);
    let (mut perhaps_allow, mut perhaps_deny) = (None, None);
    for (place, effect, matched) in matches {
        let slot = match (effect, matched) {
            (_, Some(false)) => continue,
            (Effect::Allow, Some(true)) => &mut allow,
            (Effect::Deny, Some(true)) => &mut deny,
            (Effect::Allow, None) => &mut perhaps_allow,
            (Effect::Deny, None) => &mut perhaps_deny,
        };
        slot.get_or_insert(place);
    }
    match (deny, allow, perhaps_deny, perhaps_allow) {
        (Some(place), ..) => Decision::ExplicitDeny(place),
        (None, Some(_), Some(place), _) => Decision::Untold(place),
        (None, Some(place), None, _) => Decision::Allowed(place),
        (None, None, _, Some(place)) => Decision::Untold(place),
        (None, None, _, None) => Decision::ImplicitDeny,
    }
}

/// In a pattern with at least four `:`, each of the first four fields is compared by itself.
fn resource_matches(pattern: &str, resource: &str, matching: Matching) -> Option<bool> {
    if test::has_variable(pattern) {
        return None;
    }
    let has_fields = |text: &str| text.matches(':').count() >= 4;
    if matching == Matching::WholeString || !has_fields(pattern) {
        return Some(test::glob(pattern, resource));
    }
    let mut fields = pattern.splitn(5, ':').zip(resource.splitn(5, ':'));
    Some(has_fields(resource) && fields.all(|(field, asked)| test::glob(field, asked)))
}

fn principal_matches(
    principal: &Principal,
    caller: &Caller,
    reading: PrincipalReading,
) -> Option<bool> {
    let names = match caller.member.as_str() {
        "Service" => &principal.service,
        "RAM" => &principal.ram,
        "Federated" => &principal.federated,
        _ => return Some(false),
    };
    test::any(names, |name| {
        if test::has_variable(name) {
            return None;
        }
        let account = name
            .strip_suffix(":root")
            .filter(|_| caller.member == "RAM");
        Some(match (account, reading) {
            (None, PrincipalReading::Literal) => *name == caller.id,
            (None, PrincipalReading::Pattern) => test::glob(name, &caller.id),
            (Some(account), reading) => {
                let ends = caller.id.match_indices(':').map(|(at, _)| at);
                ends.filter_map(|at| caller.id.get(..at))
                    .any(|own| match reading {
                        PrincipalReading::Literal => own == account,
                        PrincipalReading::Pattern => test::glob(account, own),
                    })
            }
        })
    })
}

fn condition_holds(
    condition: &Condition,
    context: &BTreeMap<String, String>,
    semantics: Semantics,
) -> Option<bool> {
    let absent = semantics.negated_when_absent == NegatedWhenAbsent::Matches;
    test::all(condition.tests().map(|(operator, key, values)| {
        let negated = operator.contains("Not");
        match context.get(key) {
            // Whether all of no values compare so is not documented.
            None if !test::is_known(operator) || operator.starts_with("ForAllValues:") => None,
            None => Some(negated && absent),
            Some(value) => {
                let any = test::any(values, |wanted| test::value(operator, value, wanted));
                any.map(|any| any != negated)
            }
        }
    }))
}
