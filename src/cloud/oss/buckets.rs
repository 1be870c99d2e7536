//! Buckets and what is set for them. Source: OSS, `GetBucketInfo`, `GetBucketPolicy`, `GetBucketWorm`, and the official
//! SDK's models (oss-v2 1.4.1).

use serde::Deserialize;

use super::call::{Question, ask};
use super::hosts::region_of_location;
use crate::account::AccountError;
use crate::cloud::rpc::call::OssAnswer;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::{Reply, Unreadable};
use crate::cloud::rpc::transport::Transport;
use crate::model::Bucket;

const NO_BUCKET: &str = "NoSuchBucket";
const NO_POLICY: &str = "NoSuchBucketPolicy";
const NO_WORM: &str = "NoSuchWORMConfiguration";

/// The bucket, in whichever region it is; it is looked for in `region` first.
///
/// # Errors
/// When no answer came, or one that cannot be read.
pub async fn bucket<T: Transport, C: CredentialSource>(
    rpc: &RpcClient<T, C>,
    region: &str,
    name: &str,
) -> Result<Option<Bucket>, AccountError> {
    let info = of_bucket("GetBucketInfo", name, OssAnswer::Xml);
    let into = |reply: &Reply| reply.read_xml::<InfoReply>()?.bucket.into_model(name);
    let info = ask(rpc, info, region, &[("bucketInfo", "")], into).await;
    present(info, NO_BUCKET)
}

/// The text of the bucket's policy; `None` when it has none.
///
/// # Errors
/// When no answer came, or there is no such bucket.
pub async fn bucket_policy<T: Transport, C: CredentialSource>(
    rpc: &RpcClient<T, C>,
    region: &str,
    name: &str,
) -> Result<Option<String>, AccountError> {
    let question = of_bucket("GetBucketPolicy", name, OssAnswer::Json);
    let policy = ask(rpc, question, region, &[("policy", "")], Reply::text).await;
    present(policy, NO_POLICY)
}

/// Whether a retention policy forbids to overwrite and delete objects in the bucket.
///
/// # Errors
/// When no answer came, or there is no such bucket.
pub async fn is_locked<T: Transport, C: CredentialSource>(
    rpc: &RpcClient<T, C>,
    region: &str,
    name: &str,
) -> Result<bool, AccountError> {
    let question = of_bucket("GetBucketWorm", name, OssAnswer::Xml);
    let into = |reply: &Reply| Ok(reply.read_xml::<WormReply>()?.state != "Expired");
    let found = ask(rpc, question, region, &[("worm", "")], into).await;
    Ok(present(found, NO_WORM)?.unwrap_or(false))
}

fn of_bucket<'a>(operation: &'static str, bucket: &'a str, answer: OssAnswer) -> Question<'a> {
    Question {
        operation,
        bucket,
        key: None,
        answer,
    }
}

/// `None` only if the service answered with the code `absent`.
pub(super) fn present<M>(
    answer: Result<M, AccountError>,
    absent: &str,
) -> Result<Option<M>, AccountError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code.as_deref() == Some(absent) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct InfoReply {
    #[serde(rename = "Bucket")]
    bucket: BucketShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BucketShape {
    name: String,
    location: String,
    owner: OwnerShape,
    #[serde(default)]
    storage_class: String,
    #[serde(default)]
    server_side_encryption_rule: Option<EncryptionShape>,
    #[serde(default)]
    versioning: Option<String>,
}

#[derive(Deserialize)]
struct OwnerShape {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Deserialize)]
struct EncryptionShape {
    /// A text, `None`, for none.
    #[serde(rename = "SSEAlgorithm", default)]
    algorithm: String,
}

#[derive(Deserialize)]
struct WormReply {
    /// `InProgress`, `Locked` or `Expired`.
    #[serde(rename = "State")]
    state: String,
}

impl BucketShape {
    fn into_model(self, asked: &str) -> Result<Bucket, Unreadable> {
        if self.name != asked {
            return Err(Unreadable("it is about another bucket".to_owned()));
        }
        let region = region_of_location(&self.location);
        let encryption = self.server_side_encryption_rule.map(|rule| rule.algorithm);
        Ok(Bucket {
            name: self.name,
            region: region.ok_or_else(|| Unreadable("its `Location` is no region".to_owned()))?,
            owner: self.owner.id,
            storage_class: self.storage_class,
            encryption: encryption.filter(|word| !word.is_empty() && word != "None"),
            is_versioned: self.versioning.as_deref() == Some("Enabled"),
        })
    }
}
