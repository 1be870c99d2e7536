//! Custom policies with their versions, and system policies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::serialized::{Keyed, document, list, optional_text, seeded_at, text};
use crate::model::{PolicyName, Tags, VersionId};

/// A custom policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomPolicy {
    #[serde(with = "text")]
    pub(crate) name: PolicyName,
    /// Empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// INVARIANT (default exists): holds `default`. Checked when a state is loaded, kept by every operation that
    /// drops a version.
    #[serde(serialize_with = "list::serialize", deserialize_with = "numbered")]
    pub(crate) versions: BTreeMap<VersionId, Version>,
    /// The version in force; the newest when a seed leaves it out.
    #[serde(default = "unnumbered", with = "text")]
    pub(crate) default: VersionId,
    /// The highest number ever used; numbers are never used again.
    #[serde(default)]
    pub(crate) last_version: u32,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
    /// Absent until it is changed.
    #[serde(
        default,
        with = "optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) updated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub(crate) tags: Tags,
}

impl CustomPolicy {
    /// The document in force.
    pub(crate) fn document(&self) -> &str {
        self.versions
            .get(&self.default)
            .map_or("", |version| version.document.as_str())
    }

    /// When it was last changed, or else made.
    pub(crate) fn updated(&self) -> Timestamp {
        self.updated.unwrap_or(self.created)
    }

    /// Fills in what a seed may leave out, and checks the rest.
    pub(super) fn complete(&mut self) -> Result<(), String> {
        let newest = self.versions.keys().next_back();
        let newest = newest.map_or(0, |id| id.number());
        self.last_version = self.last_version.max(newest);
        if self.default == unnumbered() {
            self.default = VersionId::from_number(newest);
        }
        if self.versions.contains_key(&self.default) {
            return Ok(());
        }
        let Self { name, default, .. } = self;
        Err(format!("policy `{name}`: it has no version {default}"))
    }
}

impl Keyed for CustomPolicy {
    type Key = PolicyName;
    const KIND: &str = "policy";

    fn key(&self) -> PolicyName {
        self.name.clone()
    }
}

/// One version of a custom policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    /// The next free number when a seed leaves it out.
    #[serde(default = "unnumbered", with = "text")]
    pub(crate) id: VersionId,
    /// Byte for byte as submitted.
    #[serde(deserialize_with = "document")]
    pub(crate) document: String,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
}

impl Keyed for Version {
    type Key = VersionId;
    const KIND: &str = "version";

    fn key(&self) -> VersionId {
        self.id
    }
}

/// Stands for a number that a seed leaves out; RAM starts at 1.
fn unnumbered() -> VersionId {
    VersionId::from_number(0)
}

fn numbered<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<VersionId, Version>, D::Error> {
    let mut versions = BTreeMap::new();
    let mut last = 0;
    for mut version in Vec::<Version>::deserialize(deserializer)? {
        if version.id == unnumbered() {
            version.id = VersionId::from_number(last + 1);
        }
        last = last.max(version.id.number());
        versions.insert(version.id, version);
    }
    Ok(versions)
}

/// A policy that Alibaba Cloud writes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SystemPolicy {
    #[serde(with = "text")]
    pub(crate) name: PolicyName,
    #[serde(deserialize_with = "document")]
    pub(crate) document: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    #[serde(default = "second", with = "text")]
    pub(crate) version: VersionId,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
}

/// A system policy in a seed stands for a change of the documented one, which is version 1.
fn second() -> VersionId {
    VersionId::from_number(2)
}

impl Keyed for SystemPolicy {
    type Key = PolicyName;
    const KIND: &str = "system policy";

    fn key(&self) -> PolicyName {
        self.name.clone()
    }
}
