//! The documents of every layer, in the form in which they are asked about the role.

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
    /// It could not be read, or not be interpreted; why.
    Unread(String),
}

/// The control policies, level by level; each must allow.
pub(super) enum OfDirectory {
    Read(Vec<Vec<Made>>),
    /// They could not be read, or not be interpreted; why.
    Unread(String),
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
        Layer::NotRead(why) => return OfBucket::Unread(why.clone()),
    };
    let policy = match BucketPolicy::parse_live(text) {
        Ok(policy) => policy,
        Err(error) => return OfBucket::Unread(error.to_string()),
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
            OfBucket::None | OfBucket::Unread(_) => None,
        }
    }
}

/// The control policies by what they are attached to. What is attached to one target adds up, and every target must
/// allow. A target without a statement that allows has full access beside it, as a directory gives it from the start.
/// Source: Resource Directory, "Control policies".
pub(super) fn of_directory(facts: &Facts<'_>) -> OfDirectory {
    let policies = match &facts.observed.control_policies {
        Layer::Read(policies) => policies,
        Layer::NotAsked => return OfDirectory::Read(Vec::new()),
        Layer::NotRead(why) => return OfDirectory::Unread(why.clone()),
    };
    let mut levels: BTreeMap<&ControlTarget, Vec<Made>> = BTreeMap::new();
    for policy in policies {
        let name = format!("control policy {} on {}", policy.name, policy.target);
        match PolicyDocument::parse_live(&policy.document) {
            Ok(document) => {
                let level = levels.entry(&policy.target).or_default();
                level.push(Made::new(name, document));
            }
            Err(error) => return OfDirectory::Unread(format!("{name}: {error}")),
        }
    }
    let levels = levels.into_values().map(|mut level| {
        let mut statements = level.iter().flat_map(Made::statements);
        if !statements.any(|statement| statement.effect == Effect::Allow) {
            level.push(Made::everything());
        }
        level
    });
    OfDirectory::Read(levels.collect())
}
