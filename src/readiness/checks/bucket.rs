//! The bucket itself.

use super::super::check::{Check, CheckKind};
use super::super::error::ExportError;
use super::super::input::ExportFacts;
use crate::model::{Bucket, BucketName, Layer, RegionId};
use crate::policy::catalogue::regions::REGIONS;

const NOT_FOUND: ExportError = ExportError::InvalidOssBucketNotFound;

pub(super) fn checks(facts: &ExportFacts<'_>) -> Vec<Check> {
    let kinds = [
        CheckKind::Bucket,
        CheckKind::BucketRegion,
        CheckKind::BucketEncryption,
    ];
    let asked = facts.question.bucket.as_ref();
    match (&facts.observed.bucket, asked) {
        (Layer::NotAsked, _) | (_, None) => kinds
            .map(|kind| Check::skipped(kind, "no bucket was asked about"))
            .into(),
        (Layer::NotRead(why), Some(name)) => kinds.map(|kind| unread(kind, name, why)).into(),
        (Layer::Read(None), Some(name)) => {
            let skipped = |kind| Check::skipped(kind, format!("there is no bucket {name}"));
            vec![
                missing(name, facts.question.region.as_ref()),
                skipped(CheckKind::BucketRegion),
                skipped(CheckKind::BucketEncryption),
            ]
        }
        (Layer::Read(Some(bucket)), Some(_)) => vec![
            belongs(bucket, facts),
            region(bucket, facts.question.region.as_ref()),
            encryption(bucket),
        ],
    }
}

fn unread(kind: CheckKind, name: &BucketName, why: &str) -> Check {
    let error = match kind {
        CheckKind::BucketEncryption => ExportError::InvalidOssBucketEncryptUnsupported,
        _ => NOT_FOUND,
    };
    Check::depends(
        kind,
        error,
        format!("bucket {name} could not be read: {why}"),
    )
    .settled_by(format!("aliyun oss stat oss://{name}"))
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

fn belongs(bucket: &Bucket, facts: &ExportFacts<'_>) -> Check {
    let kind = CheckKind::Bucket;
    let Bucket { name, owner, .. } = bucket;
    let account = facts.account;
    if owner != account.as_str() {
        let message = format!(
            "bucket {name} belongs to account {owner}, not to {account}: whether ECS exports into such a bucket is \
             not documented"
        );
        return Check::depends(kind, ExportError::InvalidOssNotAuthorized, message)
            .settled_by(format!("name a bucket of account {account}"));
    }
    let mut notes = Vec::new();
    if bucket.storage_class.ends_with("Archive") {
        notes.push(format!(
            "its storage class is {}, so objects must be restored before they can be downloaded",
            bucket.storage_class
        ));
    }
    if bucket.is_locked == Some(true) {
        notes.push(
            "its retention policy forbids to overwrite objects, so the same image cannot be exported again under \
             the same prefix"
                .to_owned(),
        );
    }
    let found = format!("bucket {name} belongs to account {account}");
    match notes.is_empty() {
        true => Check::passed(kind, found),
        false => Check::passed(kind, format!("{found}; {}", notes.join("; ")))
            .settled_by("name another bucket or prefix where that matters"),
    }
}

fn region(bucket: &Bucket, asked: Option<&RegionId>) -> Check {
    let kind = CheckKind::BucketRegion;
    let Bucket { name, region, .. } = bucket;
    let Some(asked) = asked.map(RegionId::as_str) else {
        return Check::skipped(kind, "no region was asked about");
    };
    if region == asked {
        return Check::passed(kind, format!("bucket {name} is in {region}"));
    }
    let message = format!(
        "bucket {name} is in {region}, not in {asked}, and ECS exports within one region only"
    );
    let settle = match REGIONS.contains(&asked) {
        true => format!("name a bucket in {asked}, or copy the image to {region} with CopyImage"),
        false => format!("name the region {region}: {asked} is not known"),
    };
    Check::failed(kind, NOT_FOUND, message).settled_by(settle)
}

/// Alibaba Cloud's own compliance rule demands what ExportImage refuses. Source: Cloud Config,
/// `oss-bucket-server-side-encryption-enabled`; ECS, ExportImage, `InvalidOSSBucket.EncryptUnsupported`. No page says
/// whether keys that OSS manages by itself (AES256) are refused too.
fn encryption(bucket: &Bucket) -> Check {
    const CLASH: &str =
        "the compliance rule oss-bucket-server-side-encryption-enabled demands it all the same";
    let kind = CheckKind::BucketEncryption;
    let error = ExportError::InvalidOssBucketEncryptUnsupported;
    let name = &bucket.name;
    let settle = format!(
        "aliyun oss bucket-encryption --method delete oss://{name}, and except the bucket from the rule where it is in \
         force"
    );
    match bucket.encryption.as_deref() {
        None => Check::passed(kind, format!("bucket {name} does not encrypt by default")),
        Some("AES256") => {
            let message = format!(
                "bucket {name} encrypts with AES256, so ExportImage will probably fail: no page excepts it from the \
                 refusal; {CLASH}"
            );
            Check::depends(kind, error, message).settled_by(settle)
        }
        Some(encryption) => {
            let message = format!(
                "bucket {name} encrypts with {encryption}, which ExportImage refuses; {CLASH}"
            );
            Check::failed(kind, error, message).settled_by(settle)
        }
    }
}
