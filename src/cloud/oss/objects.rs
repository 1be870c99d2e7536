//! Objects: listed, described, linked to. Source: OSS, `ListObjectsV2`, `HeadObject`, "V4 signatures in presigned URLs",
//! and the official SDK's models (oss-v2 1.4.1).

use std::collections::HashSet;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use serde::Deserialize;

use super::buckets::present;
use super::call::{Question, ask};
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::rpc::call::OssAnswer;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::clock::header_time;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::{Reply, Unreadable};
use crate::cloud::rpc::transport::Transport;
use crate::model::{BucketObject, Restore};

/// Most pages of one list, of a thousand keys each.
const MOST_PAGES: usize = 1000;

/// Longest life of a link. Source: OSS, error 0002-00000232.
const LONGEST_LIFE: Duration = Duration::from_secs(604_800);

const NO_OBJECT: &str = "NoSuchKey";

/// The objects whose keys start with `prefix`, by key.
///
/// # Errors
/// When a part of the list did not come or cannot be read. A list that is cut short is an error, never a shorter list.
pub async fn objects<T: Transport, C: CredentialSource>(
    rpc: &RpcClient<T, C>,
    region: &str,
    bucket: &str,
    prefix: &str,
) -> Result<Vec<BucketObject>, AccountError> {
    let question = Question {
        operation: "ListObjectsV2",
        bucket,
        key: None,
        answer: OssAnswer::Xml,
    };
    let into = |reply: &Reply| reply.read_xml::<ListReply>()?.into_page(bucket, prefix);
    let (mut list, mut seen, mut token) = (Vec::new(), HashSet::new(), String::new());
    for _ in 0..MOST_PAGES {
        let mut query = vec![
            ("list-type", "2"),
            ("encoding-type", "url"),
            ("max-keys", "1000"),
        ];
        let more = [("prefix", prefix), ("continuation-token", &token)];
        query.extend(more.into_iter().filter(|(_, value)| !value.is_empty()));
        let (objects, next) = ask(rpc, question, region, &query, into).await?;
        list.extend(objects);
        match next {
            None => {
                list.sort_by(|one: &BucketObject, other| one.key.cmp(&other.key));
                list.dedup_by(|one, other| one.key == other.key);
                return Ok(list);
            }
            Some(next) if seen.insert(next.clone()) => token = next,
            Some(_) => break,
        }
    }
    Err(AccountError {
        subject: format!("bucket {bucket}"),
        message: "the list does not end".to_owned(),
        ..AccountError::new("ListObjectsV2", AccountErrorKind::BadAnswer)
    })
}

/// The object of this key; `None` when there is none.
///
/// # Errors
/// When no answer came, or there is no such bucket.
pub async fn object<T: Transport, C: CredentialSource>(
    rpc: &RpcClient<T, C>,
    region: &str,
    bucket: &str,
    key: &str,
) -> Result<Option<BucketObject>, AccountError> {
    let question = Question {
        operation: "HeadObject",
        bucket,
        key: Some(key),
        answer: OssAnswer::Headers,
    };
    let into = |reply: &Reply| {
        let size = reply.header("content-length");
        let size = size.and_then(|size| size.trim().parse().ok());
        Ok(BucketObject {
            key: key.to_owned(),
            size: size.ok_or_else(|| Unreadable("it has no `Content-Length`".to_owned()))?,
            storage_class: reply.header("x-oss-storage-class").map(str::to_owned),
            restore: reply.header("x-oss-restore").map(restore),
            modified: reply.header("last-modified").and_then(header_time),
        })
    };
    present(ask(rpc, question, region, &[], into).await, NO_OBJECT)
}

/// `ongoing-request="true"`, or `ongoing-request="false", expiry-date="…"`. Source: OSS, `HeadObject`.
fn restore(header: &str) -> Restore {
    match header.contains("ongoing-request=\"true\"") {
        true => Restore::Underway,
        false => Restore::Done,
    }
}

/// A link with which anybody can download the object for `life`. It is a secret. Made with a session's key, it ends
/// with the session at the latest.
///
/// # Errors
/// When `life` is out of bounds, or there is no key to sign with.
pub async fn presigned_url<T: Transport, C: CredentialSource>(
    rpc: &RpcClient<T, C>,
    region: &str,
    bucket: &str,
    key: &str,
    life: Duration,
) -> Result<SecretString, AccountError> {
    let question = Question {
        operation: "GetObject",
        bucket,
        key: Some(key),
        answer: OssAnswer::Xml,
    };
    let (call, target) = question.call(region)?;
    if life < Duration::from_secs(1) || life > LONGEST_LIFE {
        return Err(AccountError {
            subject: call.subject,
            message: "a link lives from one second to seven days".to_owned(),
            ..AccountError::new("GetObject", AccountErrorKind::Rejected)
        });
    }
    rpc.presign(&call, &target, life).await
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListReply {
    name: String,
    #[serde(default)]
    encoding_type: Option<String>,
    is_truncated: bool,
    #[serde(default)]
    next_continuation_token: Option<String>,
    #[serde(default)]
    contents: Vec<ObjectShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ObjectShape {
    key: String,
    size: u64,
    #[serde(default)]
    storage_class: Option<String>,
    /// `2026-01-02T03:40:00.000Z`.
    #[serde(default)]
    last_modified: Option<String>,
}

impl ListReply {
    /// The objects, and where the list goes on.
    fn into_page(
        self,
        bucket: &str,
        prefix: &str,
    ) -> Result<(Vec<BucketObject>, Option<String>), Unreadable> {
        let fail = |problem: &str| Err(Unreadable(problem.to_owned()));
        if self.name != bucket {
            return fail("it is about another bucket");
        }
        let is_encoded = self.encoding_type.as_deref() == Some("url");
        let mut objects = Vec::new();
        for found in self.contents {
            let key = match is_encoded {
                true => percent_decode_str(&found.key).decode_utf8().map(Into::into),
                false => Ok(found.key),
            };
            let Ok(key) = key else {
                return fail("a key in it is not text");
            };
            if !key.starts_with(prefix) {
                return fail("a key in it was not asked for");
            }
            objects.push(BucketObject {
                key,
                size: found.size,
                storage_class: found.storage_class,
                restore: None,
                modified: found.last_modified.and_then(|at| at.parse().ok()),
            });
        }
        let token = self.next_continuation_token;
        match (self.is_truncated, token.filter(|token| !token.is_empty())) {
            (false, _) => Ok((objects, None)),
            (true, Some(token)) => Ok((objects, Some(token))),
            (true, None) => fail("the list is cut and does not say where it goes on"),
        }
    }
}
