//! Opening a role to another account, or to everyone, hands its permissions to people nobody here can see.

use crate::plan::{DocumentChange, FieldChange, Plan};
use crate::policy::{Exposure, TrustPolicy, newly_exposed};

use super::refusal::{Refusal, Risk};

pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let own = plan.caller.account.as_str();
    let mut refusals = Vec::new();
    for change in &plan.changes {
        for field in &change.fields {
            let FieldChange::Trust(document) = field else {
                continue;
            };
            refusals.extend(opened(document, own).into_iter().map(|message| Refusal {
                risk: Some(Risk::Trust),
                address: change.address.clone(),
                message,
            }));
        }
    }
    refusals
}

/// What the wanted trust opens beyond the live one, a sentence each.
fn opened(document: &DocumentChange, own: &str) -> Vec<String> {
    let before = document.before.as_deref().map(TrustPolicy::parse_live);
    // A live text that cannot be interpreted is taken to let nobody in, so that everybody is new.
    let before = before.and_then(Result::ok);
    match TrustPolicy::parse_live(&document.after) {
        Ok(after) => newly_exposed(before.as_ref(), &after, own)
            .iter()
            .map(|exposure| in_words(exposure, own))
            .collect(),
        Err(error) => vec![format!(
            "its new trust cannot be interpreted, so whom it opens the role to cannot be told: {error}"
        )],
    }
}

fn in_words(exposure: &Exposure, own: &str) -> String {
    match exposure {
        Exposure::Outsider { .. } => {
            format!("its trust is opened to {exposure}, which is not of account {own}")
        }
        Exposure::AnySubject { .. } => {
            format!("its trust is opened to {exposure}: no condition on `oidc:sub` says which")
        }
    }
}
