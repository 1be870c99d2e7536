//! A spec that has been checked: what it asks of any account.

use std::collections::{BTreeMap, BTreeSet};

use super::account::{AccountEntry, Discover};
use super::error::{Diagnostic, SpecErrors};
use super::notes::Notes;
use super::split::{self, ANY_ACCOUNT, Part};
use crate::model::{
    Acceptance, AccountId, DesiredPolicy, DesiredRole, DesiredState, Export, Never, PolicyName,
    PolicyRef, PolicyType, Removals, RoleName, Tags, limit,
};
use crate::policy::{MAX_DOCUMENT_LENGTH, PolicyDocument};

/// A spec: checked, its references settled, its documents read.
///
/// INVARIANT (references resolve): every custom policy that a role holds is among the policies.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    pub(super) policies: BTreeMap<PolicyName, PolicySpec>,
    pub(super) roles: BTreeMap<RoleName, DesiredRole>,
    pub(super) exports: Vec<Export>,
    pub(super) accounts: Vec<AccountEntry>,
    pub(super) discover: Option<Discover>,
    pub(super) acceptances: Vec<Acceptance>,
    /// Where each acceptance stands.
    pub(super) acceptance_spots: Vec<Diagnostic>,
    pub(super) never: Vec<Never>,
    /// Where each sentence stands.
    pub(super) never_spots: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
}

/// A custom policy as the spec has it.
#[derive(Debug, Clone)]
pub(super) struct PolicySpec {
    pub(super) name: PolicyName,
    pub(super) content: Content,
    pub(super) description: Option<String>,
    pub(super) tags: Option<Tags>,
}

/// Where a policy's document comes from.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Given.
    Document(PolicyDocument),
    /// Generated from the exports of each account; with the place to blame when that fails.
    ImageExport(Diagnostic),
}

/// The names of the policies that each declared policy becomes.
type Parts<'a> = BTreeMap<&'a PolicyName, Vec<PolicyName>>;

impl Spec {
    /// What the spec asks of `account`; `exports` replaces the spec's own, as an entry of `accounts` may. A grant
    /// that is too long for one policy becomes several, and the roles that hold it hold them all; their names do
    /// not depend on the account.
    ///
    /// # Errors
    /// When a policy generated from the exports is longer than RAM allows, there are no exports for it, or it
    /// takes more policies than a role can hold.
    pub fn desired(
        &self,
        account: &AccountId,
        exports: Option<&[Export]>,
    ) -> Result<DesiredState, SpecErrors> {
        let exports = exports.unwrap_or(&self.exports);
        let mut errors = Vec::new();
        let mut policies = BTreeMap::new();
        let mut parts = Parts::new();
        for policy in self.policies.values() {
            match self.documents(policy, account.as_str(), exports) {
                Ok(documents) => {
                    let names = documents.iter().map(|(name, _)| name.clone());
                    parts.insert(&policy.name, names.collect());
                    policies.extend(
                        documents
                            .into_iter()
                            .map(|(name, document)| (name.clone(), policy.desired(name, document))),
                    );
                }
                Err(error) => errors.push(error),
            }
        }
        errors.extend(self.crowded(&parts, exports));
        if !errors.is_empty() {
            return Err(SpecErrors::new(errors, Vec::new()));
        }
        let roles = self.roles.values().map(|role| {
            let role = DesiredRole {
                policies: held(role, &parts),
                ..role.clone()
            };
            (role.name.clone(), role)
        });
        Ok(DesiredState {
            policies,
            roles: roles.collect(),
            exports: exports.to_vec(),
            never: self.never.clone(),
            removals: Removals::default(),
        })
    }

    /// The accounts named, in the order of the spec. None, and no [`Spec::discover`]: the caller's own account.
    #[must_use]
    pub fn accounts(&self) -> &[AccountEntry] {
        &self.accounts
    }

    /// How to find further accounts.
    #[must_use]
    pub fn discover(&self) -> Option<&Discover> {
        self.discover.as_ref()
    }

    /// The roles wanted, by name.
    pub fn role_names(&self) -> impl Iterator<Item = &RoleName> {
        self.roles.keys()
    }

