//! A bucket of OSS and the objects in it, as far as an export or import asks about them.

use jiff::Timestamp;

/// One bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The region it is in, without the `oss-` in front.
    pub region: String,
    /// The uid of its owner.
    pub owner: String,
    /// `Standard`, `IA`, `Archive`, `ColdArchive` or `DeepColdArchive`.
    pub storage_class: String,
    /// How objects are encrypted unless they say otherwise: `AES256`, `KMS` or `SM4`; `None` for not at all.
    pub encryption: Option<String>,
    /// Whether overwritten objects are kept as older versions.
    pub is_versioned: bool,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketObject {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its storage class, where it was sent.
    pub storage_class: Option<String>,
    /// Whether an archived object was restored; `None` where that was not asked for, or was not sent.
    pub restore: Option<Restore>,
    /// When it was written last, where that was sent and can be read.
    pub modified: Option<Timestamp>,
}

/// How far an archived object is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restore {
    /// It is being restored, and cannot be read yet.
    Underway,
    /// It can be read.
    Done,
}
