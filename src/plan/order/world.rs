//! What a step does to the access of each holder of policies, and nothing else about the account.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use crate::model::{DesiredState, ObservedState, PolicyRef, PolicyType, RoleName, Step};
use crate::policy::transition::RoleState;
use crate::policy::{
    ActionMatch, Condition, Effect, PolicyDocument, ResourceMatch, Statement, TrustPolicy,
    catalogue,
};

/// The roles that exist, who may assume them, what is attached, and which documents are in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    roles: BTreeMap<RoleName, Role>,
    documents: BTreeMap<PolicyRef, Document>,
    /// Versions that may come into force again, by policy and number.
    versions: BTreeMap<(PolicyRef, u32), Document>,
    /// Policies that users, groups or other roles hold too.
    held_elsewhere: BTreeSet<PolicyRef>,
}

#[derive(Debug, Clone)]
struct Role {
    trust: Option<Rc<TrustPolicy>>,
    attached: BTreeSet<PolicyRef>,
}

/// A document, or `None` where its text cannot be interpreted.
type Document = Option<Rc<PolicyDocument>>;

/// Someone through whom policies give access.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A role that was read.
    Role(RoleName),
    /// Anyone else who holds these two policies, which change.
    Other {
        /// The policies.
        policies: [PolicyRef; 2],
        /// Whether all else is allowed to them by what was not read; nothing else otherwise.
        may_all_else: bool,
    },
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "role `{role}`"),
            Self::Other {
                policies: [first, second],
                ..
            } => {
                write!(f, "another holder of `{first}` and `{second}`")
            }
        }
    }
}

/// What a step does to access, its documents read.
#[derive(Debug, Clone)]
pub(super) enum Move {
    Create(RoleName, Option<Rc<TrustPolicy>>),
    Trust(RoleName, Option<Rc<TrustPolicy>>),
    DeleteRole(RoleName),
    Document(PolicyRef, Document),
    DeletePolicy(PolicyRef),
    Attach(RoleName, PolicyRef),
    Detach(RoleName, PolicyRef),
    /// Nothing.
    Idle,
}

