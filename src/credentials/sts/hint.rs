//! What to do when STS does not give a session.

use std::borrow::Cow;

use super::{Refusal, Role};
use crate::ram::transport::{TransportError, TransportErrorKind};

/// Something else than STS answered, or STS in a way we do not know.
pub(super) const NOT_STS: &str =
    "something between here and STS answered in its place; check the endpoint and the proxy";

/// No complete answer came.
pub(super) fn unanswered(error: &TransportError) -> &'static str {
    match error.kind {
        TransportErrorKind::NotConnected(_) | TransportErrorKind::BadRequest => {
            "check the network, `HTTPS_PROXY` and `NO_PROXY`, and `ALIBABA_CLOUD_STS_ENDPOINT` or \
             `ALIBABA_CLOUD_STS_REGION` if set"
        }
        _ => "run again; if it stays, check the network and the proxy",
    }
}

/// What to do about `refusal`.
pub(super) fn refused(refusal: &Refusal, role: &Role, with_oidc: bool) -> Cow<'static, str> {
    let code = refusal.code.as_str();
    if let Some(rest) = code.strip_prefix("AuthenticationFail.") {
        return oidc(rest).into();
    }
    match code {
        "NoPermission" | "Forbidden" | "Forbidden.RAM" => denied(refusal, role, with_oidc),
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
fn denied(refusal: &Refusal, role: &Role, with_oidc: bool) -> Cow<'static, str> {
    let policy_type = refusal
        .denied
        .as_ref()
        .and_then(|d| d.policy_type.as_deref());
    if refusal.message.contains("root account") {
        return "the main account's key cannot take on a role; use a RAM user's key".into();
    }
    if policy_type == Some("ControlPolicy") {
        return "a control policy of the resource directory denies it; ask who manages the directory".into();
    }
    if with_oidc {
        return oidc("NoPermission").into();
    }
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
