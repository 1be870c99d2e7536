//! What OSS tells of a bucket. Source: OSS, `GetBucketInfo` and the official SDK's models (oss-v2 1.4.1).

use serde_json::json;

use super::errors::{self, OssError};
use super::response;
use crate::cloud::rpc::transport::HttpResponse;
use crate::model::AccountId;
use crate::sandbox::rpc::answer::insert;
use crate::sandbox::state::Bucket;

pub(super) fn info(owner: &AccountId, bucket: &Bucket) -> HttpResponse {
    let region = &bucket.region;
    let mut info = json!({
        "Name": bucket.name,
        "Location": format!("oss-{region}"),
        "CreationDate": response::time(bucket.created),
        "ExtranetEndpoint": format!("oss-{region}.aliyuncs.com"),
        "IntranetEndpoint": format!("oss-{region}-internal.aliyuncs.com"),
        "StorageClass": bucket.storage_class,
        "DataRedundancyType": "LRS",
        "AccessControlList": { "Grant": "private" },
        "Owner": { "ID": owner.as_str(), "DisplayName": owner.as_str() },
        "ServerSideEncryptionRule": {
            "SSEAlgorithm": bucket.encryption.as_deref().unwrap_or("None"),
        },
        "BlockPublicAccess": true,
        // About logging, whatever its name says.
        "BucketPolicy": { "LogBucket": "", "LogPrefix": "" },
    });
    let versioning = bucket.versioning.then_some("Enabled");
    insert(&mut info, "Versioning", versioning);
    insert(&mut info, "ResourceGroupId", bucket.resource_group.clone());
    response::xml("BucketInfo", &json!({ "Bucket": info }))
}

pub(super) fn location(bucket: &Bucket) -> HttpResponse {
    let location = format!("oss-{}", bucket.region);
    response::xml("LocationConstraint", &json!(location))
}

/// The document itself, as it was set.
pub(super) fn policy(bucket: &Bucket) -> Result<HttpResponse, OssError> {
    let policy = bucket.policy.as_ref().ok_or_else(errors::no_policy)?;
    Ok(response::with_body(
        "application/json",
        policy.clone().into_bytes(),
    ))
}

pub(super) fn worm(bucket: &Bucket) -> Result<HttpResponse, OssError> {
    let days = bucket.worm_days.ok_or_else(errors::no_worm)?;
    let configuration = json!({
        "WormId": "1666E2CFB2B3418****",
        "State": "Locked",
        "RetentionPeriodInDays": days,
        "CreationDate": response::time(bucket.created),
    });
    Ok(response::xml("WormConfiguration", &configuration))
}