impl World {
    /// The account as it was read.
    pub(crate) fn of(observed: &ObservedState) -> Self {
        let read = |text: &str| PolicyDocument::parse_live(text).ok().map(Rc::new);
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
                    trust: read_trust(&role.trust),
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
            held_elsewhere: observed
                .policies
                .keys()
                .filter(|policy| observed.is_held_elsewhere(policy))
                .cloned()
                .collect(),
        }
    }

    /// The account that would be just as `desired` has it; `published` knows the documents of system policies.
    pub(crate) fn of_wish(
        desired: &DesiredState,
        published: impl Fn(&PolicyRef) -> Option<PolicyDocument>,
    ) -> Self {
        let roles = desired.roles.values().map(|role| {
            let wished = Role {
                trust: Some(Rc::new(role.trust.clone())),
                attached: role.policies.clone(),
            };
            (role.name.clone(), wished)
        });
        let own = desired.policies.values().map(|policy| {
            let document = Some(Rc::new(policy.document.clone()));
            (PolicyRef::custom(policy.name.clone()), document)
        });
        let attached = desired.roles.values().flat_map(|role| &role.policies);
        let system = attached
            .filter(|policy| policy.policy_type == PolicyType::System)
            .map(|policy| (policy.clone(), published(policy).map(Rc::new)));
        Self {
            roles: roles.collect(),
            documents: own.chain(system).collect(),
            ..Self::default()
        }
    }

    /// Whether users, groups or other roles hold a policy too.
    pub(super) fn is_held_elsewhere(&self, policy: &PolicyRef) -> bool {
        self.held_elsewhere.contains(policy)
    }

    /// Every role that exists here.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &RoleName> {
        self.roles.keys()
    }

    /// The policies attached to a role here.
    pub(crate) fn attached(&self, role: &RoleName) -> impl Iterator<Item = &PolicyRef> {
        self.roles
            .get(role)
            .into_iter()
            .flat_map(|role| &role.attached)
    }

    /// The documents in force on a role, those that can be interpreted.
    pub(crate) fn documents(&self, role: &RoleName) -> Vec<&PolicyDocument> {
        self.attached(role)
            .filter_map(|policy| self.document(policy))
            .collect()
    }

    /// The trust policy of a role: `None` when there is no role, `Some(None)` when it cannot be interpreted.
    pub(crate) fn trust(&self, role: &RoleName) -> Option<Option<&TrustPolicy>> {
        self.roles.get(role).map(|role| role.trust.as_deref())
    }

    /// The document in force of a policy, where it can be interpreted.
    pub(crate) fn document(&self, policy: &PolicyRef) -> Option<&PolicyDocument> {
        self.documents.get(policy)?.as_deref()
    }

    /// Everyone's access through one holder; `None` when there is no such role.
    ///
    /// # Errors
    /// When a document that counts cannot be interpreted.
    pub(super) fn role_state(&self, holder: &Holder) -> Result<Option<RoleState>, Uninterpreted> {
        let permissions = |policies: &mut dyn Iterator<Item = &PolicyRef>| {
            let documents = policies.map(|policy| self.document(policy).cloned());
            documents
                .collect::<Option<Vec<PolicyDocument>>>()
                .ok_or(Uninterpreted)
        };
        match holder {
            Holder::Role(name) => {
                let Some(role) = self.roles.get(name) else {
                    return Ok(None);
                };
                Ok(Some(RoleState {
                    trust: role.trust.as_deref().cloned().ok_or(Uninterpreted)?,
                    permissions: permissions(&mut role.attached.iter())?,
                }))
            }
            Holder::Other {
                policies,
                may_all_else,
            } => {
                let mut permissions = permissions(&mut policies.iter())?;
                permissions.extend(may_all_else.then(everything));
                Ok(Some(RoleState {
                    trust: TrustPolicy::for_service(catalogue::ECS_SERVICE),
                    permissions,
                }))
            }
        }
    }

    /// The world after all steps of a plan made from this one.
    pub(crate) fn after<'a>(&self, steps: impl Iterator<Item = &'a Step>) -> Self {
        let mut after = self.clone();
        steps.for_each(|step| after.make(&self.read(step)));
        after
    }

    /// What a step of a plan made from this world does to access.
    pub(super) fn read(&self, step: &Step) -> Move {
        match step {
            Step::CreateRole { role, trust, .. } => Move::Create(role.clone(), read_trust(trust)),
            Step::UpdateRole {
                role,
                trust: Some(trust),
                ..
            } => Move::Trust(role.clone(), read_trust(trust)),
            Step::DeleteRole { role } => Move::DeleteRole(role.clone()),
            Step::CreatePolicy {
                policy, document, ..
            }
            | Step::CreatePolicyVersion { policy, document } => Move::Document(
                PolicyRef::custom(policy.clone()),
                PolicyDocument::parse_live(document).ok().map(Rc::new),
            ),
            Step::SetDefaultPolicyVersion { policy, version } => {
                let policy = PolicyRef::custom(policy.clone());
                let key = (policy.clone(), version.number());
                Move::Document(policy, self.versions.get(&key).cloned().flatten())
            }
            Step::DeletePolicy { policy } => Move::DeletePolicy(PolicyRef::custom(policy.clone())),
            Step::AttachPolicy { role, policy } => Move::Attach(role.clone(), policy.clone()),
            Step::DetachPolicy { role, policy } => Move::Detach(role.clone(), policy.clone()),
            Step::UpdateRole { trust: None, .. }
            | Step::UpdatePolicyDescription { .. }
            | Step::DeletePolicyVersion { .. }
            // What holds for single groups is not part of the account-wide access that is watched.
            | Step::DetachGroupPolicy { .. }
            | Step::TagRole { .. }
            | Step::TagPolicy { .. } => Move::Idle,
        }
    }

    /// The world after a move.
    pub(super) fn make(&mut self, made: &Move) {
        match made {
            Move::Create(role, trust) => {
                let created = Role {
                    trust: trust.clone(),
                    attached: BTreeSet::new(),
                };
                self.roles.insert(role.clone(), created);
            }
            Move::Trust(role, trust) => {
                if let Some(role) = self.roles.get_mut(role) {
                    role.trust.clone_from(trust);
                }
            }
            Move::DeleteRole(role) => {
                self.roles.remove(role);
            }
            Move::Document(policy, document) => {
                self.documents.insert(policy.clone(), document.clone());
            }
            Move::DeletePolicy(policy) => {
                self.documents.remove(policy);
            }
            Move::Attach(role, policy) => {
                if let Some(role) = self.roles.get_mut(role) {
                    role.attached.insert(policy.clone());
                }
            }
            Move::Detach(role, policy) => {
                if let Some(role) = self.roles.get_mut(role) {
                    role.attached.remove(policy);
                }
            }
            Move::Idle => {}
        }
    }
}

/// A document that allows everything.
fn everything() -> PolicyDocument {
    PolicyDocument::new(vec![Statement {
        sid: None,
        effect: Effect::Allow,
        action: ActionMatch::Action(vec!["*".to_owned()]),
        resource: ResourceMatch::Resource(vec!["*".to_owned()]),
        condition: Condition::default(),
    }])
}

fn read_trust(text: &str) -> Option<Rc<TrustPolicy>> {
    TrustPolicy::parse_live(text).ok().map(Rc::new)
}

/// A live document that counts cannot be interpreted, so nothing about access can be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uninterpreted;
