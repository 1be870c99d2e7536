//! What is asked about: a role, and where images are to go or come from.

use crate::model::{
    AccountId, BucketName, ExportQuestion, ImageOperation, ImportQuestion, Layer, ObservedServices,
    RegionId, RoleName,
};
use crate::policy::{BucketPolicy, PolicyDocument, RoleSession, TrustPolicy};
use jiff::Timestamp;

use super::factor::{Factor, Unread};

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
    /// Its documents that could not be interpreted.
    pub(super) fn unread(&self) -> impl Iterator<Item = Factor> {
        let in_groups = self.in_groups.iter().map(|one| &one.attached);
        let attached = self.attached.iter().chain(in_groups);
        attached
            .filter(|one| one.document.is_none())
            .map(|one| Factor::UnreadPolicy {
                policy: one.name.to_owned(),
                why: Unread::NotInterpreted(None),
            })
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

/// What is asked about one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question<'a> {
    /// Whether it can be exported.
    Export(&'a ExportQuestion),
    /// Whether it can be imported.
    Import(&'a ImportQuestion),
}

impl<'a> From<&'a ExportQuestion> for Question<'a> {
    fn from(question: &'a ExportQuestion) -> Self {
        Self::Export(question)
    }
}

impl<'a> From<&'a ImportQuestion> for Question<'a> {
    fn from(question: &'a ImportQuestion) -> Self {
        Self::Import(question)
    }
}

impl<'a> Question<'a> {
    /// The operation that is asked about.
    #[must_use]
    pub fn operation(self) -> ImageOperation {
        match self {
            Self::Export(_) => ImageOperation::Export,
            Self::Import(_) => ImageOperation::Import,
        }
    }

    /// The region of image and bucket.
    #[must_use]
    pub fn region(self) -> Option<&'a RegionId> {
        match self {
            Self::Export(export) => export.region.as_ref(),
            Self::Import(import) => import.region.as_ref(),
        }
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(self) -> Option<&'a BucketName> {
        match self {
            Self::Export(export) => export.bucket.as_ref(),
            Self::Import(import) => import.bucket.as_ref(),
        }
    }
}

/// Everything that is known of one export or import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The account whose image it is, or will be.
    pub account: &'a AccountId,
    /// The name of the role that the operation would use.
    pub role_name: &'a RoleName,
    /// That role, with the documents attached to it.
    pub role: Layer<Role<'a>>,
    /// Why the documents attached to the role for resource groups are not known, on one line; `None` where they are.
    pub groups_not_read: Option<&'a str>,
    /// The policies on the role that the spec does not name.
    pub extra: &'a [String],
    /// What is asked.
    pub question: Question<'a>,
    /// What ECS, OSS and the resource directory say.
    pub observed: &'a ObservedServices,
    /// When; without it, an answer that hangs on the time depends on it.
    pub now: Option<Timestamp>,
}

impl Facts<'_> {
    pub(super) fn operation(&self) -> ImageOperation {
        self.question.operation()
    }

    /// The region's id; empty where none was asked about.
    pub(super) fn region(&self) -> &str {
        self.question.region().map_or("", RegionId::as_str)
    }
}
