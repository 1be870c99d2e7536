//! The shapes people write, field for field.
//!
//! Names are checked and places are kept; references and documents are not looked at yet. A part that was not
//! written, or that was wrong and has been reported, is `None`.

use super::account::{AccountEntry, Discover};
use super::fields::At;
use super::node::{Node, Spot};
use crate::model::{Acceptance, Export, ExtraPolicies, PolicyName, PolicyRef, RoleName, Tags};
use crate::policy::Forbidden;

/// A whole spec file.
#[derive(Debug, Default)]
pub(super) struct SpecShape {
    pub(super) exports: Option<Items<At<Export>>>,
    pub(super) policies: Items<PolicyShape>,
    pub(super) roles: Items<RoleShape>,
    pub(super) accounts: Option<Items<AccountShape>>,
    pub(super) discover: Option<At<Discover>>,
    pub(super) accept: Items<AcceptShape>,
    pub(super) never: Items<NeverShape>,
}

/// The entries of a list.
#[derive(Debug)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
    /// Whether every entry could be read. If not, nothing can be said about what is missing.
    pub(super) is_complete: bool,
    /// Where the list begins.
    pub(super) spot: Spot,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            is_complete: true,
            spot: Spot::default(),
        }
    }
}

impl<T> Items<T> {
    /// Whether there is certainly no entry.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.is_complete
    }
}

/// An entry of `policies`.
#[derive(Debug)]
pub(super) struct PolicyShape {
    pub(super) name: At<PolicyName>,
    pub(super) content: Option<ContentShape>,
    pub(super) description: Option<String>,
    pub(super) tags: Option<Tags>,
}

/// Where a policy's document comes from.
#[derive(Debug)]
pub(super) enum ContentShape {
    /// `grant: image-export`.
    ImageExport(Spot),
    Document(DocumentShape),
}

/// `document:`, a file or the document itself.
#[derive(Debug)]
pub(super) enum DocumentShape {
    File(At<String>),
    Inline(Node),
}

/// An entry of `roles`.
#[derive(Debug)]
pub(super) struct RoleShape {
    pub(super) name: At<RoleName>,
    pub(super) trust: Option<TrustShape>,
    pub(super) description: Option<String>,
    pub(super) max_session_duration: Option<u32>,
    pub(super) policies: Items<At<PolicyRef>>,
    pub(super) extra_policies: ExtraPolicies,
    pub(super) tags: Option<Tags>,
}

/// `trust:`.
#[derive(Debug)]
pub(super) enum TrustShape {
    Service(String),
    Document(DocumentShape),
}

/// An entry of `accounts`, with the places that checks between entries point at.
#[derive(Debug)]
pub(super) struct AccountShape {
    pub(super) entry: AccountEntry,
    pub(super) spot: Spot,
    pub(super) id_spot: Spot,
    pub(super) alias_spot: Option<Spot>,
    pub(super) role_spot: Option<Spot>,
    /// The exports once more, each with its place.
    pub(super) exports: Option<Items<At<Export>>>,
}

/// An entry of `accept`.
#[derive(Debug)]
pub(super) struct AcceptShape {
    pub(super) acceptance: Acceptance,
    pub(super) id_spot: Spot,
}

/// An entry of `never`.
#[derive(Debug)]
pub(super) struct NeverShape {
    pub(super) role: At<NeverRole>,
    /// One sentence for each.
    pub(super) forbidden: Vec<Forbidden>,
    pub(super) spot: Spot,
}

/// The role that an entry of `never` is about.
#[derive(Debug)]
pub(super) enum NeverRole {
    /// Each role of the spec.
    Every,
    Named(RoleName),
}

impl SpecShape {
    /// The document files that are referred to, with repeats.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        let policies = self
            .policies
            .items
            .iter()
            .filter_map(|policy| match &policy.content {
                Some(ContentShape::Document(document)) => Some(document),
                _ => None,
            });
        let trusts = self
            .roles
            .items
            .iter()
            .filter_map(|role| match &role.trust {
                Some(TrustShape::Document(document)) => Some(document),
                _ => None,
            });
        policies
            .chain(trusts)
            .filter_map(|document| match document {
                DocumentShape::File(reference) => Some(reference.value.as_str()),
                DocumentShape::Inline(_) => None,
            })
    }
}
