//! Every write this tool can do.

use super::{PolicyName, PolicyRef, RoleName, Tags, VersionId};

/// One API write. A plan is a list of these; apply carries them out and decides nothing.
///
/// Documents are compact JSON, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `CreateRole`.
    CreateRole {
        /// The new role.
        role: RoleName,
        /// Its trust policy.
        trust: String,
        /// Its description, if one is wanted.
        description: Option<String>,
        /// Longest session in seconds; the service's default is 3600.
        max_session_duration: Option<u32>,
        /// Tags to start with.
        tags: Tags,
    },
    /// `UpdateRole`; a field left out keeps its value.
    UpdateRole {
        /// The role to change.
        role: RoleName,
        /// The new trust policy.
        trust: Option<String>,
        /// The new description.
        description: Option<String>,
        /// The new longest session in seconds.
        max_session_duration: Option<u32>,
    },
    /// `DeleteRole`; nothing may be attached any more.
    DeleteRole {
        /// The role to delete.
        role: RoleName,
    },
    /// `CreatePolicy`; the document becomes version `v1`.
    CreatePolicy {
        /// The new custom policy.
        policy: PolicyName,
        /// Its document.
        document: String,
        /// Its description, if one is wanted.
        description: Option<String>,
        /// Tags to start with.
        tags: Tags,
    },
    /// `UpdatePolicyDescription`.
    UpdatePolicyDescription {
        /// The custom policy.
        policy: PolicyName,
        /// The new description.
        description: String,
    },
    /// `CreatePolicyVersion` with `SetAsDefault=true`.
    CreatePolicyVersion {
        /// The custom policy.
        policy: PolicyName,
        /// The document that comes into force.
        document: String,
    },
    /// `SetDefaultPolicyVersion`.
    SetDefaultPolicyVersion {
        /// The custom policy.
        policy: PolicyName,
        /// The version that comes into force.
        version: VersionId,
    },
    /// `DeletePolicyVersion`; never the default one.
    DeletePolicyVersion {
        /// The custom policy.
        policy: PolicyName,
        /// The version to drop.
        version: VersionId,
    },
    /// `DeletePolicy`; it must be attached to nothing and have no version but the default one.
    DeletePolicy {
        /// The custom policy.
        policy: PolicyName,
    },
    /// `AttachPolicyToRole` at account scope.
    AttachPolicy {
        /// The role that gets the policy.
        role: RoleName,
        /// The policy.
        policy: PolicyRef,
    },
    /// `DetachPolicyFromRole` at account scope.
    DetachPolicy {
        /// The role that loses the policy.
        role: RoleName,
        /// The policy.
        policy: PolicyRef,
    },
    /// `TagResources` on a role; other tags stay.
    TagRole {
        /// The role.
        role: RoleName,
        /// Tags to set.
        tags: Tags,
    },
    /// `TagResources` on a custom policy; other tags stay.
    TagPolicy {
        /// The custom policy.
        policy: PolicyName,
        /// Tags to set.
        tags: Tags,
    },
}

impl Step {
    /// The RAM operation that carries it out.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "CreateRole",
            Self::UpdateRole { .. } => "UpdateRole",
            Self::DeleteRole { .. } => "DeleteRole",
            Self::CreatePolicy { .. } => "CreatePolicy",
            Self::UpdatePolicyDescription { .. } => "UpdatePolicyDescription",
            Self::CreatePolicyVersion { .. } => "CreatePolicyVersion",
            Self::SetDefaultPolicyVersion { .. } => "SetDefaultPolicyVersion",
            Self::DeletePolicyVersion { .. } => "DeletePolicyVersion",
            Self::DeletePolicy { .. } => "DeletePolicy",
            Self::AttachPolicy { .. } => "AttachPolicyToRole",
            Self::DetachPolicy { .. } => "DetachPolicyFromRole",
            Self::TagRole { .. } | Self::TagPolicy { .. } => "TagResources",
        }
    }
}
