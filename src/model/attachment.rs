//! Which policy is meant, and by whom it is written.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PolicyName, RoleName};

/// Who writes a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PolicyType {
    /// Ours to edit.
    Custom,
    /// Alibaba Cloud's; it can be read and attached, nothing else.
    System,
}

impl PolicyType {
    /// RAM's word: `Custom` or `System`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "Custom",
            Self::System => "System",
        }
    }
}

/// One policy, named so that nothing else is needed to find it in its account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRef {
    /// Custom or system; the two have separate name spaces.
    #[serde(rename = "type")]
    pub policy_type: PolicyType,
    /// The policy's name.
    pub name: PolicyName,
}

/// A policy that a role holds for the resources of one group, which `ListPoliciesForRole` does not show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupAttachment {
    /// The policy.
    pub policy: PolicyRef,
    /// The resource group's id, as `rg-acfm2abcdef`.
    pub group: String,
}

/// What is known of the attachments for resource groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupAttachments {
    /// Those of each role asked about that has any.
    Read(BTreeMap<RoleName, Vec<GroupAttachment>>),
    /// They could not be looked at, for this reason.
    NotRead(String),
}

impl Default for GroupAttachments {
    fn default() -> Self {
        Self::Read(BTreeMap::new())
    }
}

impl GroupAttachments {
    /// Those of `role`, as far as they are known.
    #[must_use]
    pub fn of(&self, role: &RoleName) -> &[GroupAttachment] {
        match self {
            Self::Read(found) => found.get(role).map_or(&[], Vec::as_slice),
            Self::NotRead(_) => &[],
        }
    }

    /// Why they are not known, where they are not.
    #[must_use]
    pub fn not_read(&self) -> Option<&str> {
        match self {
            Self::Read(_) => None,
            Self::NotRead(why) => Some(why),
        }
    }
}

impl PolicyRef {
    /// The custom policy of this name.
    #[must_use]
    pub fn custom(name: PolicyName) -> Self {
        Self {
            policy_type: PolicyType::Custom,
            name,
        }
    }

    /// Whether this is the custom policy of that name.
    #[must_use]
    pub fn is_custom(&self, name: &PolicyName) -> bool {
        self.policy_type == PolicyType::Custom && self.name == *name
    }

    /// The system policy of this name.
    #[must_use]
    pub fn system(name: PolicyName) -> Self {
        Self {
            policy_type: PolicyType::System,
            name,
        }
    }
}

impl fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.policy_type {
            PolicyType::Custom => "custom",
            PolicyType::System => "system",
        };
        write!(f, "{kind}:{}", self.name)
    }
}
