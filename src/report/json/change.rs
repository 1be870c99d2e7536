//! What changes, field by field.

use serde::Serialize;

use super::access::Access;
use crate::model::Tags;
use crate::plan::{Change as PlanChange, DocumentChange, FieldChange};

#[derive(Serialize)]
pub(super) struct Change {
    address: String,
    action: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl Change {
    pub(super) fn new(change: &PlanChange) -> Self {
        let PlanChange {
            address,
            action,
            reason,
            fields,
            access,
            notes,
        } = change;
        Self {
            address: address.to_string(),
            action: action.as_str(),
            reason: reason.as_str(),
            fields: fields.iter().map(Field::new).collect(),
            access: access.as_ref().map(Access::new),
            notes: notes.clone(),
        }
    }
}

/// One part of an entity; `before` is null where the entity is new.
#[derive(Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(super) enum Field {
    Trust(Document),
    Document(Document),
    Description {
        before: Option<String>,
        after: String,
    },
    MaxSessionDuration {
        before: Option<u32>,
        after: u32,
    },
    Tags {
        before: Tags,
        after: Tags,
    },
}

#[derive(Serialize)]
pub(super) struct Document {
    before: Option<String>,
    after: String,
    access: Access,
}

impl Field {
    pub(super) fn new(field: &FieldChange) -> Self {
        let document = |change: &DocumentChange| {
            let DocumentChange {
                before,
                after,
                access,
            } = change;
            Document {
                before: before.clone(),
                after: after.clone(),
                access: Access::new(access),
            }
        };
        match field {
            FieldChange::Trust(change) => Self::Trust(document(change)),
            FieldChange::Document(change) => Self::Document(document(change)),
            FieldChange::Description { before, after } => Self::Description {
                before: before.clone(),
                after: after.clone(),
            },
            FieldChange::MaxSessionDuration { before, after } => Self::MaxSessionDuration {
                before: *before,
                after: *after,
            },
            FieldChange::Tags { before, after } => Self::Tags {
                before: before.clone(),
                after: after.clone(),
            },
        }
    }
}
