//! What is known of Alibaba Cloud's actions and services, as data.
//!
//! Used for spelling, for lint and for realistic witnesses; never to decide whether two policies are
//! the same, because the list grows.

mod actions;
pub mod regions;
pub mod services;

pub use actions::MISNOMERS;

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The level of resource that an OSS action is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The service as a whole: no single bucket.
    Service,
    /// A bucket, `acs:oss:<region>:<owner>:<bucket>`.
    Bucket,
    /// An object, `acs:oss:<region>:<owner>:<bucket>/<key>`.
    Object,
    /// Resource pools and vector buckets, with resources of their own forms.
    Other,
}

/// One known action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAction {
    /// As documented, `oss:GetObject`.
    pub name: &'static str,
    /// What it is asked about; [`Level::Other`] for every service but OSS.
    pub level: Level,
}

/// The action that a trust policy admits to. Source: RAM, "Edit the trust policy of a RAM role".
pub const ASSUME_ROLE: &str = "sts:AssumeRole";

/// The service that ExportImage runs as. Source: ECS, "Export a custom image".
pub const ECS_SERVICE: &str = "ecs.aliyuncs.com";

/// The eight actions that ExportImage needs, sorted by level and name.
///
/// Source: ECS, "Export a custom image" (2026; texts before lack `oss:GetBucketInfo`); levels from OSS,
/// "RAM policy".
pub const IMAGE_EXPORT: [KnownAction; 8] = [
    known("oss:GetBucketInfo", Level::Bucket),
    known("oss:GetBucketLocation", Level::Bucket),
    known("oss:ListMultipartUploads", Level::Bucket),
    known("oss:AbortMultipartUpload", Level::Object),
    known("oss:DeleteObject", Level::Object),
    known("oss:GetObject", Level::Object),
    known("oss:ListParts", Level::Object),
    known("oss:PutObject", Level::Object),
];

/// The three actions that ImportImage needs, sorted by level and name.
///
/// Source: ECS, ImportImage (May 2025; older texts lack `oss:GetBucketInfo`).
pub const IMAGE_IMPORT: [KnownAction; 3] = [
    known("oss:GetBucketInfo", Level::Bucket),
    known("oss:GetBucketLocation", Level::Bucket),
    known("oss:GetObject", Level::Object),
];

const fn known(name: &'static str, level: Level) -> KnownAction {
    KnownAction { name, level }
}

/// Those of the eight that are asked about `level`, sorted.
pub fn export_actions(level: Level) -> impl Iterator<Item = &'static str> {
    IMAGE_EXPORT
        .iter()
        .filter(move |action| action.level == level)
        .map(|action| action.name)
}

/// Every known action: OSS, then RAM, ECS and STS.
pub fn all() -> impl Iterator<Item = KnownAction> {
    let at =
        |names: &'static [&'static str], level| names.iter().map(move |name| known(name, level));
    at(actions::OSS_SERVICE, Level::Service)
        .chain(at(actions::OSS_BUCKET, Level::Bucket))
        .chain(at(actions::OSS_OBJECT, Level::Object))
        .chain(at(actions::OSS_POOL, Level::Other))
        .chain(at(actions::OSS_VECTOR, Level::Other))
        .chain(at(actions::RAM, Level::Other))
        .chain(at(actions::ECS, Level::Other))
        .chain(at(actions::STS, Level::Other))
        .chain(at(actions::RAM_MORE, Level::Other))
}

/// The known action of this name, letter case without meaning.
pub fn find(name: &str) -> Option<KnownAction> {
    static FOLDED: OnceLock<BTreeMap<String, KnownAction>> = OnceLock::new();
    let folded = |name: &str| name.to_ascii_lowercase();
    let known = FOLDED.get_or_init(|| all().map(|action| (folded(action.name), action)).collect());
    known.get(&folded(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_image_operations_need_is_known_at_its_level() {
        for action in IMAGE_EXPORT.into_iter().chain(IMAGE_IMPORT) {
            assert_eq!(find(action.name), Some(action));
        }
    }

    #[test]
    fn misnomers_are_no_actions_and_lead_to_actions() {
        for (wrong, right) in MISNOMERS {
            assert!(find(wrong).is_none() && find(right).is_some(), "{wrong}");
        }
    }
}
