//! Who can settle what stands in the way of an export or import.
//!
//! `apply` changes RAM, and there only what its spec names. All else is for somebody else, and is told with who that is.

use std::fmt;

/// Who can settle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// `apply`, with the spec that was asked about.
    Apply,
    /// Whoever writes the spec.
    SpecAuthor,
    /// Whoever manages RAM in the account.
    RamAdministrator,
    /// Whoever manages the bucket.
    BucketOwner,
    /// The management account of the resource directory, or a delegated administrator of it.
    DirectoryAdministrator,
    /// Whoever makes the image.
    ImageOwner,
    /// Whoever manages the instances.
    InstanceOwner,
    /// Whoever sends the request.
    Requester,
    /// The service itself.
    AlibabaCloud,
}

impl Party {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Apply,
        Self::SpecAuthor,
        Self::RamAdministrator,
        Self::BucketOwner,
        Self::DirectoryAdministrator,
        Self::ImageOwner,
        Self::InstanceOwner,
        Self::Requester,
        Self::AlibabaCloud,
    ];

    /// The word for it, as in the JSON output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::SpecAuthor => "spec-author",
            Self::RamAdministrator => "ram-administrator",
            Self::BucketOwner => "bucket-owner",
            Self::DirectoryAdministrator => "directory-administrator",
            Self::ImageOwner => "image-owner",
            Self::InstanceOwner => "instance-owner",
            Self::Requester => "requester",
            Self::AlibabaCloud => "alibaba-cloud",
        }
    }
}

/// In words that "can" follows.
impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apply => "`apply`",
            Self::SpecAuthor => "whoever writes the spec",
            Self::RamAdministrator => "the account's RAM administrator",
            Self::BucketOwner => "the owner of the bucket",
            Self::DirectoryAdministrator => "the administrator of the resource directory",
            Self::ImageOwner => "the owner of the image",
            Self::InstanceOwner => "the owner of the instances",
            Self::Requester => "whoever sends the request",
            Self::AlibabaCloud => "Alibaba Cloud, asked with a ticket",
        })
    }
}
