//! The account as it is wanted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{BucketName, Never, ObjectPrefix, PolicyName, PolicyRef, RegionId, RoleName, Tags};
use crate::policy::{PolicyDocument, TrustPolicy};

/// What a spec asks of one account; nothing in it depends on files any more.
///
/// What is not named here is none of our business: an empty state asks for nothing and forbids nothing.
///
/// INVARIANT (references resolve): every custom policy that a role holds has an entry in `policies`.
/// `spec` establishes it; the order of steps relies on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DesiredState {
    /// The custom policies wanted, by name.
    pub policies: BTreeMap<PolicyName, DesiredPolicy>,
    /// The roles wanted, by name.
    pub roles: BTreeMap<RoleName, DesiredRole>,
    /// Where images go, in the order of the spec; the verdict is about these.
    pub exports: Vec<Export>,
    /// What must hold whatever else changes.
    pub never: Vec<Never>,
    /// What is to be gone. Names no role and no policy that is wanted.
    pub removals: Removals,
}

/// What is to be gone; what is gone already is as wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Removals {
    /// Roles to delete, each with the policies that may be detached for it. A role that holds others stays.
    pub roles: BTreeMap<RoleName, BTreeSet<PolicyRef>>,
    /// Custom policies to delete.
    pub policies: BTreeSet<PolicyName>,
}

impl Removals {
    /// Whether nothing is to be gone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.policies.is_empty()
    }
}

impl DesiredState {
    /// The state in which nothing of what this one names exists.
    #[must_use]
    pub fn removed(&self) -> Self {
        let roles = self
            .roles
            .values()
            .map(|role| (role.name.clone(), role.policies.clone()));
        let removals = Removals {
            roles: roles.collect(),
            policies: self.policies.keys().cloned().collect(),
        };
        Self {
            removals,
            exports: self.exports.clone(),
            ..Self::default()
        }
    }
}

/// A custom policy as wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesiredPolicy {
    /// Its name, in the spelling to create it with.
    pub name: PolicyName,
    /// The document wanted in force.
    pub document: PolicyDocument,
    /// Its description; `None` means not managed. Never empty: RAM cannot clear one.
    pub description: Option<String>,
    /// Tags wanted; `None` means not managed. Other keys are kept either way.
    pub tags: Option<Tags>,
}

/// A role as wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesiredRole {
    /// Its name, in the spelling to create it with.
    pub name: RoleName,
    /// Who may assume it.
    pub trust: TrustPolicy,
    /// Its description; `None` means not managed. Never empty: RAM cannot clear one.
    pub description: Option<String>,
    /// Longest session, in seconds, 3600 to 43200; `None` means not managed.
    pub max_session_duration: Option<u32>,
    /// The policies it must hold.
    pub policies: BTreeSet<PolicyRef>,
    /// What to do about policies beyond these.
    pub extra_policies: ExtraPolicies,
    /// Tags wanted; `None` means not managed. Other keys are kept either way.
    pub tags: Option<Tags>,
}

/// What to do about a policy on a managed role that the spec does not name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ExtraPolicies {
    /// Leave it attached, and say so as drift.
    #[default]
    Report,
    /// Leave it attached; it is nobody's concern.
    Keep,
    /// Detach it.
    Detach,
}

impl ExtraPolicies {
    /// The spec's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Keep => "keep",
            Self::Detach => "detach",
        }
    }
}

/// One place that images are exported to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The region of the image and of the bucket; ExportImage wants both in the same one.
    pub region: RegionId,
    /// The bucket.
    pub bucket: BucketName,
    /// What the exported objects' names start with (`OSSPrefix`); `None` allows any name.
    pub prefix: Option<ObjectPrefix>,
}
