//! What a step does to the access of each role, and nothing else about the account.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ObservedState, PolicyRef, RoleName, Step};
use crate::policy::transition::Moment;
use crate::policy::{PolicyDocument, TrustPolicy};

/// The roles that exist, who may assume them, what is attached, and which documents are in force.
#[derive(Debug, Clone, Default)]
pub(in crate::plan) struct World {
    roles: BTreeMap<RoleName, Role>,
    documents: BTreeMap<PolicyRef, Document>,
    /// Versions that may come into force again, by policy and number.
    versions: BTreeMap<(PolicyRef, u32), Document>,
}

#[derive(Debug, Clone)]
struct Role {
    trust: Option<TrustPolicy>,
    attached: BTreeSet<PolicyRef>,
}

/// A document, or `None` where its text cannot be interpreted.
type Document = Option<PolicyDocument>;

impl World {
    /// The account as it was read.
    pub(in crate::plan) fn of(observed: &ObservedState) -> Self {
        let read = |text: &str| PolicyDocument::parse_live(text).ok();
        let roles = observed.roles.values().flatten().map(|role| {
            let attached = observed
                .attachments
                .get(&role.name)
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            (
                role.name.clone(),
                Role {
                    trust: TrustPolicy::parse_live(&role.trust).ok(),
                    attached,
                },
            )
        });
        let documents = observed
            .policies
            .iter()
            .filter_map(|(policy, found)| Some((policy.clone(), read(&found.as_ref()?.document))));
        let versions = observed.versions.iter().flat_map(|(name, versions)| {
            let policy = PolicyRef::custom(name.clone());
            versions.iter().map(move |version| {
                (
                    (policy.clone(), version.id.number()),
                    read(&version.document),
                )
            })
        });
        Self {
            roles: roles.collect(),
            documents: documents.collect(),
            versions: versions.collect(),
        }
    }

    /// Every role that exists here.
    pub(in crate::plan) fn roles(&self) -> impl Iterator<Item = &RoleName> {
        self.roles.keys()
    }

    /// The policies attached to a role here.
    pub(in crate::plan) fn attached(&self, role: &RoleName) -> impl Iterator<Item = &PolicyRef> {
        self.roles
            .get(role)
            .into_iter()
            .flat_map(|role| &role.attached)
    }

    /// The documents in force on a role, those that can be interpreted.
    pub(in crate::plan) fn documents(&self, role: &RoleName) -> Vec<&PolicyDocument> {
        self.attached(role)
            .filter_map(|policy| self.documents.get(policy)?.as_ref())
            .collect()
    }

    /// The trust policy of a role: `None` when there is no role, `Some(None)` when it cannot be interpreted.
    pub(in crate::plan) fn trust(&self, role: &RoleName) -> Option<Option<&TrustPolicy>> {
        self.roles.get(role).map(|role| role.trust.as_ref())
    }

    /// The document in force of a policy, where it can be interpreted.
    pub(in crate::plan) fn document(&self, policy: &PolicyRef) -> Option<&PolicyDocument> {
        self.documents.get(policy)?.as_ref()
    }

    /// Everyone's access through one role; `None` when there is no such role.
    ///
    /// # Errors
    /// When a document that counts cannot be interpreted.
    pub(super) fn moment(&self, name: &RoleName) -> Result<Option<Moment>, Uninterpreted> {
        let Some(role) = self.roles.get(name) else {
            return Ok(None);
        };
        let trust = role.trust.clone().ok_or(Uninterpreted)?;
        let documents = role
            .attached
            .iter()
            .map(|policy| self.document(policy).cloned());
        let permissions: Option<Vec<PolicyDocument>> = documents.collect();
        Ok(Some(Moment {
            trust,
            permissions: permissions.ok_or(Uninterpreted)?,
        }))
    }

    /// The world after a step.
    pub(in crate::plan) fn apply(&mut self, step: &Step) {
        match step {
            Step::CreateRole { role, trust, .. } => {
                let trust = TrustPolicy::parse_live(trust).ok();
                self.roles.insert(
                    role.clone(),
                    Role {
                        trust,
                        attached: BTreeSet::new(),
                    },
                );
            }
            Step::UpdateRole {
                role,
                trust: Some(trust),
                ..
            } => {
                if let Some(role) = self.roles.get_mut(role) {
                    role.trust = TrustPolicy::parse_live(trust).ok();
                }
            }
            Step::DeleteRole { role } => {
                self.roles.remove(role);
            }
            Step::CreatePolicy {
                policy, document, ..
            }
            | Step::CreatePolicyVersion { policy, document } => {
                self.documents.insert(
                    PolicyRef::custom(policy.clone()),
                    PolicyDocument::parse_live(document).ok(),
                );
            }
            Step::SetDefaultPolicyVersion { policy, version } => {
                let policy = PolicyRef::custom(policy.clone());
                let document = self
                    .versions
                    .get(&(policy.clone(), version.number()))
                    .cloned()
                    .flatten();
                self.documents.insert(policy, document);
            }
            Step::DeletePolicy { policy } => {
                self.documents.remove(&PolicyRef::custom(policy.clone()));
            }
            Step::AttachPolicy { role, policy } => {
                if let Some(role) = self.roles.get_mut(role) {
                    role.attached.insert(policy.clone());
                }
            }
            Step::DetachPolicy { role, policy } => {
                if let Some(role) = self.roles.get_mut(role) {
                    role.attached.remove(policy);
                }
            }
            Step::UpdateRole { trust: None, .. }
            | Step::UpdatePolicyDescription { .. }
            | Step::DeletePolicyVersion { .. }
            | Step::TagRole { .. }
            | Step::TagPolicy { .. } => {}
        }
    }
}

/// A live document that counts cannot be interpreted, so nothing about access can be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uninterpreted;
