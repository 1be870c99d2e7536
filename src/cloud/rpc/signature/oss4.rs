//! OSS signature version 4, in the headers or in the query of a presigned link.
//!
//! Source: OSS, "Include a V4 signature in the Authorization header", "V4 signatures in presigned URLs", and both
//! official SDKs.

use jiff::Timestamp;

use super::primitives::{hex, hmac_sha256, sha256_hex};
use crate::cloud::rpc::encoding::{encode, encode_path};

/// The scheme's name, first word of the `Authorization` header.
pub const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// The body's hash is never taken; this stands in its place.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Writes `at` as the header `x-oss-date` wants it: `20260102T030405Z`.
#[must_use]
pub fn timestamp(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// What a signature is good for: one day, one region.
#[must_use]
pub fn scope(at: Timestamp, region: &str) -> String {
    let day = at.strftime("%Y%m%d");
    format!("{day}/{region}/oss/aliyun_v4_request")
}

/// Stage 1. `resource` is `/bucket/object`, decoded, with the bucket in it even though it is also in the host.
/// A query key without a value, such as `bucketInfo`, has `None`. All headers may be passed; only `x-oss-*`,
/// `content-type` and `content-md5` are signed.
#[must_use]
pub fn canonical_request(
    method: &str,
    resource: &str,
    query: &[(&str, Option<&str>)],
    headers: &[(String, String)],
) -> String {
    // By name before anything is put behind it: `a` comes before `a-b`, though `=` and `:` come after `-`.
    let mut query: Vec<_> = query
        .iter()
        .map(|(key, value)| (encode(key), value.map(encode)))
        .collect();
    query.sort_unstable();
    let query: Vec<String> = query
        .into_iter()
        .map(|(key, value)| match value {
            Some(value) => format!("{key}={value}"),
            None => key.into_owned(),
        })
        .collect();
    let mut signed: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .filter(|(name, _)| {
            name.starts_with("x-oss-") || name == "content-type" || name == "content-md5"
        })
        .collect();
    signed.sort_unstable();
    let signed: Vec<String> = signed
        .into_iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    format!(
        "{method}\n{}\n{}\n{}\n\n{UNSIGNED_PAYLOAD}",
        encode_path(resource),
        query.join("&"),
        signed.concat()
    )
}

/// Stage 2.
#[must_use]
pub fn string_to_sign(at: Timestamp, region: &str, canonical_request: &str) -> String {
    format!(
        "{ALGORITHM}\n{}\n{}\n{}",
        timestamp(at),
        scope(at, region),
        sha256_hex(canonical_request.as_bytes())
    )
}

/// Stage 3: the signature. The key is made of secret, day and region.
#[must_use]
pub fn signature(secret: &str, at: Timestamp, region: &str, string_to_sign: &str) -> String {
    let root = zeroize::Zeroizing::new(format!("aliyun_v4{secret}"));
    let day = at.strftime("%Y%m%d").to_string();
    let key = [region, "oss", "aliyun_v4_request"]
        .iter()
        .fold(hmac_sha256(root.as_bytes(), day.as_bytes()), |key, part| {
            hmac_sha256(&key, part.as_bytes())
        });
    hex(&hmac_sha256(&key, string_to_sign.as_bytes()))
}

/// Stage 4: the `Authorization` header.
#[must_use]
pub fn authorization(
    access_key_id: &str,
    secret: &str,
    at: Timestamp,
    region: &str,
    string_to_sign: &str,
) -> String {
    let signature = signature(secret, at, region, string_to_sign);
    let scope = scope(at, region);
    format!("{ALGORITHM} Credential={access_key_id}/{scope},Signature={signature}")
}

/// The query of a presigned link but for the signature, in the order in which it is written. `life` is in seconds.
#[must_use]
pub fn presigned_query(
    access_key_id: &str,
    token: Option<&str>,
    at: Timestamp,
    region: &str,
    life: u64,
) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("x-oss-signature-version", ALGORITHM.to_owned()),
        ("x-oss-date", timestamp(at)),
        ("x-oss-expires", life.to_string()),
        (
            "x-oss-credential",
            format!("{access_key_id}/{}", scope(at, region)),
        ),
    ];
    query.extend(token.map(|token| ("x-oss-security-token", token.to_owned())));
    query
}
