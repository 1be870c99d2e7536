//! Logins that the aliyun CLI made: CloudSSO and OAuth.
//!
//! We use the session that the login left in the file while it lasts, and exchange the access token for another while that
//! one lasts. We never log in and never refresh: a refresh replaces both tokens, and one that is not saved would
//! end the user's login.

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::address::{self, Route};
use super::config_file::{Field, Profile};
use super::context::Context;
use super::place::Place;
use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::rpc::redact::code;
use crate::cloud::rpc::transport::{HttpRequest, HttpResponse, Transport};
use crate::cloud::sts::session_keys::{Keys, Shape};
use crate::shell::quote;

/// How much must be left of the login's own session for it to be preferred to an exchange.
const ENOUGH: SignedDuration = SignedDuration::from_mins(15);

/// A login. It does not print.
pub(super) struct Login {
    /// The session that the CLI left in the file.
    cached: Option<Credentials>,
    access_token: Option<SecretString>,
    /// When the access token ends.
    access_token_end: Option<Timestamp>,
    exchange: Exchange,
    /// Repeats the login.
    command: String,
}

struct Exchange {
    url: Url,
    route: Route,
    /// JSON; nothing for OAuth.
    body: Option<String>,
}

impl Login {
    /// Source: aliyun CLI, mode `CloudSSO`.
    pub(super) fn cloud_sso(place: &Place, profile: &Profile) -> Result<Self, CredentialError> {
        const URL: &str = "cloud_sso_sign_in_url";
        let url = place.needed(URL, &profile.cloud_sso_sign_in_url)?;
        let account = place.needed("cloud_sso_account_id", &profile.cloud_sso_account_id)?;
        let access = place.needed("cloud_sso_access_config", &profile.cloud_sso_access_config)?;
        let (mut url, route) = address::check(url).map_err(|problem| {
            place.error(
                format!("`{URL}` {problem}"),
                "give the sign-in URL of CloudSSO, which is https",
            )
        })?;
        url.set_path("/cloud-credentials");
        url.set_query(None);
        url.set_fragment(None);
        let body = serde_json::json!({"AccountId": account, "AccessConfigurationId": access});
        let end = place.optional(
            "cloud_sso_access_token_expire",
            &profile.cloud_sso_access_token_expire,
        )?;
        Ok(Self {
            cached: cached(place, profile)?,
            access_token: place
                .optional("access_token", &profile.access_token)?
                .cloned(),
            access_token_end: end.copied().and_then(unix_time),
            exchange: Exchange {
                url,
                route,
                body: Some(body.to_string()),
            },
            command: command(profile, "CloudSSO"),
        })
    }

    /// Source: aliyun CLI, mode `OAuth`.
    pub(super) fn oauth(place: &Place, profile: &Profile) -> Result<Self, CredentialError> {
        const SITE: &str = "oauth_site_type";
        let base = match place.needed(SITE, &profile.oauth_site_type)?.as_str() {
            "CN" => "https://oauth.aliyun.com/v1/exchange",
            "INTL" => "https://oauth.alibabacloud.com/v1/exchange",
            other => {
                let shown = other.escape_debug();
                return Err(place.error(
                    format!("`{SITE}` is `{shown}`, which is no site"),
                    format!("set `{SITE}` to `CN` or `INTL`"),
                ));
            }
        };
        let (url, route) =
            address::check(base).map_err(|p| place.error(p, "this is a bug in export-iam"))?;
        let token = place.optional("oauth_access_token", &profile.oauth_access_token)?;
        let end = place.optional(
            "oauth_access_token_expire",
            &profile.oauth_access_token_expire,
        )?;
        Ok(Self {
            cached: cached(place, profile)?,
            access_token: token.cloned(),
            access_token_end: end.copied().and_then(unix_time),
            exchange: Exchange {
                url,
                route,
                body: None,
            },
            command: command(profile, "OAuth"),
        })
    }

