//! A spec that has been checked: what it asks of any account.

use std::collections::BTreeMap;

use super::account::{AccountEntry, Discover};
use super::error::{Diagnostic, SpecErrors};
use super::notes::Notes;
use crate::model::{
    AccountId, DesiredPolicy, DesiredRole, DesiredState, Export, PolicyName, Removals, RoleName,
    Tags,
};
use crate::policy::{MAX_DOCUMENT_LENGTH, PolicyDocument, grant};

/// A spec: checked, its references settled, its documents read.
///
/// INVARIANT (references resolve): every custom policy that a role holds is among the policies.
#[derive(Debug, Clone)]
pub struct Spec {
    pub(super) policies: BTreeMap<PolicyName, PolicySpec>,
    pub(super) roles: BTreeMap<RoleName, DesiredRole>,
    pub(super) exports: Vec<Export>,
    pub(super) accounts: Vec<AccountEntry>,
    pub(super) discover: Option<Discover>,
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

/// An id of the usual length, where no account is known yet.
const ANY_ACCOUNT: &str = "0000000000000000";

impl Spec {
    /// What the spec asks of `account`; `exports` replaces the spec's own, as an entry of `accounts` may.
    ///
    /// # Errors
    /// When a policy generated from the exports is longer than RAM allows, or there are no exports for it.
    pub fn desired(
        &self,
        account: &AccountId,
        exports: Option<&[Export]>,
    ) -> Result<DesiredState, SpecErrors> {
        let exports = exports.unwrap_or(&self.exports);
        let mut errors = Vec::new();
        let mut policies = BTreeMap::new();
        for policy in self.policies.values() {
            match policy.document(account.as_str(), exports) {
                Ok(document) => {
                    policies.insert(policy.name.clone(), policy.desired(document));
                }
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(SpecErrors::new(errors, Vec::new()));
        }
        Ok(DesiredState {
            policies,
            roles: self.roles.clone(),
            exports: exports.to_vec(),
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

    /// Reports generated documents that are too long for an account named in the spec; where none is named,
    /// for one with an id of the usual length, as a warning.
    pub(super) fn check_lengths(&self, notes: &mut Notes) {
        for policy in self.policies.values() {
            for account in &self.accounts {
                let exports = account.exports.as_deref().unwrap_or(&self.exports);
                if let Some(error) = policy.excess(account.id.as_str(), exports) {
                    notes.elsewhere(error);
                }
            }
            if self.accounts.is_empty()
                && let Some(warning) = policy.excess(ANY_ACCOUNT, &self.exports)
            {
                notes.warn_of(warning);
            }
        }
    }
}

impl PolicySpec {
    fn desired(&self, document: PolicyDocument) -> DesiredPolicy {
        let Self {
            name,
            content: _,
            description,
            tags,
        } = self;
        DesiredPolicy {
            name: name.clone(),
            document,
            description: description.clone(),
            tags: tags.clone(),
        }
    }

    fn document(&self, account: &str, exports: &[Export]) -> Result<PolicyDocument, Diagnostic> {
        match &self.content {
            Content::Document(document) => Ok(document.clone()),
            Content::ImageExport(blame) if exports.is_empty() => Err(Diagnostic {
                message: format!(
                    "account `{account}` has no exports, and `grant: image-export` needs some"
                ),
                ..blame.clone()
            }),
            Content::ImageExport(_) => match self.excess(account, exports) {
                Some(error) => Err(error),
                None => Ok(generated(account, exports)),
            },
        }
    }

    /// The complaint that the generated document is too long, if it is.
    fn excess(&self, account: &str, exports: &[Export]) -> Option<Diagnostic> {
        let Content::ImageExport(blame) = &self.content else {
            return None;
        };
        let length = generated(account, exports).excess_length()? + MAX_DOCUMENT_LENGTH;
        let count = exports.len();
        Some(Diagnostic {
            message: format!(
                "the document for {count} exports has {length} bytes, RAM allows {MAX_DOCUMENT_LENGTH} in one policy"
            ),
            hint: Some("export to fewer buckets, or use shorter bucket names".to_owned()),
            ..blame.clone()
        })
    }
}

fn generated(account: &str, exports: &[Export]) -> PolicyDocument {
    let targets: Vec<(&str, Option<&str>)> = exports
        .iter()
        .map(
            |Export {
                 region: _,
                 bucket,
                 prefix,
             }| {
                (
                    bucket.as_str(),
                    prefix.as_ref().map(|prefix| prefix.as_str()),
                )
            },
        )
        .collect();
    grant::image_export(account, &targets)
}
