//! What is asked about: a role, and where images are to go.

use crate::model::{AccountId, ExportQuestion, Layer, ObservedExport, RoleName};
use crate::policy::{BucketPolicy, PolicyDocument, RoleSession, TrustPolicy};
use jiff::Timestamp;

/// The role that ExportImage uses unless it is told another one. Source: ECS API, `ExportImage`.
pub const EXPORT_ROLE: &str = "AliyunECSImageExportDefaultRole";

/// A role as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role<'a> {
    /// Who may assume it.
    pub trust: RoleTrust<'a>,
    /// Every document attached to it for the whole account.
    pub attached: &'a [Attached<'a>],
    /// The documents attached to it for one resource group each.
    pub in_groups: &'a [AttachedInGroup<'a>],
}

impl<'a> Role<'a> {
    /// The names of its documents that could not be interpreted.
    pub(super) fn unread(&self) -> impl Iterator<Item = &'a str> {
        let in_groups = self.in_groups.iter().map(|one| &one.attached);
        let attached = self.attached.iter().chain(in_groups);
        attached
            .filter(|one| one.document.is_none())
            .map(|one| one.name)
    }
}

/// The role's trust policy, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleTrust<'a> {
    /// There is no such role.
    Missing,
    /// The role is there, its trust policy could not be interpreted.
    Unreadable,
    /// As read.
    Policy(&'a TrustPolicy),
}

/// One document attached to the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached<'a> {
    /// The policy's name, for the answer.
    pub name: &'a str,
    /// Its document in force; `None` if it could not be interpreted.
    pub document: Option<&'a PolicyDocument>,
}

/// One document attached to the role for the resources of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachedInGroup<'a> {
    /// The resource group's id.
    pub group: &'a str,
    /// The document.
    pub attached: Attached<'a>,
}

/// The policy of the bucket that is exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachedToBucket<'a> {
    /// What it is called, for the answer.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a BucketPolicy,
    /// Whom it is asked about.
    pub session: RoleSession<'a>,
}

/// Where images are exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Export<'a> {
    /// The region of the image and the bucket; `None` for any.
    pub region: Option<&'a str>,
    /// The bucket; `None` for any.
    pub bucket: Option<&'a str>,
    /// The `OSSPrefix`; `None` for none.
    pub prefix: Option<&'a str>,
    /// The uid of the bucket's owner; `None` for any.
    pub owner: Option<&'a str>,
}

/// Everything that is known of one export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFacts<'a> {
    /// The account that exports.
    pub account: &'a AccountId,
    /// The name of the role that ExportImage would use.
    pub role_name: &'a RoleName,
    /// That role, with the documents attached to it.
    pub role: Layer<Role<'a>>,
    /// Why the documents attached to the role for resource groups are not known, on one line; `None` where they are.
    pub groups_not_read: Option<&'a str>,
    /// What is asked.
    pub question: &'a ExportQuestion,
    /// What ECS, OSS and the resource directory say.
    pub observed: &'a ObservedExport,
    /// When; without it, an answer that hangs on the time depends on it.
    pub now: Option<Timestamp>,
}
