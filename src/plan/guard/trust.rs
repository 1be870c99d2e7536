//! Opening a role to another account, or to everyone, hands its permissions to people nobody here can see.

use crate::plan::{DocumentChange, FieldChange, Plan};
use crate::policy::{Effect, TrustPolicy};

use super::refusal::{Refusal, Risk};

pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let own = plan.caller.account.as_str();
    let mut refusals = Vec::new();
    for change in &plan.changes {
        for field in &change.fields {
            let FieldChange::Trust(document) = field else {
                continue;
            };
            for principal in newly_admitted(document, own) {
                let message =
                    format!("its trust is opened to `{principal}`, which is not of account {own}");
                refusals.push(Refusal {
                    risk: Risk::Trust,
                    address: change.address.clone(),
                    message,
                });
            }
        }
    }
    refusals
}

/// Principals beyond the account that the wanted trust allows and the live one does not name. A comparison
/// without gain admits nobody new, however it is written.
fn newly_admitted(document: &DocumentChange, own: &str) -> Vec<String> {
    if document.access.gained.is_empty() && document.access.reasons.is_empty() {
        return Vec::new();
    }
    let before = document
        .before
        .as_deref()
        .map(outsiders_of)
        .unwrap_or_default();
    let after = outsiders_of(&document.after);
    let is_outside = |principal: &String| !principal.starts_with(&format!("acs:ram::{own}:"));
    after
        .into_iter()
        .filter(|principal| is_outside(principal) && !before.contains(principal))
        .collect()
}

/// RAM and federated principals that a trust document allows.
fn outsiders_of(text: &str) -> Vec<String> {
    let Ok(trust) = TrustPolicy::parse_live(text) else {
        return Vec::new();
    };
    let allowed = trust
        .statements()
        .iter()
        .filter(|statement| statement.effect == Effect::Allow);
    let named = allowed.flat_map(|statement| {
        statement
            .principal
            .ram
            .iter()
            .chain(&statement.principal.federated)
    });
    named.cloned().collect()
}
