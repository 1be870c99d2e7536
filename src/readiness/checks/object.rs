//! The object that is imported, and the format that its name tells.

use super::super::check::{Check, CheckKind};
use super::super::error::ErrorCode;
use super::super::input::Facts;
use crate::model::{BucketName, BucketObject, ImportQuestion, Layer, ObjectKey, Restore};
use crate::shell::quote;

/// Largest disk of an image, and so the largest file. Unit: GiB. Source: ECS, ImportImage, `DiskImageSize`.
const DISK_SIZE: u64 = 2048;

const GIB: u64 = 1 << 30;

/// How names of objects end, by the formats that ImportImage takes. Source: ECS, ImportImage, `Format`.
const SUFFIXES: [&str; 4] = [".raw", ".vhd", ".qcow2", ".vmdk"];

/// The format that is offered on invitation only. Same source.
const PREVIEW: &str = ".vmdk";

/// How names of packed files end. No format of ImportImage is packed.
const PACKED: [&str; 9] = [
    ".gz", ".tgz", ".tar", ".zip", ".xz", ".bz2", ".zst", ".7z", ".rar",
];

pub(super) fn checks(facts: &Facts<'_>, question: &ImportQuestion) -> Vec<Check> {
    vec![object(facts, question), format(question)]
}

fn object(facts: &Facts<'_>, question: &ImportQuestion) -> Check {
    let kind = CheckKind::Object;
    let (Some(bucket), Some(key)) = (&question.bucket, &question.object) else {
        return Check::skipped(kind, "no object was asked about");
    };
    if facts.observed.bucket == Layer::Read(None) {
        return Check::skipped(kind, format!("there is no bucket {bucket}"));
    }
    match &facts.observed.object {
        Layer::NotAsked => Check::skipped(kind, "no object was asked about"),
        Layer::NotRead(why) => {
            let message = format!("object {key} could not be read: {why}");
            Check::depends(kind, ErrorCode::InvalidOssObjectNotFound, message)
                .settled_by(stat(bucket, key))
        }
        Layer::Read(None) => {
            let message = format!("there is no object {key} in bucket {bucket}");
            Check::failed(kind, ErrorCode::InvalidOssObjectNotFound, message)
                .settled_by(format!("aliyun oss ls oss://{bucket}"))
        }
        Layer::Read(Some(found)) => readable(found, bucket, key),
    }
}

fn readable(object: &BucketObject, bucket: &BucketName, key: &ObjectKey) -> Check {
    let kind = CheckKind::Object;
    let size = object.size;
    if size == 0 {
        let message = format!("object {key} is empty");
        return Check::failed(kind, ErrorCode::InvalidOssObjectSize, message).settled_by(format!(
            "upload the disk image to oss://{bucket}/{key} again"
        ));
    }
    if size > DISK_SIZE * GIB {
        let message = format!(
            "object {key} has {size} bytes, and a disk of an image {DISK_SIZE} GiB at most"
        );
        return Check::failed(kind, ErrorCode::InvalidImageSize, message)
            .settled_by("make the disk smaller, and upload its image again");
    }
    let class = object.storage_class.as_deref().unwrap_or_default();
    let error = ErrorCode::InvalidOssObjectNeedRestore;
    match (class.ends_with("Archive"), object.restore) {
        (false, _) => Check::passed(kind, format!("object {key} has {size} bytes")),
        (true, Some(Restore::Done)) => Check::passed(
            kind,
            format!(
                "object {key} has {size} bytes; its storage class is {class}, and it is restored"
            ),
        ),
        (true, Some(Restore::Underway)) => {
            let message =
                format!("object {key} is of storage class {class} and is still being restored");
            Check::failed(kind, error, message).settled_by(stat(bucket, key))
        }
        (true, None) => {
            let message =
                format!("object {key} is of storage class {class} and must be restored first");
            Check::failed(kind, error, message)
                .settled_by(format!("aliyun oss restore {}", address(bucket, key)))
        }
    }
}

fn stat(bucket: &BucketName, key: &ObjectKey) -> String {
    format!("aliyun oss stat {}", address(bucket, key))
}

/// The object in a command.
fn address(bucket: &BucketName, key: &ObjectKey) -> String {
    quote(&format!("oss://{bucket}/{key}"))
}

/// ECS looks into the file to tell its format, and refuses some names before that. Which names it takes besides those of
/// its formats, and whether letter case counts, is not documented. Source: ECS, ImportImage, `Format` and
/// `UnsupportedSuffix.OSSObject`, May 2025.
fn format(question: &ImportQuestion) -> Check {
    let kind = CheckKind::Format;
    let error = ErrorCode::UnsupportedSuffix;
    let Some(key) = question.object.as_ref().map(ObjectKey::as_str) else {
        return Check::skipped(kind, "no object was asked about");
    };
    let lower = key.to_ascii_lowercase();
    let ends = |suffix: &&&str| lower.ends_with(**suffix);
    if let Some(packed) = PACKED.iter().find(ends) {
        let unpacked = match lower.contains(".raw.") {
            true => "what ExportImage wrote is packed",
            false => "a packed file is no disk image",
        };
        let message = format!(
            "object {key} ends with {packed}: {unpacked}, and ImportImage does not unpack it"
        );
        return Check::failed(kind, error, message)
            .settled_by("unpack the file and upload what is in it, such as disk.raw");
    }
    let named = SUFFIXES.join(", ");
    match SUFFIXES.iter().find(ends) {
        Some(&PREVIEW) => {
            let message = format!(
                "object {key} is a VMDK file by its name, which ImportImage takes from invited accounts only"
            );
            Check::depends(kind, ErrorCode::InvalidImageFormatMalformed, message)
                .settled_by("convert the file to QCOW2 with `qemu-img convert`")
        }
        Some(suffix) if key.ends_with(suffix) => Check::passed(
            kind,
            format!("ImportImage takes names that end with {suffix}"),
        ),
        Some(suffix) => {
            let message = format!(
                "object {key} does not end with {suffix} in small letters, and whether ImportImage minds is not documented"
            );
            Check::depends(kind, error, message)
                .settled_by(format!("copy the object to a key that ends with {suffix}"))
        }
        None => {
            let message = format!(
                "object {key} ends with none of {named}, and which other names ImportImage takes is not documented"
            );
            Check::depends(kind, error, message).settled_by(format!(
                "copy the object to a key that ends with its format, one of {named}"
            ))
        }
    }
}
