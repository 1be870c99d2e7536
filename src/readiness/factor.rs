//! What an answer can depend on that no document says, and what would settle it.

use crate::model::ImageOperation;
use crate::policy::{Condition, Effect};

use super::statement::StatementName;

/// Something that decides and is not in the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Factor {
    /// The condition of a statement, on keys whose value in ECS's own request is not documented.
    Condition {
        /// The statement.
        by: StatementName,
        /// Whether it grants or refuses.
        effect: Effect,
        /// Its condition.
        condition: Condition,
        /// The keys whose value is not documented.
        keys: Vec<String>,
    },
    /// Whether a statement is about the role, or about the bucket.
    Doubt {
        /// The statement.
        by: StatementName,
        /// Whether it grants or refuses.
        effect: Effect,
        /// What makes it so, in words that follow "if".
        doubt: String,
    },
    /// How OSS spells the region in a request.
    Region {
        /// The spellings in the documents that matter.
        spellings: Vec<String>,
    },
    /// Who owns the bucket.
    Owner {
        /// The accounts that the documents name.
        accounts: Vec<String>,
    },
    /// Which bucket is exported to, or imported from.
    Bucket,
    /// Which object is imported.
    Object,
    /// A policy whose document is not known.
    UnreadPolicy {
        /// Its name.
        policy: String,
        /// Why.
        why: Unread,
    },
    /// The trust policy, which could not be interpreted.
    UnreadTrust,
    /// A point of the policy language that RAM does not document.
    Language,
    /// A part of a statement that is not understood.
    NotUnderstood {
        /// The statement, where it is known.
        by: Option<StatementName>,
        /// The part, in words.
        part: String,
    },
    /// The documents are too complex to decide.
    TooComplex,
}

/// Why a document is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It could not be read.
    NotRead,
    /// It cannot be interpreted; what is wrong with it, where that is known.
    NotInterpreted(Option<String>),
}

impl Factor {
    /// The word for its kind, as in the JSON output.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Factor::Condition { .. } => "condition",
            Factor::Doubt { .. } => "doubt",
            Factor::Region { .. } => "region",
            Factor::Owner { .. } => "owner",
            Factor::Bucket => "bucket",
            Factor::Object => "object",
            Factor::UnreadPolicy { .. } => "unread-policy",
            Factor::UnreadTrust => "unread-trust",
            Factor::Language => "language",
            Factor::NotUnderstood { .. } => "not-understood",
            Factor::TooComplex => "too-complex",
        }
    }

    /// What decides, in words that follow "depends on".
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Factor::Condition { keys, .. } => {
                let keys: Vec<String> = keys.iter().map(|key| of_key(key)).collect();
                keys.join(" and on ")
            }
            Factor::Doubt { doubt, .. } => format!("whether {doubt}"),
            Factor::Region { spellings } => format!(
                "whether OSS spells the region {} in its requests",
                spellings.join(" or ")
            ),
            Factor::Owner { accounts } => {
                format!("whether account {} owns the bucket", accounts.join(" or "))
            }
            Factor::Bucket => "which bucket is exported to".to_owned(),
            Factor::Object => "which object is imported".to_owned(),
            Factor::UnreadPolicy { policy, why } => {
                let why = match why {
                    Unread::NotRead => "could not be read".to_owned(),
                    Unread::NotInterpreted(None) => "cannot be interpreted".to_owned(),
                    Unread::NotInterpreted(Some(why)) => format!("cannot be interpreted: {why}"),
                };
                format!("the document of {policy}, which {why}")
            }
            Factor::UnreadTrust => "the trust policy, which cannot be interpreted".to_owned(),
            Factor::Language => {
                "how RAM reads wildcards across `:` or absent keys, which it does not document"
                    .to_owned()
            }
            Factor::NotUnderstood { part, .. } => format!("{part}, which is not understood"),
            Factor::TooComplex => {
                "documents that are too complex to decide within the time allowed".to_owned()
            }
        }
    }

    /// What would settle it: an edit, or something to try.
    #[must_use]
    pub fn settle(&self, operation: ImageOperation) -> String {
        let try_it = format!("{} one image", operation.word());
        match self {
            Factor::Condition { by, .. } if by.policy.is_empty() => {
                format!("{try_it}, or take the condition out of the trust policy")
            }
            Factor::Condition { by, effect, .. } => {
                let edit = match effect {
                    Effect::Allow => "take the condition out of",
                    Effect::Deny => "except this role from",
                };
                format!("{try_it}, or {edit} {by}")
            }
            Factor::Doubt { by, effect, .. } => {
                let edit = match effect {
                    Effect::Allow => "name the role in",
                    Effect::Deny => "except the role from",
                };
                format!("{try_it}, or {edit} {by}")
            }
            Factor::Region { .. } => {
                "write `*` for the region, the only value that OSS documents".to_owned()
            }
            Factor::Owner { .. } => "name the account that owns it, with `--owner`".to_owned(),
            Factor::Bucket => match operation {
                ImageOperation::Export => {
                    "name the bucket, with `--bucket` or under `exports` in the spec".to_owned()
                }
                ImageOperation::Import => "name the bucket, with `--bucket`".to_owned(),
            },
            Factor::Object => "name the object, with `--object`".to_owned(),
            Factor::UnreadPolicy { policy, why } => match why {
                Unread::NotRead => format!("let the caller read {policy}"),
                Unread::NotInterpreted(_) => format!("correct the document of {policy}"),
            },
            Factor::UnreadTrust => "correct the trust policy".to_owned(),
            Factor::Language => {
                format!("{try_it}, or write the statement without the wildcard or negation")
            }
            Factor::NotUnderstood { by: Some(by), .. } => {
                format!("{try_it}, or rewrite {by}")
            }
            Factor::NotUnderstood { by: None, .. } => {
                format!("{try_it}, or rewrite the statement")
            }
            Factor::TooComplex => "write the documents with fewer wildcards".to_owned(),
        }
    }
}

/// What the value of a condition key is about.
fn of_key(key: &str) -> String {
    let words = match key {
        "acs:SecureTransport" => "whether ECS connects over HTTPS",
        "acs:SourceIp" => "the address that ECS connects from",
        "acs:SourceVpc" | "acs:VpcSourceIp" => "the VPC that ECS connects from",
        "acs:UserAgent" => "the user agent of ECS",
        "acs:AccessId" => "the key that ECS signs with",
        "acs:MFAPresent" => "whether a service's request says that it has no MFA",
        "acs:CurrentTime" => "the time of the export",
        _ if key.starts_with("oss:BucketTag/") => "the tags of the bucket",
        _ => return format!("the value of {key} in ECS's request"),
    };
    format!("{words} ({key})")
}