    /// Where images go, for accounts that do not say otherwise.
    #[must_use]
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// Whether the spec asks for nothing: no role and no policy. Such a spec plans nothing and deletes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.roles.is_empty()
    }

    /// What is not wrong but worth saying, in the order of the file.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Reports grants that have no room, for every account named in the spec, or for one with an id of the usual
    /// length where none is.
    pub(super) fn check_lengths(&self, notes: &mut Notes) {
        let mut wanted: Vec<(&str, &[Export])> = self
            .accounts
            .iter()
            .map(|account| {
                let exports = account.exports.as_deref().unwrap_or(&self.exports);
                (account.id.as_str(), exports)
            })
            .collect();
        if self.accounts.is_empty() || self.discover.is_some() {
            wanted.push((ANY_ACCOUNT, &self.exports));
        }
        // Thousands of accounts may share the exports, and the length of the id is all that matters of it.
        let mut seen = BTreeSet::new();
        for (account, exports) in wanted {
            if !seen.insert((account.len(), exports)) || exports.is_empty() {
                continue;
            }
            let account =
                AccountId::new(account).map(|account| self.desired(&account, Some(exports)));
            if let Ok(Err(wrong)) = account {
                wrong
                    .errors()
                    .iter()
                    .for_each(|error| notes.elsewhere(error.clone()));
            }
        }
    }

    /// The policies that `policy` becomes, each with its document.
    fn documents(
        &self,
        policy: &PolicySpec,
        account: &str,
        exports: &[Export],
    ) -> Result<Vec<(PolicyName, PolicyDocument)>, Diagnostic> {
        let blame = match &policy.content {
            Content::Document(document) => {
                return Ok(vec![(policy.name.clone(), document.clone())]);
            }
            Content::ImageExport(blame) => blame,
        };
        let fail = |message: String, hint: &str| {
            Err(Diagnostic {
                message,
                hint: (!hint.is_empty()).then(|| hint.to_owned()),
                ..blame.clone()
            })
        };
        if exports.is_empty() {
            let message =
                format!("account `{account}` has no exports, and `grant: image-export` needs some");
            return fail(message, "");
        }
        let parts = match split::parts(&policy.name, exports) {
            Ok(parts) => parts,
            Err(problem) => {
                let message = format!("the grant takes several policies, and then {problem}");
                return fail(message, "choose a shorter name");
            }
        };
        let mut documents = Vec::new();
        for Part { name, exports } in parts {
            if name != policy.name && self.policies.contains_key(&name) {
                let message =
                    format!("the grant takes several policies, and `{name}` is declared already");
                return fail(message, "rename one of them");
            }
            let document = split::document(account, &exports);
            if let Some(over) = document.excess_length() {
                let message = format!(
                    "the document for account `{account}` has {} bytes, RAM allows {MAX_DOCUMENT_LENGTH} in one policy",
                    over + MAX_DOCUMENT_LENGTH
                );
                return fail(message, "check the account id for a doubled digit");
            }
            documents.push((name, document));
        }
        Ok(documents)
    }

    /// The complaint about each role that would hold more custom policies than RAM allows because of a grant.
    fn crowded(&self, parts: &Parts<'_>, exports: &[Export]) -> Vec<Diagnostic> {
        let is_custom = |policy: &&PolicyRef| policy.policy_type == PolicyType::Custom;
        let complaint = |role: &DesiredRole| {
            let count = held(role, parts).iter().filter(is_custom).count();
            let grant = role.policies.iter().filter(is_custom).find_map(|policy| {
                let is_split = parts.get(&policy.name)?.len() > 1;
                self.policies.get(&policy.name).filter(|_| is_split)
            })?;
            let Content::ImageExport(blame) = &grant.content else {
                return None;
            };
            (count > limit::CUSTOM_POLICIES_PER_ROLE).then(|| Diagnostic {
                message: format!(
                    "role `{}` would hold {count} custom policies, because the grant for {} exports takes several, \
                     and RAM allows {}",
                    role.name,
                    exports.len(),
                    limit::CUSTOM_POLICIES_PER_ROLE
                ),
                hint: Some("export to fewer buckets, or use shorter bucket names".to_owned()),
                ..blame.clone()
            })
        };
        self.roles.values().filter_map(complaint).collect()
    }
}

/// What `role` holds once the grants are split.
fn held(role: &DesiredRole, parts: &Parts<'_>) -> BTreeSet<PolicyRef> {
    let custom = role
        .policies
        .iter()
        .filter(|policy| policy.policy_type == PolicyType::Custom);
    let further = custom
        .filter_map(|policy| parts.get(&policy.name))
        .flatten();
    let further = further.cloned().map(PolicyRef::custom);
    role.policies.iter().cloned().chain(further).collect()
}

impl PolicySpec {
    fn desired(&self, name: PolicyName, document: PolicyDocument) -> DesiredPolicy {
        let Self {
            name: _,
            content: _,
            description,
            tags,
        } = self;
        DesiredPolicy {
            name,
            document,
            description: description.clone(),
            tags: tags.clone(),
        }
    }
}
