//! Who signed a request: time, key, token, signature and nonce, in this order, with the gateway's own errors.
//!
//! The signature is made again from what was received, with the client's code: this proves that both ends agree,
//! not that they are right; that is proven by the published vectors.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::api_error::ApiError;
use super::request::{Request, Scheme};
use crate::cloud::rpc::signature::v3::{Authorization, Signable};
use crate::cloud::rpc::signature::{sha256_hex, v1, v3};
use crate::sandbox::caller::Caller;
use crate::sandbox::keys::{self, KeyProblem};
use crate::sandbox::state::{WINDOW_SECONDS, World};

/// The caller, if the request proves who it is.
pub(crate) fn authenticate(
    world: &mut World,
    request: &Request<'_>,
    now: Timestamp,
) -> Result<Caller, ApiError> {
    let claim = match request.scheme {
        Scheme::V1 => claim_v1(request)?,
        Scheme::V3 => claim_v3(request)?,
    };
    check_time(claim.time, now)?;
    let found = keys::find(world, claim.key_id, claim.token, now);
    let (secret, caller) = found.map_err(key_error)?;
    match request.scheme {
        Scheme::V1 => check_v1(request, &claim, &secret)?,
        Scheme::V3 => check_v3(request, &secret)?,
    }
    if world.nonces.take(claim.key_id, claim.nonce, now) {
        Ok(caller)
    } else {
        let message = "Specified signature nonce was used already.";
        Err(ApiError::new(400, "SignatureNonceUsed", message))
    }
}

/// What a request says of itself, not yet believed.
struct Claim<'a> {
    key_id: &'a str,
    time: &'a str,
    nonce: &'a str,
    token: Option<&'a str>,
    /// V1 only; that of V3 is in its header.
    signature: &'a str,
}

fn claim_v1<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, ApiError> {
    let need = |name| {
        let value = request.parameters.optional(name);
        value.ok_or_else(|| ApiError::missing_common(name))
    };
    let claim = Claim {
        key_id: need("AccessKeyId")?,
        signature: need(v1::SIGNATURE)?,
        time: need("Timestamp")?,
        nonce: need("SignatureNonce")?,
        token: request.parameters.optional("SecurityToken"),
    };
    if need("SignatureMethod")? != "HMAC-SHA1" {
        let message = "Specified signature method is not valid.";
        return Err(ApiError::new(400, "InvalidSignatureMethod", message));
    }
    if need("SignatureVersion")? != "1.0" {
        return Err(incomplete());
    }
    Ok(claim)
}

fn claim_v3<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, ApiError> {
    let need = |name| {
        let value = request.header(name);
        value.ok_or_else(|| ApiError::missing_common(name))
    };
    let header = need("authorization")?;
    // The key id is needed as a slice of the request, so it is cut out here and parsed again for the check.
    let key_id = header
        .split_once("Credential=")
        .and_then(|(_, rest)| rest.split(',').next())
        .ok_or_else(incomplete)?;
    Ok(Claim {
        key_id: key_id.trim(),
        time: need("x-acs-date")?,
        nonce: need("x-acs-signature-nonce")?,
        token: request.header("x-acs-security-token"),
        signature: "",
    })
}

fn incomplete() -> ApiError {
    let message = "The request signature does not conform to Aliyun standards.";
    ApiError::new(400, "IncompleteSignature", message)
}

fn check_time(text: &str, now: Timestamp) -> Result<(), ApiError> {
    let time = DateTime::strptime("%Y-%m-%dT%H:%M:%SZ", text)
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map_err(|_| {
            let message = "Specified time stamp or date value is not well formatted.";
            ApiError::new(400, "InvalidTimeStamp.Format", message)
        })?;
    let apart = now.as_second() - time.timestamp().as_second();
    if apart.abs() > WINDOW_SECONDS {
        let message = "Specified time stamp or date value is expired.";
        return Err(ApiError::new(400, "InvalidTimeStamp.Expired", message));
    }
    Ok(())
}

fn key_error(problem: KeyProblem) -> ApiError {
    match problem {
        KeyProblem::Unknown => {
            let message = "Specified access key is not found.";
            ApiError::new(404, "InvalidAccessKeyId.NotFound", message)
        }
        KeyProblem::Inactive => {
            let message = "Specified access key is disabled.";
            ApiError::new(400, "InvalidAccessKeyId.Inactive", message)
        }
        KeyProblem::TokenMissing => {
            let message = "SecurityToken is mandatory for this action.";
            ApiError::new(400, "MissingSecurityToken", message)
        }
        KeyProblem::TokenMismatch => mismatched_token(),
        KeyProblem::TokenMalformed => malformed_token(),
        KeyProblem::TokenExpired => expired_token(),
    }
}

fn mismatched_token() -> ApiError {
    let message = "Specified SecurityToken mismatch with the AccessKey.";
    ApiError::new(400, "InvalidSecurityToken.MismatchWithAccessKey", message)
}

fn malformed_token() -> ApiError {
    let message = "Specified SecurityToken is malformed.";
    ApiError::new(400, "InvalidSecurityToken.Malformed", message)
}

pub(crate) fn expired_token() -> ApiError {
    let message = "Specified SecurityToken is expired.";
    ApiError::new(400, "InvalidSecurityToken.Expired", message)
}

fn check_v1(request: &Request<'_>, claim: &Claim<'_>, secret: &str) -> Result<(), ApiError> {
    let query = v1::canonical_query(request.parameters.pairs());
    let text = v1::string_to_sign(&request.http.method, &query);
    if v1::signature(secret, &text) == claim.signature {
        return Ok(());
    }
    let message = format!(
        "Specified signature is not matched with our calculation. server string to sign is:{text}"
    );
    Err(ApiError::new(400, "SignatureDoesNotMatch", message))
}

fn check_v3(request: &Request<'_>, secret: &str) -> Result<(), ApiError> {
    let header = request.header("authorization").unwrap_or_default();
    let claimed = Authorization::parse(header).ok_or_else(incomplete)?;
    let content = request
        .header("x-acs-content-sha256")
        .ok_or_else(|| ApiError::missing_common("x-acs-content-sha256"))?;
    let headers = &request.http.headers;
    let signed: Vec<&str> = claimed.signed_headers.split(';').collect();
    let must_be_signed = |name: &str| name == "host" || name.starts_with("x-acs-");
    let is_covered = headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| must_be_signed(name))
        .all(|name| signed.contains(&name.as_str()));
    if !is_covered {
        return Err(incomplete());
    }
    let canonical = v3::canonical_request(&Signable {
        method: &request.http.method,
        query: &request.query,
        headers,
        signed_headers: &claimed.signed_headers,
        content_sha256: content,
    });
    let text = v3::string_to_sign(&canonical);
    let is_body = content.eq_ignore_ascii_case(&sha256_hex(&request.http.body));
    if is_body && v3::signature(secret, &text) == claimed.signature {
        return Ok(());
    }
    // Seen in the wild, not documented: both stages, so that a client can tell which differs.
    let message = format!(
        "Specified signature does not match our calculation. server string to sign is:{text}, \
         server canonicalString is:{canonical}"
    );
    Err(ApiError::new(400, "SignatureDoesNotMatch", message))
}
