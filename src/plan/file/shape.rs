//! The two halves of a saved plan, and the way to and from the model.
//!
//! The model has maps where the file has lists: a map's key is part of its value, and the file holds it once.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{
    Caller, DesiredPolicy, DesiredRole, DesiredState, Export, GroupAttachment, GroupAttachments,
    Never, ObservedPolicy, ObservedRole, ObservedState, PolicyName, PolicyRef, PolicyType,
    PolicyVersion, Removals, RoleName, Tags, VersionId,
};

/// What is wanted.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DesiredShape {
    policies: Vec<DesiredPolicy>,
    roles: Vec<DesiredRole>,
    exports: Vec<Export>,
    remove_roles: BTreeMap<RoleName, BTreeSet<PolicyRef>>,
    remove_policies: BTreeSet<PolicyName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    never: Vec<Never>,
}

impl DesiredShape {
    pub(super) fn new(desired: &DesiredState) -> Self {
        let DesiredState {
            policies,
            roles,
            exports,
            never,
            removals,
        } = desired;
        Self {
            policies: policies.values().cloned().collect(),
            roles: roles.values().cloned().collect(),
            exports: exports.clone(),
            never: never.clone(),
            remove_roles: removals.roles.clone(),
            remove_policies: removals.policies.clone(),
        }
    }

    pub(super) fn into_model(self) -> DesiredState {
        let policies = self.policies.into_iter();
        let roles = self.roles.into_iter();
        DesiredState {
            policies: policies.map(|one| (one.name.clone(), one)).collect(),
            roles: roles.map(|one| (one.name.clone(), one)).collect(),
            exports: self.exports,
            never: self.never,
            removals: Removals {
                roles: self.remove_roles,
                policies: self.remove_policies,
            },
        }
    }
}

/// What was read. An entity that was not there is listed as absent, so that its appearing later is noticed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObservedShape {
    caller: Caller,
    roles: Vec<RoleShape>,
    absent_roles: Vec<RoleName>,
    policies: Vec<PolicyShape>,
    absent_policies: Vec<PolicyRef>,
    role_tags: BTreeMap<RoleName, Tags>,
    policy_tags: BTreeMap<PolicyName, Tags>,
    holders: BTreeMap<PolicyName, Vec<String>>,
    /// Why attachments for resource groups could not be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    groups_not_read: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct RoleShape {
    #[serde(flatten)]
    role: ObservedRole,
    attached: Vec<PolicyRef>,
    /// For single resource groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attached_for_groups: Vec<GroupAttachment>,
}

#[derive(Serialize, Deserialize)]
struct PolicyShape {
    #[serde(flatten)]
    policy: ObservedPolicy,
    /// Absent for policies whose versions were not read.
    versions: Option<BTreeMap<VersionId, String>>,
}

impl ObservedShape {
    pub(super) fn new(observed: &ObservedState) -> Self {
        let ObservedState {
            // A saved plan is carried out later, by the account as it is then.
            read_at: _,
            caller,
            roles,
            attachments,
            group_attachments,
            policies,
            versions,
            role_tags,
            policy_tags,
            holders,
        } = observed;
        let role = |role: &ObservedRole| RoleShape {
            role: role.clone(),
            attached: attachments.get(&role.name).cloned().unwrap_or_default(),
            attached_for_groups: group_attachments.of(&role.name).to_vec(),
        };
        Self {
            caller: caller.clone(),
            roles: roles.values().flatten().map(role).collect(),
            absent_roles: absent(roles),
            policies: policies
                .values()
                .flatten()
                .map(|policy| PolicyShape::new(policy, versions))
                .collect(),
            absent_policies: absent(policies),
            role_tags: role_tags.clone(),
            policy_tags: policy_tags.clone(),
            holders: holders.clone(),
            groups_not_read: match group_attachments {
                GroupAttachments::Read(_) => None,
                GroupAttachments::NotRead(why) => Some(why.clone()),
            },
        }
    }

    pub(super) fn into_model(self) -> ObservedState {
        let mut state = ObservedState {
            read_at: None,
            caller: self.caller,
            roles: self
                .absent_roles
                .into_iter()
                .map(|name| (name, None))
                .collect(),
            attachments: BTreeMap::new(),
            group_attachments: GroupAttachments::default(),
            policies: self
                .absent_policies
                .into_iter()
                .map(|policy| (policy, None))
                .collect(),
            versions: BTreeMap::new(),
            role_tags: self.role_tags,
            policy_tags: self.policy_tags,
            holders: self.holders,
        };
        let mut of_groups = BTreeMap::new();
        for shape in self.roles {
            let RoleShape {
                role,
                attached,
                attached_for_groups,
            } = shape;
            if !attached_for_groups.is_empty() {
                of_groups.insert(role.name.clone(), attached_for_groups);
            }
            state.attachments.insert(role.name.clone(), attached);
            state.roles.insert(role.name.clone(), Some(role));
        }
        state.group_attachments = match self.groups_not_read {
            None => GroupAttachments::Read(of_groups),
            Some(why) => GroupAttachments::NotRead(why),
        };
        for PolicyShape { policy, versions } in self.policies {
            if let Some(versions) = versions {
                let version = |(id, document)| PolicyVersion {
                    id,
                    is_default: id == policy.default_version,
                    document,
                };
                state.versions.insert(
                    policy.policy.name.clone(),
                    versions.into_iter().map(version).collect(),
                );
            }
            state.policies.insert(policy.policy.clone(), Some(policy));
        }
        state
    }
}

impl PolicyShape {
    fn new(found: &ObservedPolicy, versions: &BTreeMap<PolicyName, Vec<PolicyVersion>>) -> Self {
        let versions = versions
            .get(&found.policy.name)
            .filter(|_| found.policy.policy_type == PolicyType::Custom);
        let text = |version: &PolicyVersion| (version.id, version.document.clone());
        Self {
            policy: ObservedPolicy {
                // Who else holds it bears on the order of steps, where its document may change.
                attachment_count: found.attachment_count.filter(|_| versions.is_some()),
                ..found.clone()
            },
            versions: versions.map(|versions| versions.iter().map(text).collect()),
        }
    }
}

/// The keys without a value.
fn absent<K: Clone, V>(found: &BTreeMap<K, Option<V>>) -> Vec<K> {
    let absent = found.iter().filter(|(_, value)| value.is_none());
    absent.map(|(key, _)| key.clone()).collect()
}
