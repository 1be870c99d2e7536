//! What this tool may look at and touch; everything else is hands-off.

use std::collections::{BTreeMap, BTreeSet};

use super::{PolicyName, PolicyRef, RoleName};

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
    /// Every policy whose document is read in the first wave.
    pub fn policies(&self) -> BTreeSet<PolicyRef> {
        let custom = self.custom_policies.keys().cloned().map(PolicyRef::custom);
        custom.chain(self.attached.iter().cloned()).collect()
    }
}
