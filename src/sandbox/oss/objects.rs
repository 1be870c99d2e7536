//! Objects: listed in pages, described, read. Source: OSS, `ListObjectsV2`, `HeadObject`, `GetObject`.

use std::ops::Bound;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::errors::{self, OssError};
use super::request::OssRequest;
use super::response;
use crate::cloud::rpc::encoding::encode;
use crate::cloud::rpc::signature::sha256_hex;
use crate::cloud::rpc::transport::HttpResponse;
use crate::sandbox::date::http_date;
use crate::sandbox::rpc::answer::insert;
use crate::sandbox::state::{Bucket, Object};

/// Most keys in a page. Source: OSS, `max-keys`.
const MOST: usize = 1000;
/// Keys in a page when the caller does not say. Same source.
const USUAL: usize = 100;

/// How long a restored copy stays. Source: OSS, `RestoreObject`, the default of a day.
const RESTORED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Folders are not made: a delimiter is refused.
pub(super) fn list(bucket: &Bucket, request: &OssRequest<'_>) -> Result<HttpResponse, OssError> {
    let value = |name| request.query_value(name).filter(|value| !value.is_empty());
    if value("delimiter").is_some() {
        return Err(errors::not_implemented());
    }
    let most = match value("max-keys").map(str::parse) {
        None => USUAL,
        Some(Ok(most)) if (1..=MOST).contains(&most) => most,
        Some(_) => {
            let message = "Argument maxKeys must be an integer between 0 and 1000.";
            return Err(errors::invalid_argument(message));
        }
    };
    let is_encoded = value("encoding-type") == Some("url");
    let shown = |text: &str| match is_encoded {
        true => encode(text).into_owned(),
        false => text.to_owned(),
    };
    let prefix = value("prefix").unwrap_or_default();
    let start = match value("continuation-token") {
        Some(token) => decode(token).ok_or_else(|| {
            errors::invalid_argument("The continuation token provided is incorrect.")
        })?,
        None => value("start-after").unwrap_or_default().to_owned(),
    };
    let after = (Bound::Excluded(start), Bound::Unbounded);
    let mut objects = bucket
        .objects
        .range(after)
        .map(|(_, object)| object)
        .filter(|object| object.key.starts_with(prefix));
    let page: Vec<&Object> = objects.by_ref().take(most).collect();
    let is_truncated = objects.next().is_some();
    let contents: Vec<Value> = page
        .iter()
        .map(|object| {
            json!({
                "Key": shown(&object.key),
                "LastModified": response::time(object.modified),
                "ETag": etag(object),
                "Type": "Multipart",
                "Size": object.size(),
                "StorageClass": object.storage_class,
            })
        })
        .collect();
    let last = page.last().filter(|_| is_truncated);
    let mut answer = json!({
        "Name": bucket.name,
        "Prefix": shown(prefix),
        "MaxKeys": most,
        "IsTruncated": is_truncated,
        "KeyCount": contents.len(),
        "Contents": contents,
    });
    let token = last.map(|object| URL_SAFE_NO_PAD.encode(&object.key));
    insert(&mut answer, "NextContinuationToken", token);
    let given = value("continuation-token");
    insert(&mut answer, "ContinuationToken", given);
    insert(&mut answer, "StartAfter", value("start-after").map(shown));
    insert(&mut answer, "EncodingType", is_encoded.then_some("url"));
    Ok(response::xml("ListBucketResult", &answer))
}

fn decode(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

pub(super) fn head(bucket: &Bucket, key: &str) -> Result<HttpResponse, OssError> {
    let object = bucket.objects.get(key).ok_or_else(errors::no_key)?;
    let mut answer = described(object);
    let length = object.size().to_string();
    answer.headers.push(("content-length".to_owned(), length));
    Ok(answer)
}

pub(super) fn get(bucket: &Bucket, key: &str) -> Result<HttpResponse, OssError> {
    let object = bucket.objects.get(key).ok_or_else(errors::no_key)?;
    if object.is_archived() {
        return Err(errors::archived());
    }
    let mut answer = described(object);
    answer.body = object.content.clone().into_bytes();
    Ok(answer)
}

fn described(object: &Object) -> HttpResponse {
    let mut answer = response::with_body("application/octet-stream", Vec::new());
    let headers = [
        ("etag", etag(object)),
        ("last-modified", http_date(object.modified)),
        ("x-oss-object-type", "Multipart".to_owned()),
        ("x-oss-storage-class", object.storage_class.clone()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    answer.headers.extend(headers);
    if let Some(restored) = object.restored {
        let until = restored.checked_add(RESTORED_FOR).unwrap_or(restored);
        let value = format!(
            "ongoing-request=\"false\", expiry-date=\"{}\"",
            http_date(until)
        );
        answer.headers.push(("x-oss-restore".to_owned(), value));
    }
    answer
}

fn etag(object: &Object) -> String {
    let hash = sha256_hex(object.content.as_bytes()).to_ascii_uppercase();
    let hash: String = hash.chars().take(32).collect();
    format!("\"{hash}-1\"")
}
