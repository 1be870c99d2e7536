//! STS `AssumeRoleWithOIDC`: an outside identity's token in the place of a signature.
//!
//! The token's own signature is not checked, since there is no issuer to ask; everything else about it is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::sessions::NewSession;
use crate::cloud::rpc::signature::timestamp;
use crate::model::AccountId;
use crate::sandbox::caller::Caller;
use crate::sandbox::evaluation::{Context, Decision, decide_trust};
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{OidcProvider, World};

/// What a token says. Times in seconds since 1970.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    iat: i64,
}

/// One audience, or a list of them: `aud` may be either.
struct Audience(Vec<String>);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let one = value.as_str().map(|text| vec![text.to_owned()]);
        let many = || serde_json::from_value(value.clone()).map_err(serde::de::Error::custom);
        Ok(Self(one.map_or_else(many, Ok)?))
    }
}

pub(super) fn assume_role(
    world: &mut World,
    _caller: Option<&Caller>,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let wanted = NewSession::read(world, parameters)?;
    let arn = parameters.required("OIDCProviderArn")?;
    let provider = find_provider(world, arn).ok_or_else(|| {
        let message = format!("The OIDC provider does not exist: {arn}");
        ApiError::new(404, "EntityNotExist.OIDCProvider", message)
    })?;
    let token = parameters.required("OIDCToken")?;
    let claims = read(token).ok_or_else(|| failed("OIDCToken.Invalid", "The token is invalid."))?;
    if claims.iss != provider.issuer {
        return Err(failed("OIDCToken.Invalid", "The issuer does not match."));
    }
    if claims.exp <= now.as_second() {
        return Err(failed("OIDCToken.Expired", "The token has expired."));
    }
    let Audience(audience) = claims.aud;
    let Some(client) = audience.iter().find(|id| provider.client_ids.contains(id)) else {
        let message = "The audience does not match a client of the provider.";
        return Err(failed("OIDCToken.AudienceNotMatch", message));
    };
    let context = Context::from([
        ("oidc:iss".to_owned(), claims.iss.clone()),
        ("oidc:aud".to_owned(), client.clone()),
        ("oidc:sub".to_owned(), claims.sub.clone()),
    ]);
    let (_, role) = wanted.find(world)?;
    if decide_trust(&role.trust, ("Federated", arn), &context) != Decision::Allowed {
        return Err(failed(
            "NoPermission",
            "This operation is forbidden by the trust policy.",
        ));
    }
    let mut answer = wanted.open(world, now)?;
    let time = |second| {
        Timestamp::from_second(second)
            .map(timestamp)
            .unwrap_or_default()
    };
    let token = json!({
        "Subject": claims.sub,
        "Issuer": claims.iss,
        "ClientIds": audience.join(","),
        "ExpirationTime": time(claims.exp),
        "IssuanceTime": time(claims.iat),
        "VerificationInfo": "Success",
    });
    insert(&mut answer, "OIDCTokenInfo", Some(token));
    Ok(answer)
}

/// Source: STS, errors of `AssumeRoleWithOIDC`.
fn failed(reason: &str, message: &str) -> ApiError {
    ApiError::new(401, format!("AuthenticationFail.{reason}"), message)
}

/// Reads `acs:ram::<account>:oidc-provider/<name>`.
fn find_provider(world: &World, arn: &str) -> Option<OidcProvider> {
    let (account, name) = arn
        .strip_prefix("acs:ram::")?
        .split_once(":oidc-provider/")?;
    let account = world.account(&AccountId::new(account).ok()?)?;
    account
        .oidc_providers
        .get(&name.to_ascii_lowercase())
        .cloned()
}

/// The middle of the three parts of a token.
fn read(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&claims).ok()
}
