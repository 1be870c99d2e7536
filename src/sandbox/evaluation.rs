//! What policies say to one request, by the product's own evaluator.

use std::collections::BTreeMap;

use crate::policy::{
    Caller, Decision, PolicyDocument, Request, Semantics, TrustPolicy, decide, decide_trust,
};

/// Condition keys and values that come with a request.
pub(crate) type Context = BTreeMap<String, String>;

/// Why the union of `documents` does not allow the action on the resource: `ExplicitDeny` or `ImplicitDeny`; `None`
/// if it does. A document that cannot be read allows nothing, and what cannot be told is not allowed.
pub(crate) fn denial_of(
    documents: &[String],
    action: &str,
    resource: &str,
) -> Option<&'static str> {
    let documents: Vec<_> = documents
        .iter()
        .filter_map(|text| PolicyDocument::parse_live(text).ok())
        .collect();
    let documents: Vec<_> = documents.iter().collect();
    let request = Request {
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: Context::new(),
    };
    word(decide(&documents, &request, Semantics::DEFAULT))
}

/// Why the trust policy does not let `caller` (as `RAM`, `acs:ram::…`) assume its role; `None` if it does.
pub(crate) fn trust_denial(
    trust: &str,
    (member, id): (&str, &str),
    context: &Context,
) -> Option<&'static str> {
    let Ok(trust) = TrustPolicy::parse_live(trust) else {
        return Some("ImplicitDeny");
    };
    let caller = Caller {
        member: member.to_owned(),
        id: id.to_owned(),
    };
    let request = Request {
        action: "sts:AssumeRole".to_owned(),
        resource: String::new(),
        context: context.clone(),
    };
    word(decide_trust(&trust, &caller, &request, Semantics::DEFAULT))
}

fn word(decision: Decision) -> Option<&'static str> {
    match decision {
        Decision::Allowed(_) => None,
        Decision::ExplicitDeny(_) => Some("ExplicitDeny"),
        Decision::ImplicitDeny | Decision::Untold(_) => Some("ImplicitDeny"),
    }
}
