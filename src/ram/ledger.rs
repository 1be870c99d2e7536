//! What this run wrote, to tell "not there" from "not there yet".

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::lock;
use super::request::{of_attachment, of_policy, of_role};
use crate::model::{Address, PolicyName, Step, VersionId};

/// The writes of one run, as far as reads may lag behind them.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    made: BTreeSet<Address>,
    gone: BTreeSet<Address>,
    made_versions: BTreeSet<(PolicyName, VersionId)>,
    gone_versions: BTreeSet<(PolicyName, VersionId)>,
    new_defaults: BTreeSet<PolicyName>,
}

impl Ledger {
    /// Notes that `step` is done; `version` is the one it made.
    pub(super) fn done(&self, step: &Step, version: Option<VersionId>) {
        let mut entries = lock(&self.0);
        match step {
            Step::CreateRole { role, .. } => entries.made(of_role(role)),
            Step::DeleteRole { role } => entries.gone(of_role(role)),
            Step::CreatePolicy { policy, .. } => {
                entries.made(of_policy(policy));
                let first = VersionId::from_number(1);
                entries.made_versions.insert((policy.clone(), first));
            }
            Step::DeletePolicy { policy } => entries.gone(of_policy(policy)),
            Step::AttachPolicy { role, policy } => entries.made(of_attachment(role, policy)),
            Step::DetachPolicy { role, policy } => entries.gone(of_attachment(role, policy)),
            Step::CreatePolicyVersion { policy, .. } => {
                entries.new_defaults.insert(policy.clone());
                if let Some(version) = version {
                    entries.made_versions.insert((policy.clone(), version));
                }
            }
            Step::SetDefaultPolicyVersion { policy, .. } => {
                entries.new_defaults.insert(policy.clone());
            }
            Step::DeletePolicyVersion { policy, version } => {
                entries.gone_versions.insert((policy.clone(), *version));
            }
            Step::UpdateRole { .. }
            | Step::UpdatePolicyDescription { .. }
            | Step::TagRole { .. }
            | Step::TagPolicy { .. } => {}
        }
    }

    /// Whether this run made something that `step` needs, so that the service may not know it everywhere yet.
    pub(super) fn made_what_it_needs(&self, step: &Step) -> bool {
        let entries = lock(&self.0);
        let made = |address: &Address| entries.made.contains(address);
        match step {
            Step::AttachPolicy { role, policy } | Step::DetachPolicy { role, policy } => {
                made(&of_role(role)) || made(&of_policy(&policy.name))
            }
            Step::CreateRole { role, .. }
            | Step::UpdateRole { role, .. }
            | Step::DeleteRole { role }
            | Step::TagRole { role, .. } => made(&of_role(role)),
            Step::SetDefaultPolicyVersion { policy, version }
            | Step::DeletePolicyVersion { policy, version } => {
                let version = (policy.clone(), *version);
                made(&of_policy(policy)) || entries.made_versions.contains(&version)
            }
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::DeletePolicy { policy }
            | Step::TagPolicy { policy, .. } => made(&of_policy(policy)),
        }
    }

    /// Whether this run took `address` away.
    pub(super) fn has_taken(&self, address: &Address) -> bool {
        lock(&self.0).gone.contains(address)
    }

    /// Whether this run dropped the version.
    pub(super) fn has_dropped(&self, policy: &PolicyName, version: VersionId) -> bool {
        let version = (policy.clone(), version);
        lock(&self.0).gone_versions.contains(&version)
    }

    /// Whether this run dropped any version of the policy.
    pub(super) fn has_dropped_any(&self, policy: &PolicyName) -> bool {
        let entries = lock(&self.0);
        entries.gone_versions.iter().any(|(name, _)| name == policy)
    }

    /// Whether this run changed which version of the policy is in force.
    pub(super) fn has_new_default(&self, policy: &PolicyName) -> bool {
        lock(&self.0).new_defaults.contains(policy)
    }
}

impl Entries {
    fn made(&mut self, address: Address) {
        self.gone.remove(&address);
        self.made.insert(address);
    }

    fn gone(&mut self, address: Address) {
        self.made.remove(&address);
        self.gone.insert(address);
    }
}
