//! The documents of every layer, in the form in which they are asked about the role.

use super::super::factor::{Factor, Unread};
use super::super::grants::Source;
use super::super::input::Facts;
use super::super::made::Made;
use crate::model::{BucketName, ControlTarget, Layer};
use crate::policy::{BucketPolicy, Effect, PolicyDocument, RoleSession};
use std::collections::BTreeMap;

/// The bucket policy, as far as it is about the role.
pub(super) enum OfBucket {
    /// As a document of the role.
    Read(Made),
    /// There is none, or none was asked about.
    None,
    /// It could not be read; why.
    NotRead(String),
    /// It cannot be interpreted; why.
    NotInterpreted(String),
}

/// The control policies.
pub(super) enum OfDirectory {
    Read {
        /// What is attached to each target; each must allow.
        levels: Vec<Vec<Made>>,
        /// Those that cannot be interpreted.
        unread: Vec<Factor>,
    },
    /// They could not be read; why.
    NotRead(String),
}

impl OfDirectory {
    /// Their documents, level by level.
    pub(super) fn sources(&self) -> Vec<Vec<Source<'_>>> {
        let levels = match self {
            OfDirectory::Read { levels, .. } => levels.as_slice(),
            OfDirectory::NotRead(_) => &[],
        };
        let levels = levels.iter();
        levels
            .map(|level| level.iter().map(Made::source).collect())
            .collect()
    }
}

/// The role's documents that can be interpreted.
pub(super) fn own_sources<'a>(facts: &Facts<'a>, in_groups: &'a [Made]) -> Vec<Source<'a>> {
    let Layer::Read(role) = &facts.role else {
        return Vec::new();
    };
    let attached = role.attached.iter().filter_map(Source::of);
    attached.chain(in_groups.iter().map(Made::source)).collect()
}

/// The role's documents that could not be interpreted.
pub(super) fn unread_of_role(facts: &Facts<'_>) -> Vec<Factor> {
    let Layer::Read(role) = &facts.role else {
        return Vec::new();
    };
    role.unread().collect()
}

/// The name under which statements of a bucket's policy are told.
pub(super) fn bucket_policy_name(bucket: &str) -> String {
    format!("the policy of bucket {bucket}")
}

/// The bucket policy as a document of the role.
pub(super) fn of_bucket(facts: &Facts<'_>, owner: &str) -> OfBucket {
    if facts.observed.bucket == Layer::Read(None) {
        return OfBucket::None;
    }
    let text = match &facts.observed.bucket_policy {
        Layer::Read(Some(text)) => text,
        Layer::Read(None) | Layer::NotAsked => return OfBucket::None,
        Layer::NotRead(why) => return OfBucket::NotRead(why.clone()),
    };
    let policy = match BucketPolicy::parse_live(text) {
        Ok(policy) => policy,
        Err(error) => return OfBucket::NotInterpreted(error.to_string()),
    };
    let session = RoleSession {
        account: facts.account.as_str(),
        role: facts.role_name.as_str(),
        owner,
    };
    let bucket = facts.question.bucket();
    let name = bucket_policy_name(bucket.map_or("", BucketName::as_str));
    OfBucket::Read(Made::of_bucket(&policy, &session, name))
}

impl OfBucket {
    /// Its statements of one effect, if it was read.
    pub(super) fn only(&self, effect: Effect) -> Option<Made> {
        match self {
            OfBucket::Read(made) => Some(made.only(effect)),
            OfBucket::None | OfBucket::NotRead(_) | OfBucket::NotInterpreted(_) => None,
        }
    }

    /// What depends on it, where it is not known.
    pub(super) fn unread(&self, bucket: Option<&str>) -> Option<Factor> {
        let why = match self {
            OfBucket::Read(_) | OfBucket::None => return None,
            OfBucket::NotRead(_) => Unread::NotRead,
            OfBucket::NotInterpreted(why) => Unread::NotInterpreted(Some(why.clone())),
        };
        let policy = bucket_policy_name(bucket.unwrap_or_default());
        Some(Factor::UnreadPolicy { policy, why })
    }
}

/// The control policies by what they are attached to. What is attached to one target adds up, each kind by itself, and
/// every target must allow. A target without a statement that allows has full access beside it, as a directory gives it from the start.
/// Source: Resource Directory, "Control policies".
pub(super) fn of_directory(facts: &Facts<'_>) -> OfDirectory {
    let policies = match &facts.observed.control_policies {
        Layer::Read(policies) => policies,
        Layer::NotAsked => &Vec::new(),
        Layer::NotRead(why) => return OfDirectory::NotRead(why.clone()),
    };
    let mut levels: BTreeMap<(&ControlTarget, bool), Vec<Made>> = BTreeMap::new();
    let mut unread = Vec::new();
    for policy in policies {
        let kind = match policy.is_of_resources {
            true => "resource control policy",
            false => "control policy",
        };
        let name = format!("{kind} {} on {}", policy.name, policy.target);
        match PolicyDocument::parse_live(&policy.document) {
            Ok(document) => {
                let level = levels
                    .entry((&policy.target, policy.is_of_resources))
                    .or_default();
                level.push(Made::new(name, document));
            }
            Err(error) => unread.push(Factor::UnreadPolicy {
                policy: name,
                why: Unread::NotInterpreted(Some(error.to_string())),
            }),
        }
    }
    let levels = levels.into_values().map(|mut level| {
        let mut statements = level.iter().flat_map(Made::statements);
        if !statements.any(|statement| statement.effect == Effect::Allow) {
            level.push(Made::everything());
        }
        level
    });
    OfDirectory::Read {
        levels: levels.collect(),
        unread,
    }
}
