//! The printed name of an entity.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{PolicyName, PolicyRef, RoleName};

/// The printed name of one thing we manage; equal addresses are the same thing.
///
/// Order: policies, roles, attachments, each by name, which is the order of creation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A custom policy, `policy/ImageExportToOss`.
    Policy(PolicyName),
    /// A role, `role/AliyunECSImageExportDefaultRole`.
    Role(RoleName),
    /// One policy on one role, `role/NAME/system:POLICY`.
    Attachment {
        /// The role that holds the policy.
        role: RoleName,
        /// The policy on it.
        policy: PolicyRef,
    },
    /// One policy on one role for the resources of one group, `role/NAME/system:POLICY@rg-ID`.
    GroupAttachment {
        /// The role that holds the policy.
        role: RoleName,
        /// The policy on it.
        policy: PolicyRef,
        /// The resource group's id.
        group: String,
    },
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(name) => write!(f, "policy/{name}"),
            Self::Role(name) => write!(f, "role/{name}"),
            Self::Attachment { role, policy } => write!(f, "role/{role}/{policy}"),
            Self::GroupAttachment {
                role,
                policy,
                group,
            } => write!(f, "role/{role}/{policy}@{group}"),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
