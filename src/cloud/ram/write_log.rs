//! What this run wrote, to tell "not there" from "not there yet".

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::operations::{of_attachment, of_policy, of_role};
use crate::cloud::rpc::lock::lock;
use crate::model::{Address, PolicyName, Step, VersionId};

/// The writes of one run, as far as reads may lag behind them.
#[derive(Debug, Default)]
pub(super) struct WriteLog(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    created: BTreeSet<Address>,
    removed: BTreeSet<Address>,
    created_versions: BTreeSet<(PolicyName, VersionId)>,
    deleted_versions: BTreeSet<(PolicyName, VersionId)>,
    new_defaults: BTreeSet<PolicyName>,
}

impl WriteLog {
    /// Notes that `step` is done; `version` is the one it made.
    pub(super) fn record(&self, step: &Step, version: Option<VersionId>) {
        let mut entries = lock(&self.0);
        match step {
            Step::CreateRole { role, .. } => entries.created(of_role(role)),
            Step::DeleteRole { role } => entries.removed(of_role(role)),
            Step::CreatePolicy { policy, .. } => {
                entries.created(of_policy(policy));
                let first = VersionId::from_number(1);
                entries.created_versions.insert((policy.clone(), first));
            }
            Step::DeletePolicy { policy } => entries.removed(of_policy(policy)),
            Step::AttachPolicy { role, policy } => entries.created(of_attachment(role, policy)),
            Step::DetachPolicy { role, policy } => entries.removed(of_attachment(role, policy)),
            Step::CreatePolicyVersion { policy, .. } => {
                entries.new_defaults.insert(policy.clone());
                if let Some(version) = version {
                    entries.created_versions.insert((policy.clone(), version));
                }
            }
            Step::SetDefaultPolicyVersion { policy, .. } => {
                entries.new_defaults.insert(policy.clone());
            }
            Step::DeletePolicyVersion { policy, version } => {
                entries.deleted_versions.insert((policy.clone(), *version));
            }
            // RAM has nothing that depends on it.
            Step::DetachGroupPolicy { .. }
            | Step::UpdateRole { .. }
            | Step::UpdatePolicyDescription { .. }
            | Step::TagRole { .. }
            | Step::TagPolicy { .. } => {}
        }
    }

    /// Whether this run created something that `step` needs, so that the service may not know it everywhere yet.
    pub(super) fn created_what_it_needs(&self, step: &Step) -> bool {
        let entries = lock(&self.0);
        let created = |address: &Address| entries.created.contains(address);
        match step {
            Step::AttachPolicy { role, policy }
            | Step::DetachPolicy { role, policy }
            | Step::DetachGroupPolicy { role, policy, .. } => {
                created(&of_role(role)) || created(&of_policy(&policy.name))
            }
            Step::CreateRole { role, .. }
            | Step::UpdateRole { role, .. }
            | Step::DeleteRole { role }
            | Step::TagRole { role, .. } => created(&of_role(role)),
            Step::SetDefaultPolicyVersion { policy, version }
            | Step::DeletePolicyVersion { policy, version } => {
                let version = (policy.clone(), *version);
                created(&of_policy(policy)) || entries.created_versions.contains(&version)
            }
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::DeletePolicy { policy }
            | Step::TagPolicy { policy, .. } => created(&of_policy(policy)),
        }
    }

    /// Whether this run removed `address`.
    pub(super) fn has_removed(&self, address: &Address) -> bool {
        lock(&self.0).removed.contains(address)
    }

    /// Whether this run deleted the version.
    pub(super) fn has_deleted_version(&self, policy: &PolicyName, version: VersionId) -> bool {
        let version = (policy.clone(), version);
        lock(&self.0).deleted_versions.contains(&version)
    }

    /// Whether this run deleted any version of the policy.
    pub(super) fn has_deleted_any_version(&self, policy: &PolicyName) -> bool {
        let entries = lock(&self.0);
        entries
            .deleted_versions
            .iter()
            .any(|(name, _)| name == policy)
    }

    /// Whether this run changed which version of the policy is in force.
    pub(super) fn has_new_default(&self, policy: &PolicyName) -> bool {
        lock(&self.0).new_defaults.contains(policy)
    }
}

impl Entries {
    fn created(&mut self, address: Address) {
        self.removed.remove(&address);
        self.created.insert(address);
    }

    fn removed(&mut self, address: Address) {
        self.created.remove(&address);
        self.removed.insert(address);
    }
}
