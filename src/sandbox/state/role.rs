//! Roles, and which policies are on them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::serialized::{Keyed, document, optional_text, seeded_at, text};
use crate::model::{PolicyRef, RoleName, Tags, limit};

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    #[serde(with = "text")]
    pub(crate) name: RoleName,
    /// Given when the state is loaded if a seed leaves it out.
    #[serde(default)]
    pub(crate) id: String,
    /// Empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// The trust policy, byte for byte as submitted.
    #[serde(deserialize_with = "document")]
    pub(crate) trust: String,
    #[serde(default = "shortest_session")]
    pub(crate) max_session_duration: u32,
    #[serde(default = "yes")]
    pub(crate) allow_console_login: bool,
    #[serde(
        default,
        rename = "service_linked",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub(crate) is_service_linked: bool,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
    /// Absent until it is changed.
    #[serde(
        default,
        with = "optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) updated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub(crate) tags: Tags,
    #[serde(default)]
    pub(crate) attachments: Vec<Attachment>,
}

fn shortest_session() -> u32 {
    limit::MIN_SESSION_DURATION
}

fn yes() -> bool {
    true
}

impl Role {
    /// When it was last changed, or else made.
    pub(crate) fn updated(&self) -> Timestamp {
        self.updated.unwrap_or(self.created)
    }
}

impl Keyed for Role {
    type Key = RoleName;
    const KIND: &str = "role";

    fn key(&self) -> RoleName {
        self.name.clone()
    }
}

/// One policy on one role or user.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attachment {
    #[serde(with = "text")]
    pub(crate) policy: PolicyRef,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) attached: Timestamp,
    /// Absent for the whole account. With a group it is another attachment of the same policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource_group: Option<String>,
}

impl Attachment {
    /// Whether it is this policy at account scope.
    pub(crate) fn is_of(&self, policy: &PolicyRef) -> bool {
        self.resource_group.is_none() && self.policy == *policy
    }

    /// Whether it is the same policy at the same scope.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.policy == other.policy && self.resource_group == other.resource_group
    }
}
