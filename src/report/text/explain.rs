//! What an error means, for people.

use std::fmt::Write;

use super::style::{DIM, STRONG, Styled, safe};
use crate::account::AccessDenied;
use crate::explain::{Explanation, Pasted, all};

/// Appends what a pasted error told besides its code.
pub fn pasted(found: &Pasted, out: &mut String) {
    if let Some(id) = &found.request_id {
        let _ = writeln!(out, "request id: {}", safe(id));
    }
    if let Some(denied) = &found.access_denied {
        let _ = writeln!(out, "refused: {}", safe(&refusal(denied)));
    }
}

/// Who was refused what, by which kind of policy.
fn refusal(denied: &AccessDenied) -> String {
    let action = match denied.action.as_str() {
        "" => "an action that the answer does not name",
        action => action,
    };
    let who = match (denied.principal_type.as_str(), denied.principal.as_str()) {
        (_, "") => String::new(),
        ("", name) => format!(" to {name}"),
        (kind, name) => format!(" to {name} ({kind})"),
    };
    let policies = match denied.policy_type.as_str() {
        "AccountLevelIdentityBasedPolicy" => "the policies of the caller",
        "ResourceGroupLevelIdentityBasedPolicy" => {
            "the policies of the caller in the resource group"
        }
        "AssumeRolePolicy" => "the trust policy of the role",
        "ControlPolicy" => "a control policy of the resource directory",
        "SessionPolicy" => "the policy of the session",
        "" => "a policy that the answer does not name",
        other => other,
    };
    let how = match denied.no_permission_type.as_str() {
        "ImplicitDeny" => format!("nothing in {policies} allows it"),
        "ExplicitDeny" => format!("a Deny in {policies} forbids it"),
        _ => format!("by {policies}"),
    };
    format!("{action}{who}: {how}")
}

/// Appends one explanation.
pub fn explanation(known: &Explanation, out: &mut String) {
    let status: Vec<String> = known.status.iter().map(u16::to_string).collect();
    let operations = match known.operations.as_slice() {
        [] => String::new(),
        names => format!(", {}", names.join(", ")),
    };
    let _ = writeln!(
        out,
        "{} {}",
        Styled(STRONG, &known.code),
        Styled(
            DIM,
            format!(
                "({}{operations}; HTTP {})",
                known.service.name(),
                status.join(" or ")
            )
        )
    );
    if !known.also.is_empty() {
        let _ = writeln!(out, "  also: {}", known.also.join(", "));
    }
    let _ = writeln!(out, "  {}", known.meaning);
    let _ = match known.causes.len() {
        1 => writeln!(out, "\nCause, and how to settle it:"),
        _ => writeln!(
            out,
            "\nCauses, the likeliest first, and how to settle each:"
        ),
    };
    for (at, cause) in known.causes.iter().enumerate() {
        let _ = writeln!(out, "  {}. {}", at + 1, cause.cause);
        let _ = writeln!(out, "       {}", cause.settle);
    }
}

/// Appends every code with its meaning, by service.
pub fn explained_codes(out: &mut String) {
    let mut service = None;
    for known in all() {
        if service != Some(known.service) {
            let gap = if service.is_some() { "\n" } else { "" };
            let _ = writeln!(out, "{gap}{}", Styled(STRONG, known.service.name()));
            service = Some(known.service);
        }
        let _ = writeln!(out, "  {}\n      {}", known.code, known.meaning);
    }
}
