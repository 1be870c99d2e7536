//! The account as it was read.

use jiff::Timestamp;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Caller, GroupAttachments, PolicyName, PolicyRef, RoleName, VersionId, limit};

/// Tag keys and values, sorted by key.
pub type Tags = BTreeMap<String, String>;

/// One version of a custom policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its number.
    pub id: VersionId,
    /// Whether this is the one in force.
    pub is_default: bool,
    /// The document, as the service sent it.
    pub document: String,
}

/// A role as read, with what is attached to it at account scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedRole {
    /// Its name in RAM's spelling.
    pub name: RoleName,
    /// Its ARN as sent; RAM often lower-cases the name in it.
    pub arn: String,
    /// Its description; empty when it has none.
    pub description: String,
    /// Its trust policy, as the service sent it.
    pub trust: String,
    /// Longest session, in seconds; absent in old answers, where it is 3600.
    pub max_session_duration: Option<u32>,
    /// Whether a cloud service owns it; such a role cannot be edited.
    pub is_service_linked: bool,
}

/// A policy as read, with the document in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedPolicy {
    /// Which policy, in RAM's spelling.
    pub policy: PolicyRef,
    /// Its description; empty when it has none.
    pub description: String,
    /// The version in force.
    pub default_version: VersionId,
    /// The document in force, as the service sent it.
    pub document: String,
    /// How many users, groups and roles hold it, when the service says so.
    #[serde(rename = "attachments")]
    pub attachment_count: Option<u32>,
}

/// Everything a plan needs to know of an account, read in full: a failed read never leaves a gap here.
///
/// INVARIANT (complete): every role and policy that the scope names has an entry in the map of its kind, and
/// `None` there means the service said that it does not exist. `observe` establishes it; `plan` relies on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedState {
    /// When it was read; `None` where no clock is at hand.
    pub read_at: Option<Timestamp>,
    /// Who read it, and in which account.
    pub caller: Caller,
    /// The roles asked about.
    pub roles: BTreeMap<RoleName, Option<ObservedRole>>,
    /// What is attached to each existing role.
    pub attachments: BTreeMap<RoleName, Vec<PolicyRef>>,
    /// What each existing role holds for single resource groups.
    pub group_attachments: GroupAttachments,
    /// The policies asked about and those found attached.
    pub policies: BTreeMap<PolicyRef, Option<ObservedPolicy>>,
    /// All versions of each existing custom policy that the spec names, oldest first.
    pub versions: BTreeMap<PolicyName, Vec<PolicyVersion>>,
    /// Tags of the roles whose tags are managed.
    pub role_tags: BTreeMap<RoleName, Tags>,
    /// Tags of the custom policies whose tags are managed.
    pub policy_tags: BTreeMap<PolicyName, Tags>,
    /// Who holds each existing custom policy that is to be deleted, as printed names such as `user/alice`.
    pub holders: BTreeMap<PolicyName, Vec<String>>,
}

impl ObservedState {
    /// Whether something that was not read holds a policy: a user, a group, or a role beyond the scope. False
    /// where the service does not say how many hold it.
    #[must_use]
    pub fn is_held_elsewhere(&self, policy: &PolicyRef) -> bool {
        let found = self.policies.get(policy).and_then(Option::as_ref);
        let holders = found.and_then(|found| found.attachment_count).unwrap_or(0);
        let read = self
            .attachments
            .values()
            .filter(|held| held.contains(policy));
        usize::try_from(holders).is_ok_and(|holders| holders > read.count())
    }
}

impl ObservedRole {
    /// Longest session in seconds, with the service's default where it did not say.
    #[must_use]
    pub fn session_duration(&self) -> u32 {
        self.max_session_duration
            .unwrap_or(limit::MIN_SESSION_DURATION)
    }
}
