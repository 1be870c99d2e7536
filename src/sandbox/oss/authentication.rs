//! Who signed a request: version 4, in the header or in the query of a presigned URL.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::errors::{self, OssError};
use super::operation::Operation;
use super::request::OssRequest;
use crate::cloud::rpc::encoding::{encode, encode_path};
use crate::cloud::rpc::signature::oss4;
use crate::sandbox::caller::Caller;
use crate::sandbox::keys::{self, KeyProblem};
use crate::sandbox::state::{Bucket, WINDOW_SECONDS, World};

/// Longest life of a presigned URL. Unit: seconds. Source: OSS, "V4 signatures in presigned URLs".
const LONGEST_LIFE: i64 = 604_800;

/// What a request says of itself, not yet believed.
struct Claim<'a> {
    key_id: &'a str,
    region: &'a str,
    signature: &'a str,
    /// Names of headers that are signed besides the usual ones.
    additional: Vec<String>,
    at: Timestamp,
    token: Option<&'a str>,
    /// In seconds, for a presigned URL.
    life: Option<i64>,
}

/// The caller, if the request proves who it is; `None` for an unsigned one.
pub(super) fn authenticate(
    world: &World,
    request: &OssRequest<'_>,
    now: Timestamp,
) -> Result<Option<Caller>, OssError> {
    let Some(claim) = claim(request)? else {
        return Ok(None);
    };
    check_time(&claim, now)?;
    let found = keys::find(world, claim.key_id, claim.token, now);
    let (secret, caller) = found.map_err(|problem| match problem {
        KeyProblem::Unknown => errors::no_key_id(),
        KeyProblem::Inactive => errors::inactive_key_id(),
        KeyProblem::TokenExpired => errors::expired_token(),
        KeyProblem::TokenMissing | KeyProblem::TokenMismatch | KeyProblem::TokenMalformed => {
            errors::wrong_token()
        }
    })?;
    let canonical = canonical_request(request, &claim.additional);
    let text = oss4::string_to_sign(claim.at, claim.region, &canonical);
    let expected = oss4::authorization(claim.key_id, &secret, claim.at, claim.region, &text);
    let is_right = expected
        .rsplit_once("Signature=")
        .is_some_and(|(_, signature)| signature == claim.signature);
    if is_right {
        Ok(Some(caller))
    } else {
        Err(errors::wrong_signature(&text, &canonical))
    }
}

/// The region that a request was signed for must be its bucket's; only the bucket's description may be asked for from
/// anywhere. Source: OSS, `GetBucketInfo`.
pub(super) fn check_region(
    request: &OssRequest<'_>,
    operation: Operation,
    bucket: &Bucket,
) -> Result<(), OssError> {
    let Some(claim) = claim(request)? else {
        return Ok(());
    };
    if claim.region.is_empty() || claim.region.starts_with("oss-") {
        return Err(errors::signing_region());
    }
    if claim.region != bucket.region && operation != Operation::GetBucketInfo {
        return Err(errors::other_endpoint(&bucket.region));
    }
    Ok(())
}

fn claim<'a>(request: &'a OssRequest<'_>) -> Result<Option<Claim<'a>>, OssError> {
    if let Some(header) = request.header("authorization") {
        return claim_in_header(request, header).map(Some);
    }
    if request.query_value("x-oss-signature-version").is_some() {
        return claim_in_query(request).map(Some);
    }
    match request.query_value("OSSAccessKeyId") {
        Some(_) => Err(errors::old_signature()),
        None => Ok(None),
    }
}

fn claim_in_header<'a>(
    request: &'a OssRequest<'_>,
    header: &'a str,
) -> Result<Claim<'a>, OssError> {
    let Some(rest) = header.strip_prefix(oss4::ALGORITHM) else {
        return Err(match header.starts_with("OSS ") {
            true => errors::old_signature(),
            false => errors::malformed_authorization(),
        });
    };
    let parts = rest.split(',').map(str::trim);
    let parts: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let part = |wanted: &str| {
        let mut found = parts.iter().filter(|(name, _)| *name == wanted);
        found.next().map(|(_, value)| *value)
    };
    let need = |wanted| part(wanted).ok_or_else(errors::malformed_authorization);
    let (key_id, region) = credential(need("Credential")?)?;
    let date = request.header("x-oss-date");
    Ok(Claim {
        key_id,
        region,
        signature: need("Signature")?,
        additional: names(part("AdditionalHeaders")),
        at: time(date.ok_or_else(errors::malformed_authorization)?)?,
        token: request.header("x-oss-security-token"),
        life: None,
    })
}

fn claim_in_query<'a>(request: &'a OssRequest<'_>) -> Result<Claim<'a>, OssError> {
    let need = |name| {
        let value = request.query_value(name);
        value.ok_or_else(errors::malformed_authorization)
    };
    let (key_id, region) = credential(need("x-oss-credential")?)?;
    let life = need("x-oss-expires")?.parse().ok();
    let life = life.filter(|life| (1..=LONGEST_LIFE).contains(life));
    Ok(Claim {
        key_id,
        region,
        signature: need("x-oss-signature")?,
        additional: names(request.query_value("x-oss-additional-headers")),
        at: time(need("x-oss-date")?)?,
        token: request.query_value("x-oss-security-token"),
        life: Some(life.ok_or_else(errors::expires)?),
    })
}

fn names(list: Option<&str>) -> Vec<String> {
    let names = list.unwrap_or_default().split(';');
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_ascii_lowercase).collect()
}

/// Reads `<key id>/<day>/<region>/oss/aliyun_v4_request`.
fn credential(text: &str) -> Result<(&str, &str), OssError> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [key_id, _, region, "oss", "aliyun_v4_request"] => Ok((key_id, region)),
        _ => Err(errors::malformed_authorization()),
    }
}

fn time(text: &str) -> Result<Timestamp, OssError> {
    DateTime::strptime("%Y%m%dT%H%M%SZ", text)
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map(|time| time.timestamp())
        .map_err(|_| errors::malformed_authorization())
}

fn check_time(claim: &Claim<'_>, now: Timestamp) -> Result<(), OssError> {
    let age = now.as_second() - claim.at.as_second();
    match claim.life {
        Some(life) if age > life => Err(errors::expired()),
        Some(_) if age < -WINDOW_SECONDS => Err(errors::skewed()),
        None if age.abs() > WINDOW_SECONDS => Err(errors::skewed()),
        _ => Ok(()),
    }
}

/// Made from what was received, without the client's code: this end must not share a mistake with the other.
fn canonical_request(request: &OssRequest<'_>, additional: &[String]) -> String {
    let query = request.query.iter();
    let mut query: Vec<(String, String)> = query
        .filter(|(name, _)| name != "x-oss-signature")
        .map(|(name, value)| (encode(name).into_owned(), encode(value).into_owned()))
        .collect();
    query.sort();
    let query: Vec<String> = query
        .into_iter()
        .map(|(name, value)| match value.as_str() {
            "" => name,
            value => format!("{name}={value}"),
        })
        .collect();
    let mut headers: Vec<(String, &str)> = request
        .http
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .filter(|(name, _)| {
            name.starts_with("x-oss-")
                || name == "content-type"
                || name == "content-md5"
                || additional.contains(name)
        })
        .collect();
    headers.sort();
    let headers: Vec<String> = headers
        .into_iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.http.method,
        encode_path(&request.resource()),
        query.join("&"),
        headers.concat(),
        additional.join(";"),
        oss4::UNSIGNED_PAYLOAD,
    )
}
