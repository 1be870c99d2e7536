//! What an error means, for programs.

use serde::Serialize;

use super::format::{FORMAT_VERSION, text};
use crate::account::AccessDenied;
use crate::explain::{Explanation, Pasted, all};

#[derive(Serialize)]
struct Explained<'a> {
    format_version: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_denied: Option<Refusal<'a>>,
    errors: Vec<&'a Explanation>,
}

#[derive(Serialize)]
struct Refusal<'a> {
    action: &'a str,
    principal_type: &'a str,
    principal: &'a str,
    no_permission_type: &'a str,
    policy_type: &'a str,
}

impl<'a> Refusal<'a> {
    fn new(denied: &'a AccessDenied) -> Self {
        let AccessDenied {
            action,
            principal_type,
            principal,
            no_permission_type,
            policy_type,
        } = denied;
        Self {
            action,
            principal_type,
            principal,
            no_permission_type,
            policy_type,
        }
    }
}

/// One explanation, with what a pasted error told besides its code.
#[must_use]
pub fn explanation(known: &Explanation, pasted: &Pasted) -> String {
    text(&Explained {
        format_version: FORMAT_VERSION,
        kind: "explain",
        request_id: pasted.request_id.as_deref(),
        access_denied: pasted.access_denied.as_ref().map(Refusal::new),
        errors: vec![known],
    })
}

/// Every explanation.
#[must_use]
pub fn explained_codes() -> String {
    text(&Explained {
        format_version: FORMAT_VERSION,
        kind: "explain",
        request_id: None,
        access_denied: None,
        errors: all().iter().collect(),
    })
}
