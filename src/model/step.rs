//! Every write this tool can do.

use std::fmt;

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
    /// `DetachPolicyFromRole` for the resources of one group.
    DetachGroupPolicy {
        /// The role that loses the policy.
        role: RoleName,
        /// The policy.
        policy: PolicyRef,
        /// The resource group's id.
        group: String,
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
            Self::DetachPolicy { .. } | Self::DetachGroupPolicy { .. } => "DetachPolicyFromRole",
            Self::TagRole { .. } | Self::TagPolicy { .. } => "TagResources",
        }
    }
}

/// Every word of the step on one line: the operation, then each parameter that is sent.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation())?;
        let mut part =
            |name: &str, value: &dyn fmt::Display| write!(f, " {name}={:?}", value.to_string());
        match self {
            Self::CreateRole {
                role,
                trust,
                description,
                max_session_duration,
                tags,
            } => {
                part("role", role)?;
                part("trust", trust)?;
                optional(&mut part, "description", description.as_ref())?;
                optional(
                    &mut part,
                    "max_session_duration",
                    max_session_duration.as_ref(),
                )?;
                tags.iter()
                    .try_for_each(|(key, value)| part(&format!("tag:{key}"), value))
            }
            Self::UpdateRole {
                role,
                trust,
                description,
                max_session_duration,
            } => {
                part("role", role)?;
                optional(&mut part, "trust", trust.as_ref())?;
                optional(&mut part, "description", description.as_ref())?;
                optional(
                    &mut part,
                    "max_session_duration",
                    max_session_duration.as_ref(),
                )
            }
            Self::DeleteRole { role } => part("role", role),
            Self::CreatePolicy {
                policy,
                document,
                description,
                tags,
            } => {
                part("policy", policy)?;
                part("document", document)?;
                optional(&mut part, "description", description.as_ref())?;
                tags.iter()
                    .try_for_each(|(key, value)| part(&format!("tag:{key}"), value))
            }
            Self::UpdatePolicyDescription {
                policy,
                description,
            } => {
                part("policy", policy)?;
                part("description", description)
            }
            Self::CreatePolicyVersion { policy, document } => {
                part("policy", policy)?;
                part("document", document)
            }
            Self::SetDefaultPolicyVersion { policy, version }
            | Self::DeletePolicyVersion { policy, version } => {
                part("policy", policy)?;
                part("version", version)
            }
            Self::DeletePolicy { policy } => part("policy", policy),
            Self::AttachPolicy { role, policy } | Self::DetachPolicy { role, policy } => {
                part("role", role)?;
                part("policy", policy)
            }
            Self::DetachGroupPolicy {
                role,
                policy,
                group,
            } => {
                part("role", role)?;
                part("policy", policy)?;
                part("resource_group", group)
            }
            Self::TagRole { role, tags } => {
                part("role", role)?;
                tags.iter()
                    .try_for_each(|(key, value)| part(&format!("tag:{key}"), value))
            }
            Self::TagPolicy { policy, tags } => {
                part("policy", policy)?;
                tags.iter()
                    .try_for_each(|(key, value)| part(&format!("tag:{key}"), value))
            }
        }
    }
}

fn optional<T: fmt::Display>(
    part: &mut impl FnMut(&str, &dyn fmt::Display) -> fmt::Result,
    name: &str,
    value: Option<&T>,
) -> fmt::Result {
    value.map_or(Ok(()), |value| part(name, value))
}
