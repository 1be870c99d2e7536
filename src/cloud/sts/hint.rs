//! What to do when STS does not give a session.

use std::borrow::Cow;

use super::role::Role;
use crate::account::{AccountError, AccountErrorKind};

/// The error of `AssumeRole` with what to do about it.
pub(super) fn of_signed(error: AccountError, role: &Role) -> AccountError {
    with_advice(error, Some(role))
}

/// The error of `AssumeRoleWithOIDC` with what to do about it.
pub(super) fn of_oidc(error: AccountError) -> AccountError {
    with_advice(error, None)
}

fn with_advice(mut error: AccountError, signed: Option<&Role>) -> AccountError {
    if error.advice.is_none() {
        let advice = match &error.code {
            Some(code) => refused(code, &error, signed),
            None => unanswered(error.kind).into(),
        };
        error.advice = Some(advice.into_owned());
    }
    error
}

/// No answer of STS came.
fn unanswered(kind: AccountErrorKind) -> &'static str {
    match kind {
        AccountErrorKind::Unreachable => {
            "check the network, `HTTPS_PROXY` and `NO_PROXY`, and `ALIBABA_CLOUD_STS_ENDPOINT` or \
             `ALIBABA_CLOUD_STS_REGION` if set"
        }
        AccountErrorKind::BadAnswer => {
            "something between here and STS answered in its place; check the endpoint and the proxy"
        }
        _ => "run again; if it stays, check the network and the proxy",
    }
}

/// What to do about a refusal of the role `signed`, or of a token.
fn refused(code: &str, error: &AccountError, signed: Option<&Role>) -> Cow<'static, str> {
    if let Some(rest) = code.strip_prefix("AuthenticationFail.") {
        return oidc(rest).into();
    }
    match code {
        "NoPermission" | "Forbidden" | "Forbidden.RAM" => denied(error, signed),
        "EntityNotExist.Role" => {
            "there is no such role in that account; check account id and name in the role's ARN"
                .into()
        }
        "InvalidParameter.DurationSeconds" => {
            "the session may not be longer than the role's maximum, 3600 seconds unless changed; \
             ask for a shorter one"
                .into()
        }
        "InvalidParameter.PolicyGrammar" | "InvalidParameter.PolicySize" => {
            "correct the profile's `policy`, or leave it out".into()
        }
        "InvalidTimeStamp.Expired" => {
            "set this machine's clock; the service takes at most 15 minutes of difference".into()
        }
        "SignatureDoesNotMatch" => {
            "the secret does not belong to this access key id; copy both again".into()
        }
        "InvalidAccessKeyId.NotFound" => {
            "the access key id is unknown; check it for a typing error or a deleted key".into()
        }
        "InvalidAccessKeyId.Inactive" => {
            "the access key is disabled; enable it in the RAM console or use another".into()
        }
        "InvalidSecurityToken.Expired" => {
            "the session that asks for the role has ended; get a new one and run again".into()
        }
        _ if code.contains("SecurityToken") => {
            "key id, secret and security token must come from the same session; get a new one"
                .into()
        }
        _ if code.contains("Throttling") => {
            "STS takes 100 calls a second of one account; wait a minute and run again".into()
        }
        _ if code.starts_with("InvalidParameter") => {
            "check the role's ARN, the session name and the external id".into()
        }
        "ServiceUnavailable" | "InternalError" | "UnknownError" => "run again later".into(),
        _ => "look the code up in the error table of STS".into(),
    }
}

/// STS has one text for a missing permission and for a trust policy that leaves the caller out, so both are
/// named.
fn denied(error: &AccountError, signed: Option<&Role>) -> Cow<'static, str> {
    let denied = error.access_denied.as_deref();
    if error.message.contains("root account") {
        return "the main account's key cannot take on a role; use a RAM user's key".into();
    }
    if denied.is_some_and(|detail| detail.policy_type == "ControlPolicy") {
        return "a control policy of the resource directory denies it; ask who manages the directory".into();
    }
    let Some(role) = signed else {
        return oidc("NoPermission").into();
    };
    let external = match role.external_id {
        Some(_) => ", or asks for another external id",
        None => ", or asks for an external id",
    };
    format!(
        "two causes look alike: the caller lacks `sts:AssumeRole` on the role (`AliyunSTSAssumeRoleAccess` grants it), \
         or the role's trust policy leaves the caller out{external}; check both"
    )
    .into()
}

fn oidc(code: &str) -> &'static str {
    match code {
        "NoPermission" => {
            "the role's trust policy does not take this token; compare its `oidc:iss`, `oidc:aud` and `oidc:sub` \
             conditions with the token's claims"
        }
        "OIDCToken.Expired" => {
            "the OIDC token has ended; get a new one, or let its file be rotated"
        }
        "OIDCToken.AudienceNotMatch" => {
            "ask for the token with an audience that the OIDC provider lists among its client ids"
        }
        "OIDCToken.HttpsUrlInvalid" => {
            "the issuer's URL in the OIDC provider is not reachable by https"
        }
        "OIDCToken.InvalidSignature" => {
            "the token is not signed by the issuer that the OIDC provider knows; check provider and fingerprint"
        }
        _ => "check that the token comes from the issuer of this OIDC provider and is whole",
    }
}
