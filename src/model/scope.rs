//! What this tool may look at and touch; everything else is hands-off.

use std::collections::{BTreeMap, BTreeSet};

use super::{DesiredState, PolicyName, PolicyRef, RoleName, Tags};

/// Whether the tags of an entity are managed, and so need a call to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagReading {
    /// Read them.
    Read,
    /// Nobody asked; spare the call.
    Skip,
}

/// The names a spec speaks of. Settled before anything is read, so that no change outside it can be planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Roles to read, with what is attached to them.
    pub roles: BTreeMap<RoleName, TagReading>,
    /// Custom policies to read, with their versions.
    pub custom_policies: BTreeMap<PolicyName, TagReading>,
    /// Policies to read because a role is to hold them.
    pub attached: BTreeSet<PolicyRef>,
    /// Custom policies whose holders matter, because the policy is to be deleted.
    pub holders: BTreeSet<PolicyName>,
}

impl Scope {
    /// What has to be read to plan towards `desired`.
    #[must_use]
    pub fn of(desired: &DesiredState) -> Self {
        let DesiredState {
            policies,
            roles,
            exports: _,
            never: _,
            removals,
        } = desired;
        let wanted_roles = roles
            .values()
            .map(|role| (role.name.clone(), reading(role.tags.as_ref())));
        let gone_roles = removals
            .roles
            .keys()
            .map(|role| (role.clone(), TagReading::Skip));
        let wanted_policies = policies
            .values()
            .map(|policy| (policy.name.clone(), reading(policy.tags.as_ref())));
        let gone_policies = removals
            .policies
            .iter()
            .map(|policy| (policy.clone(), TagReading::Skip));
        Self {
            roles: wanted_roles.chain(gone_roles).collect(),
            custom_policies: wanted_policies.chain(gone_policies).collect(),
            attached: roles
                .values()
                .flat_map(|role| role.policies.iter().cloned())
                .collect(),
            holders: removals.policies.clone(),
        }
    }

    /// Every policy whose document is read in the first wave.
    #[must_use]
    pub fn policies(&self) -> BTreeSet<PolicyRef> {
        let custom = self.custom_policies.keys().cloned().map(PolicyRef::custom);
        custom.chain(self.attached.iter().cloned()).collect()
    }
}

fn reading(tags: Option<&Tags>) -> TagReading {
    tags.map_or(TagReading::Skip, |_| TagReading::Read)
}
