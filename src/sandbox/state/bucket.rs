//! Buckets of OSS and the objects in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::serialized::{Keyed, list, optional_document, optional_text, seeded_at, text};

/// A bucket. Its name is unique in the whole cloud; it belongs to the account that it is listed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    #[serde(default = "usual_region")]
    pub(crate) region: String,
    /// `Standard`, `IA`, `Archive`, `ColdArchive` or `DeepColdArchive`.
    #[serde(default = "standard")]
    pub(crate) storage_class: String,
    /// `AES256`, `KMS` or `SM4`; absent when not encrypted by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) encryption: Option<String>,
    /// The bucket policy, byte for byte.
    #[serde(
        default,
        deserialize_with = "optional_document",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) policy: Option<String>,
    /// For how many days objects can be neither changed nor deleted; absent without a retention policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) worm_days: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) versioning: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource_group: Option<String>,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
    /// By key.
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) objects: BTreeMap<String, Object>,
}

impl Bucket {
    /// Whether an object that was written then can still be neither changed nor deleted.
    pub(crate) fn is_retained(&self, object: &Object, now: Timestamp) -> bool {
        self.worm_days.is_some_and(|days| {
            let day = i64::from(days) * 24 * 60 * 60;
            now.as_second() < object.modified.as_second() + day
        })
    }
}

/// An object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Object {
    pub(crate) key: String,
    /// Text, so that the state file can be read; an export writes a line that says what it stands for.
    #[serde(default)]
    pub(crate) content: String,
    /// Size in bytes, where the content only stands for it; as the content has when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    #[serde(default = "standard")]
    pub(crate) storage_class: String,
    /// When an archived object was restored; it cannot be read before.
    #[serde(
        default,
        with = "optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) restored: Option<Timestamp>,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) modified: Timestamp,
}

impl Object {
    /// Unit: bytes.
    pub(crate) fn size(&self) -> u64 {
        let of_content = || u64::try_from(self.content.len()).unwrap_or(u64::MAX);
        self.size.unwrap_or_else(of_content)
    }

    /// Whether it must be restored before it can be read.
    pub(crate) fn is_archived(&self) -> bool {
        self.storage_class.ends_with("Archive") && self.restored.is_none()
    }
}

fn usual_region() -> String {
    "cn-hangzhou".to_owned()
}

fn standard() -> String {
    "Standard".to_owned()
}

impl Keyed for Bucket {
    type Key = String;
    const KIND: &str = "bucket";

    fn key(&self) -> String {
        self.name.clone()
    }
}

impl Keyed for Object {
    type Key = String;
    const KIND: &str = "object";

    fn key(&self) -> String {
        self.key.clone()
    }
}
