//! Who signed a request: time, key, token, signature and nonce, in this order, with the gateway's own refusals.
//!
//! The signature is made again from what was received, with the client's code: this proves that both ends agree,
//! not that they are right; that is proven by the published vectors.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::caller::{Caller, Identity};
use super::incoming::{Incoming, Scheme};
use super::nonces::WINDOW_SECONDS;
use super::refusal::Refusal;
use super::state::{KeyOwner, World};
use crate::ram::signature::v3::{Authorization, Signable};
use crate::ram::signature::{sha256_hex, v1, v3};

/// The caller, if the request proves who it is.
pub(crate) fn authenticate(
    world: &mut World,
    incoming: &Incoming<'_>,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    let claim = match incoming.scheme {
        Scheme::V1 => claim_v1(incoming)?,
        Scheme::V3 => claim_v3(incoming)?,
    };
    check_time(claim.time, now)?;
    let (secret, caller) = find_key(world, &claim, now)?;
    match incoming.scheme {
        Scheme::V1 => check_v1(incoming, &claim, &secret)?,
        Scheme::V3 => check_v3(incoming, &secret)?,
    }
    if world.nonces.take(claim.key_id, claim.nonce, now) {
        Ok(caller)
    } else {
        let message = "Specified signature nonce was used already.";
        Err(Refusal::new(400, "SignatureNonceUsed", message))
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

fn claim_v1<'a>(incoming: &'a Incoming<'_>) -> Result<Claim<'a>, Refusal> {
    let need = |name| {
        let value = incoming.parameters.optional(name);
        value.ok_or_else(|| Refusal::missing_common(name))
    };
    let claim = Claim {
        key_id: need("AccessKeyId")?,
        signature: need(v1::SIGNATURE)?,
        time: need("Timestamp")?,
        nonce: need("SignatureNonce")?,
        token: incoming.parameters.optional("SecurityToken"),
    };
    if need("SignatureMethod")? != "HMAC-SHA1" {
        let message = "Specified signature method is not valid.";
        return Err(Refusal::new(400, "InvalidSignatureMethod", message));
    }
    if need("SignatureVersion")? != "1.0" {
        return Err(incomplete());
    }
    Ok(claim)
}

fn claim_v3<'a>(incoming: &'a Incoming<'_>) -> Result<Claim<'a>, Refusal> {
    let need = |name| {
        let value = incoming.header(name);
        value.ok_or_else(|| Refusal::missing_common(name))
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
        token: incoming.header("x-acs-security-token"),
        signature: "",
    })
}

fn incomplete() -> Refusal {
    let message = "The request signature does not conform to Aliyun standards.";
    Refusal::new(400, "IncompleteSignature", message)
}

fn check_time(text: &str, now: Timestamp) -> Result<(), Refusal> {
    let time = DateTime::strptime("%Y-%m-%dT%H:%M:%SZ", text)
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map_err(|_| {
            let message = "Specified time stamp or date value is not well formatted.";
            Refusal::new(400, "InvalidTimeStamp.Format", message)
        })?;
    let apart = now.as_second() - time.timestamp().as_second();
    if apart.abs() > WINDOW_SECONDS {
        let message = "Specified time stamp or date value is expired.";
        return Err(Refusal::new(400, "InvalidTimeStamp.Expired", message));
    }
    Ok(())
}

fn find_key(world: &World, claim: &Claim<'_>, now: Timestamp) -> Result<(String, Caller), Refusal> {
    if let Some(key) = world.keys.get(claim.key_id) {
        if !key.is_active {
            let message = "Specified access key is disabled.";
            return Err(Refusal::new(400, "InvalidAccessKeyId.Inactive", message));
        }
        if claim.token.is_some() {
            return Err(mismatched_token());
        }
        let identity = match &key.owner {
            KeyOwner::Root => Identity::Root,
            KeyOwner::User(name) => Identity::User(name.clone()),
        };
        let caller = Caller {
            account: key.account.clone(),
            identity,
            allowed: key.allowed.clone(),
        };
        return Ok((key.secret.clone(), caller));
    }
    let Some(session) = world.sessions.get(claim.key_id) else {
        let message = "Specified access key is not found.";
        return Err(Refusal::new(404, "InvalidAccessKeyId.NotFound", message));
    };
    let Some(token) = claim.token else {
        let message = "SecurityToken is mandatory for this action.";
        return Err(Refusal::new(400, "MissingSecurityToken", message));
    };
    if token != session.token {
        let is_known = world.sessions.values().any(|other| other.token == token);
        return Err(if is_known {
            mismatched_token()
        } else {
            malformed_token()
        });
    }
    if session.expires <= now {
        return Err(expired_token());
    }
    let caller = Caller {
        account: session.account.clone(),
        identity: Identity::Session(session.clone()),
        allowed: None,
    };
    Ok((session.secret.clone(), caller))
}

fn mismatched_token() -> Refusal {
    let message = "Specified SecurityToken mismatch with the AccessKey.";
    Refusal::new(400, "InvalidSecurityToken.MismatchWithAccessKey", message)
}

fn malformed_token() -> Refusal {
    let message = "Specified SecurityToken is malformed.";
    Refusal::new(400, "InvalidSecurityToken.Malformed", message)
}

pub(crate) fn expired_token() -> Refusal {
    let message = "Specified SecurityToken is expired.";
    Refusal::new(400, "InvalidSecurityToken.Expired", message)
}

fn check_v1(incoming: &Incoming<'_>, claim: &Claim<'_>, secret: &str) -> Result<(), Refusal> {
    let query = v1::canonical_query(incoming.parameters.pairs());
    let text = v1::string_to_sign(&incoming.request.method, &query);
    if v1::signature(secret, &text) == claim.signature {
        return Ok(());
    }
    let message = format!(
        "Specified signature is not matched with our calculation. server string to sign is:{text}"
    );
    Err(Refusal::new(400, "SignatureDoesNotMatch", message))
}

fn check_v3(incoming: &Incoming<'_>, secret: &str) -> Result<(), Refusal> {
    let header = incoming.header("authorization").unwrap_or_default();
    let claimed = Authorization::parse(header).ok_or_else(incomplete)?;
    let content = incoming
        .header("x-acs-content-sha256")
        .ok_or_else(|| Refusal::missing_common("x-acs-content-sha256"))?;
    let headers = &incoming.request.headers;
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
        method: &incoming.request.method,
        query: &incoming.query,
        headers,
        signed_headers: &claimed.signed_headers,
        content_sha256: content,
    });
    let text = v3::string_to_sign(&canonical);
    let is_body = content.eq_ignore_ascii_case(&sha256_hex(&incoming.request.body));
    if is_body && v3::signature(secret, &text) == claimed.signature {
        return Ok(());
    }
    // Seen in the wild, not documented: both stages, so that a client can tell which differs.
    let message = format!(
        "Specified signature does not match our calculation. server string to sign is:{text}, \
         server canonicalString is:{canonical}"
    );
    Err(Refusal::new(400, "SignatureDoesNotMatch", message))
}
