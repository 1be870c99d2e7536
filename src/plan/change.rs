//! One difference between the spec and the account.

use serde::Serialize;

use crate::model::{Address, Tags};
use crate::policy::Comparison;

use super::action::{Action, Reason};

/// What happens to one address, and what it looks like before and after.
///
/// | action | fields hold |
/// |---|---|
/// | Create | every value it is made with, `before` empty |
/// | Update | only what differs |
/// | Delete | nothing |
/// | NoOp | nothing |
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The entity.
    pub address: Address,
    /// What is to happen.
    pub action: Action,
    /// Why, for people.
    pub reason: Reason,
    /// Its parts that change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// For an attachment that is not as wanted: what the role's permissions gain by it, or lose without it.
    /// `None` where a document cannot be interpreted, or changes in the same plan and is shown there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Comparison>,
    /// What else a reader should know, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Change {
    /// Whether applying it would write anything.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.action != Action::NoOp
    }
}

/// One part of an entity that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum FieldChange {
    /// The trust policy of a role.
    Trust(DocumentChange),
    /// The document in force of a custom policy.
    Document(DocumentChange),
    /// The description.
    Description {
        /// As read; `None` when the entity is new.
        before: Option<String>,
        /// As wanted.
        after: String,
    },
    /// The longest session, in seconds.
    MaxSessionDuration {
        /// As read; `None` when the role is new or the service did not say.
        before: Option<u32>,
        /// As wanted.
        after: u32,
    },
    /// Tags to set; tags not named stay.
    Tags {
        /// The values read of the keys that differ.
        before: Tags,
        /// The values wanted of the keys that differ.
        after: Tags,
    },
}

/// A document that changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentChange {
    /// The text in force as read; `None` when the entity is new.
    pub before: Option<String>,
    /// The text to send, compact.
    pub after: String,
    /// What is gained and lost; for a new entity, measured against no access at all.
    pub access: Comparison,
}
