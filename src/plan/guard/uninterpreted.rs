//! A live text that cannot be interpreted may give somebody what he needs; replacing it takes that away unseen.

use crate::plan::{Change, DocumentChange, FieldChange, Plan};
use crate::policy::{PolicyDocument, TrustPolicy};

use super::refusal::{Refusal, Risk};

pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let pending = plan.changes.iter().filter(|change| change.is_pending());
    pending.filter_map(refusal).collect()
}

fn refusal(change: &Change) -> Option<Refusal> {
    let (what, problem) = change.fields.iter().find_map(|field| match field {
        FieldChange::Trust(DocumentChange { before, .. }) => {
            let error = TrustPolicy::parse_live(before.as_ref()?).err()?;
            Some(("trust policy", error.to_string()))
        }
        FieldChange::Document(DocumentChange { before, .. }) => {
            let error = PolicyDocument::parse_live(before.as_ref()?).err()?;
            Some(("document", error.to_string()))
        }
        FieldChange::Description { .. }
        | FieldChange::MaxSessionDuration { .. }
        | FieldChange::Tags { .. } => None,
    })?;
    Some(Refusal {
        risk: Some(Risk::Uninterpreted),
        address: change.address.clone(),
        message: format!(
            "its live {what} cannot be interpreted, so what replacing it takes away cannot be told: {problem}"
        ),
    })
}
