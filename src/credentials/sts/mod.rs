//! The two STS calls that exchange an identity for a role's session.
//!
//! Source: STS API 2015-04-01, `AssumeRole` and `AssumeRoleWithOIDC`.

mod endpoint;
mod hint;
mod role;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::sleep;
use zeroize::Zeroizing;

pub(super) use endpoint::{Preferences, endpoint};
pub(super) use role::{DEFAULT_DURATION, Parameter, Role, default_session_name};

use super::outside::Outside;
use super::redact::{clean, code};
use super::reply::{Keys, Shape};
use super::{CredentialError, Credentials};
use crate::ram::encoding::form;
use crate::ram::signature::{timestamp, v1};
use crate::ram::transport::{
    Barrier, HttpRequest, HttpResponse, TransportError, TransportErrorKind,
};

const VERSION: &str = "2015-04-01";

/// How often one exchange is tried. An exchange changes nothing, so it may be repeated.
const ATTEMPTS: u32 = 3;

/// Who asks, and where to.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub(super) outside: &'a Outside,
    /// The URL of STS, ending in `/`.
    pub(super) endpoint: &'a str,
    /// The place that errors name.
    pub(super) origin: &'a str,
}

/// What an exchange is made with.
enum Proof<'a> {
    Signature(&'a Credentials),
    Oidc {
        provider: &'a str,
        token: &'a SecretString,
    },
}

impl Exchange<'_> {
    /// `AssumeRole`, signed with `credentials`.
    pub(super) async fn assume_role(
        self,
        role: &Role,
        credentials: &Credentials,
    ) -> Result<Credentials, CredentialError> {
        self.exchange(role, &Proof::Signature(credentials)).await
    }

    /// `AssumeRoleWithOIDC`, unsigned: the token is the proof.
    pub(super) async fn assume_role_with_oidc(
        self,
        role: &Role,
        provider: &str,
        token: &SecretString,
    ) -> Result<Credentials, CredentialError> {
        self.exchange(role, &Proof::Oidc { provider, token }).await
    }

    async fn exchange(
        self,
        role: &Role,
        proof: &Proof<'_>,
    ) -> Result<Credentials, CredentialError> {
        let mut attempt = 1;
        loop {
            // Built anew each time: a nonce counts once, and the time stamp ages.
            let request = self.request(role, proof);
            let answer = self.outside.api.send(request).await;
            let wait = wait_before_retry(&answer, attempt, &(self.outside.nonce)());
            match wait {
                Some(wait) if attempt < ATTEMPTS => {
                    tracing::debug!(role = role.arn, attempt, ?wait, "STS is asked again");
                    sleep(wait).await;
                }
                _ => return self.judge(role, proof, answer),
            }
            attempt += 1;
        }
    }

    fn request(self, role: &Role, proof: &Proof<'_>) -> HttpRequest {
        let (now, nonce) = ((self.outside.clock)(), (self.outside.nonce)());
        let mut own: BTreeMap<&'static str, String> = BTreeMap::new();
        own.insert("RoleArn", role.arn.clone());
        own.insert("RoleSessionName", role.session_name.clone());
        own.insert("DurationSeconds", role.duration.to_string());
        if let Some(policy) = &role.policy {
            own.insert("Policy", policy.clone());
        }
        let (url, mut params) = match proof {
            Proof::Signature(credentials) => {
                if let Some(id) = &role.external_id {
                    own.insert("ExternalId", id.clone());
                }
                own.insert("Action", "AssumeRole".to_owned());
                own.insert("Version", VERSION.to_owned());
                let signed = v1::sign("POST", &own, credentials, now, &nonce);
                (self.endpoint.to_owned(), signed)
            }
            Proof::Oidc { provider, token } => {
                own.insert("OIDCProviderArn", (*provider).to_owned());
                // In the body, because URLs end up in logs.
                own.insert("OIDCToken", token.expose_secret().to_owned());
                let query = form([
                    ("Action", "AssumeRoleWithOIDC"),
                    ("Format", "JSON"),
                    ("SignatureNonce", nonce.as_str()),
                    ("Timestamp", timestamp(now).as_str()),
                    ("Version", VERSION),
                ]);
                (format!("{}?{query}", self.endpoint), own)
            }
        };
        let body = form(params.iter().map(|(key, value)| (*key, value.as_str())));
        for value in params.values_mut() {
            zeroize::Zeroize::zeroize(value);
        }
        HttpRequest {
            method: "POST".to_owned(),
            url,
            headers: vec![
                (
                    "content-type".to_owned(),
                    "application/x-www-form-urlencoded".to_owned(),
                ),
                ("accept".to_owned(), "application/json".to_owned()),
            ],
            body: body.into_bytes(),
        }
    }

    fn judge(
        self,
        role: &Role,
        proof: &Proof<'_>,
        answer: Result<HttpResponse, TransportError>,
    ) -> Result<Credentials, CredentialError> {
        let operation = proof.operation();
        let fail = |problem: String, hint: &str| {
            let problem = format!("{operation} of `{}`: {problem}", role.arn);
            Err(CredentialError::new(self.origin, problem, hint))
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return fail(error.message.clone(), hint::unanswered(&error)),
        };
        let body = Zeroizing::new(answer.body);
        if (200..300).contains(&answer.status) {
            return match session(&body) {
                Ok(credentials) => Ok(credentials),
                Err(problem) => fail(format!("the answer {problem}"), hint::NOT_STS),
            };
        }
        let Some(refusal) = Refusal::parse(&body) else {
            let problem = format!("the answer is not that of STS: status {}", answer.status);
            return fail(problem, hint::NOT_STS);
        };
        let mut problem = code(&refusal.code).to_owned();
        // This one quotes the request, and says nothing beyond its code.
        if refusal.code != "SignatureDoesNotMatch" {
            problem = format!("{problem}: {}", clean(&refusal.message, &proof.secrets()));
        }
        if let Some(id) = &refusal.request_id {
            problem = format!("{problem} (request id {})", clean(id, &proof.secrets()));
        }
        let hint = hint::refused(&refusal, role, matches!(proof, Proof::Oidc { .. }));
        fail(problem, &hint)
    }
}