    /// The cached session, or a new one.
    pub(super) async fn fetch(
        &self,
        context: &Context,
        origin: &str,
    ) -> Result<Credentials, CredentialError> {
        let now = context.clock.now();
        let left = |credentials: &&Credentials, least| {
            let end = credentials.expires_at;
            end.is_some_and(|end| end.duration_since(now) > least)
        };
        let cached = self.cached.as_ref();
        if let Some(cached) = cached.filter(|cached| left(cached, ENOUGH)) {
            return Ok(cached.clone());
        }
        let token = self.access_token.as_ref();
        let lives = self.access_token_end.is_some_and(|end| end > now);
        match (
            token.filter(|_| lives),
            cached.filter(|c| left(c, SignedDuration::ZERO)),
        ) {
            (Some(token), _) => self.exchange(context, origin, token).await,
            (None, Some(cached)) => Ok(cached.clone()),
            (None, None) => Err(CredentialError::new(
                origin,
                "the login has ended",
                format!("log in again: {}", self.command),
            )),
        }
    }

    async fn exchange(
        &self,
        context: &Context,
        origin: &str,
        token: &SecretString,
    ) -> Result<Credentials, CredentialError> {
        let Exchange { url, route, body } = &self.exchange;
        let host = url.host_str().unwrap_or_default();
        let fail = |problem: String, hint: String| {
            let problem = format!("`{host}` does not exchange the login's token: {problem}");
            Err(CredentialError::new(origin, problem, hint))
        };
        let mut headers = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            (
                "authorization".to_owned(),
                format!("Bearer {}", token.expose_secret()),
            ),
        ];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let request = HttpRequest {
            method: "POST".to_owned(),
            url: url.to_string(),
            headers,
            body: body.clone().unwrap_or_default().into_bytes(),
        };
        let transport = match route {
            Route::Api => &context.api,
            Route::Direct => &context.direct,
        };
        let answer = match transport.send(request).await {
            Ok(answer) => answer,
            Err(error) => {
                let hint = "check the network, `HTTPS_PROXY` and `NO_PROXY`".to_owned();
                return fail(error.message, hint);
            }
        };
        match session(answer) {
            Ok(credentials) => Ok(credentials),
            Err(problem) => fail(problem, format!("log in again: {}", self.command)),
        }
    }
}

/// The session in an answer. CloudSSO wraps it, OAuth does not.
fn session(answer: HttpResponse) -> Result<Credentials, String> {
    #[derive(serde::Deserialize)]
    struct Reply {
        #[serde(rename = "CloudCredential")]
        wrapped: Option<Keys>,
    }
    let body = Zeroizing::new(answer.body);
    if answer.status != 200 {
        let keys = Keys::parse(&body).ok();
        let said = keys.and_then(|keys| keys.code);
        let said = said.map_or(String::new(), |said| format!(", {}", code(&said)));
        return Err(format!("status {}{said}", answer.status));
    }
    let odd = |problem: &str| format!("the answer {problem}");
    let keys = match serde_json::from_slice(&body) {
        Ok(Reply {
            wrapped: Some(keys),
        }) => keys,
        Ok(Reply { wrapped: None }) => Keys::parse(&body).map_err(odd)?,
        Err(_) => return Err(odd("is not the JSON that was expected")),
    };
    keys.into_credentials(Shape::Session).map_err(odd)
}

/// The session that the CLI left in the profile, if it is whole. Half a session is no mistake: it is a cache.
fn cached(place: &Place, profile: &Profile) -> Result<Option<Credentials>, CredentialError> {
    let id = place.optional("access_key_id", &profile.access_key_id)?;
    let secret = place.optional("access_key_secret", &profile.access_key_secret)?;
    let token = place.optional("sts_token", &profile.sts_token)?;
    let end = place.optional("sts_expiration", &profile.sts_expiration)?;
    let end = end.copied().and_then(unix_time);
    Ok(match (id, secret, token, end) {
        (Some(id), Some(secret), Some(token), Some(end)) => Some(Credentials {
            access_key_id: id.clone(),
            secret: secret.clone(),
            security_token: Some(token.clone()),
            expires_at: Some(end),
        }),
        _ => None,
    })
}

fn command(profile: &Profile, mode: &str) -> String {
    let name = match &profile.name {
        Field::Given(name) => name,
        _ => "default",
    };
    format!(
        "aliyun configure --mode {} --profile {}",
        quote(mode),
        quote(name)
    )
}

/// When a session ends that a file knows by its unix seconds; zero means unknown.
fn unix_time(seconds: i64) -> Option<Timestamp> {
    (seconds > 0)
        .then(|| Timestamp::from_second(seconds).ok())
        .flatten()
}
