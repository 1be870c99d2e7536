//! The bucket itself.

use super::super::check::{Check, CheckKind};
use super::super::error::ErrorCode;
use super::super::input::Facts;
use super::super::party::Party;
use crate::model::{Bucket, BucketName, ImageOperation, Layer, RegionId};
use crate::policy::catalogue::regions::REGIONS;

const NOT_FOUND: ErrorCode = ErrorCode::InvalidOssBucketNotFound;

pub(super) fn checks(facts: &Facts<'_>) -> Vec<Check> {
    let kinds = CheckKind::of(facts.operation()).filter(|kind| {
        matches!(
            kind,
            CheckKind::Bucket | CheckKind::BucketRegion | CheckKind::BucketEncryption
        )
    });
    let check = |kind| {
        let Some(name) = facts.question.bucket() else {
            return Check::skipped(kind, "no bucket was asked about");
        };
        match (&facts.observed.bucket, kind) {
            (Layer::NotAsked, _) => Check::skipped(kind, "no bucket was asked about"),
            (Layer::NotRead(why), CheckKind::Bucket) => unread(name, why),
            (Layer::NotRead(_), _) => {
                Check::skipped(kind, format!("bucket {name} could not be read"))
            }
            (Layer::Read(None), CheckKind::Bucket) => missing(name, facts.question.region()),
            (Layer::Read(None), _) => Check::skipped(kind, format!("there is no bucket {name}")),
            (Layer::Read(Some(bucket)), CheckKind::Bucket) => belongs(bucket, facts),
            (Layer::Read(Some(bucket)), CheckKind::BucketRegion) => region(bucket, facts),
            (Layer::Read(Some(bucket)), _) => encryption(bucket, facts.operation()),
        }
    };
    kinds.map(check).collect()
}

fn unread(name: &BucketName, why: &str) -> Check {
    Check::depends(
        CheckKind::Bucket,
        NOT_FOUND,
        format!("bucket {name} could not be read: {why}"),
    )
    .settled_by(format!(
        "let the caller read the bucket, or look as its owner: aliyun oss stat oss://{name}"
    ))
}

fn missing(name: &BucketName, region: Option<&RegionId>) -> Check {
    let there = region.map_or(String::new(), |region| format!(" --region {region}"));
    Check::failed(
        CheckKind::Bucket,
        NOT_FOUND,
        format!("there is no bucket {name}"),
    )
    .settled_by(format!("aliyun oss mb oss://{name}{there}"))
}

fn belongs(bucket: &Bucket, facts: &Facts<'_>) -> Check {
    let kind = CheckKind::Bucket;
    let Bucket { name, owner, .. } = bucket;
    let account = facts.account;
    if owner != account.as_str() {
        let moves = match facts.operation() {
            ImageOperation::Export => "exports into",
            ImageOperation::Import => "imports from",
        };
        let message = format!(
            "bucket {name} belongs to account {owner}, not to {account}: whether ECS {moves} such a bucket is not \
             documented"
        );
        return Check::depends(kind, ErrorCode::InvalidOssNotAuthorized, message)
            .settled_by(format!("name a bucket of account {account}"))
            .by(Party::SpecAuthor);
    }
    let found = format!("bucket {name} belongs to account {account}");
    if facts.operation() == ImageOperation::Import {
        return Check::passed(kind, found);
    }
    let mut notes = Vec::new();
    if bucket.storage_class.ends_with("Archive") {
        notes.push(format!(
            "its storage class is {}, so objects must be restored before they can be downloaded",
            bucket.storage_class
        ));
    }
    if facts.observed.is_locked == Layer::Read(true) {
        notes.push(
            "its retention policy forbids to overwrite objects, so the same image cannot be exported again under \
             the same prefix"
                .to_owned(),
        );
    }
    match notes.is_empty() {
        true => Check::passed(kind, found),
        false => Check::passed(kind, format!("{found}; {}", notes.join("; ")))
            .settled_by("name another bucket or prefix where that matters"),
    }
}

fn region(bucket: &Bucket, facts: &Facts<'_>) -> Check {
    let kind = CheckKind::BucketRegion;
    let Bucket { name, region, .. } = bucket;
    let Some(asked) = facts.question.region().map(RegionId::as_str) else {
        return Check::skipped(kind, "no region was asked about");
    };
    if region == asked {
        return Check::passed(kind, format!("bucket {name} is in {region}"));
    }
    let message = format!(
        "bucket {name} is in {region}, not in {asked}, and ECS {}s within one region only",
        facts.operation().word()
    );
    let settle = match (REGIONS.contains(&asked), facts.operation()) {
        (true, ImageOperation::Export) => {
            format!("name a bucket in {asked}, or copy the image to {region} with CopyImage")
        }
        (true, ImageOperation::Import) => {
            format!(
                "copy the object to a bucket in {asked}, or import in {region} and copy the image with CopyImage"
            )
        }
        (false, _) => format!("name the region {region}: {asked} is not known"),
    };
    let check = Check::failed(kind, NOT_FOUND, message).settled_by(settle);
    check.by(Party::SpecAuthor)
}

/// Alibaba Cloud's own compliance rule demands what ECS refuses. Source: Cloud Config,
/// `oss-bucket-server-side-encryption-enabled`; ECS, ExportImage and ImportImage,
/// `InvalidOSSBucket.EncryptUnsupported`. No page says whether keys that OSS manages by itself (AES256) are refused too.
fn encryption(bucket: &Bucket, operation: ImageOperation) -> Check {
    const CLASH: &str =
        "the compliance rule oss-bucket-server-side-encryption-enabled demands it all the same";
    let kind = CheckKind::BucketEncryption;
    let error = ErrorCode::InvalidOssBucketEncryptUnsupported;
    let name = &bucket.name;
    let refuses = operation.name();
    let check = match bucket.encryption.as_deref() {
        None => {
            return Check::passed(kind, format!("bucket {name} does not encrypt by default"));
        }
        Some("AES256") => {
            let message = format!(
                "bucket {name} encrypts with AES256, so {refuses} will probably fail: no page excepts it from the \
                 refusal; {CLASH}"
            );
            Check::depends(kind, error, message)
        }
        Some(encryption) => {
            let message = format!(
                "bucket {name} encrypts with {encryption}, which {refuses} refuses; {CLASH}"
            );
            Check::failed(kind, error, message)
        }
    };
    match operation {
        ImageOperation::Export => check.settled_by(format!(
            "aliyun oss bucket-encryption --method delete oss://{name}, and except the bucket from the rule where it is \
             in force"
        )),
        // What was encrypted when it was written stays so.
        ImageOperation::Import => check
            .settled_by("copy the object to a bucket that does not encrypt, and name that bucket")
            .by(Party::SpecAuthor),
    }
}