impl Proof<'_> {
    fn operation(&self) -> &'static str {
        match self {
            Self::Signature(_) => "AssumeRole",
            Self::Oidc { .. } => "AssumeRoleWithOIDC",
        }
    }

    fn secrets(&self) -> Vec<&SecretString> {
        match self {
            Self::Signature(credentials) => {
                let token = credentials.security_token.as_ref();
                std::iter::once(&credentials.secret).chain(token).collect()
            }
            Self::Oidc { token, .. } => vec![token],
        }
    }
}

fn session(body: &[u8]) -> Result<Credentials, &'static str> {
    #[derive(serde::Deserialize)]
    struct Reply {
        #[serde(rename = "Credentials")]
        credentials: Keys,
    }
    let reply: Reply =
        serde_json::from_slice(body).map_err(|_| "is not the JSON that was expected")?;
    reply.credentials.into_credentials(Shape::Session)
}

/// A refusal in the service's own words.
#[derive(serde::Deserialize)]
pub(super) struct Refusal {
    #[serde(rename = "Code", alias = "code")]
    code: String,
    #[serde(rename = "Message", alias = "message", default)]
    message: String,
    #[serde(rename = "RequestId", alias = "requestId", default)]
    request_id: Option<String>,
    #[serde(rename = "AccessDeniedDetail", default)]
    denied: Option<Denied>,
}

#[derive(serde::Deserialize)]
struct Denied {
    #[serde(rename = "PolicyType", default)]
    policy_type: Option<String>,
}

impl Refusal {
    /// Reads an error body, JSON or the XML that some gateways send in its place.
    fn parse(body: &[u8]) -> Option<Self> {
        if let Ok(refusal) = serde_json::from_slice(body) {
            return Some(refusal);
        }
        let text = std::str::from_utf8(body).ok()?;
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            let (value, _) = rest.split_once(&format!("</{name}>"))?;
            Some(value.to_owned())
        };
        text.contains("<Error>").then_some(())?;
        Some(Self {
            code: element("Code")?,
            message: element("Message").unwrap_or_default(),
            request_id: element("RequestId"),
            denied: None,
        })
    }
}

/// How long to wait before another try; `None` when another would end the same.
fn wait_before_retry(
    answer: &Result<HttpResponse, TransportError>,
    attempt: u32,
    nonce: &str,
) -> Option<Duration> {
    match answer {
        Ok(answer) if (200..300).contains(&answer.status) => return None,
        Ok(answer) => {
            let refusal = Refusal::parse(&answer.body);
            let code = refusal.as_ref().map_or("", |refusal| &refusal.code);
            let is_passing = code.contains("Throttling")
                || [
                    "ServiceUnavailable",
                    "InternalError",
                    "UnknownError",
                    "SignatureNonceUsed",
                ]
                .contains(&code)
                || answer.status == 429
                || answer.status >= 500;
            if !is_passing {
                return None;
            }
            let asked = answer
                .header("x-acs-retry-after")
                .and_then(|ms| ms.trim().parse().ok());
            if let Some(asked @ 1..) = asked {
                return Some(Duration::from_millis(asked).min(Duration::from_secs(20)));
            }
        }
        Err(error) => match error.kind {
            TransportErrorKind::NotConnected(Barrier::Tls | Barrier::Proxy)
            | TransportErrorKind::BadRequest
            | TransportErrorKind::TooLarge => return None,
            _ => {}
        },
    }
    // Between half and all of 0.5 s · 2ⁿ, spread by the nonce, so that many callers do not return together.
    let longest = Duration::from_millis(500) * 2_u32.pow(attempt.saturating_sub(1).min(5));
    let spread = nonce.get(nonce.len().saturating_sub(4)..);
    let spread = spread.and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let share = f64::from(spread.unwrap_or(u16::MAX)) / f64::from(u16::MAX);
    Some(longest.mul_f64(0.5 + share / 2.0))
}

/// When a session ends that a file knows by its unix seconds; zero means unknown.
pub(super) fn unix_time(seconds: i64) -> Option<Timestamp> {
    (seconds > 0)
        .then(|| Timestamp::from_second(seconds).ok())
        .flatten()
}
