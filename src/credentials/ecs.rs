//! The role of the ECS or ECI instance we run on, from its metadata service.
//!
//! Source: ECS User Guide, "Instance metadata", and the official SDKs.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::context::Context;
use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::rpc::redact::code;
use crate::cloud::rpc::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use crate::cloud::sts::session_keys::{Keys, Shape};

/// How errors call this place.
pub(super) const ORIGIN: &str = "ecs metadata";

/// The one place where the service is.
pub(super) const ENDPOINT: &str = "http://100.100.100.200";

/// Longest wait for each answer. The service is on the same host; a machine elsewhere waits this long once.
const PATIENCE: Duration = Duration::from_secs(1);

/// Names the instance's role and so saves a question.
pub(super) const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";

/// Whom to ask for what.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    /// The role's name where it is known.
    pub(super) role: Option<String>,
    /// The variable or field that names the role.
    pub(super) named_by: &'static str,
    /// Scheme, host and port.
    pub(super) endpoint: String,
}

/// Why there are no credentials.
pub(super) enum Failure {
    /// There is no metadata service, or no role on this instance.
    Absent(&'static str),
    Broken(CredentialError),
}

impl Metadata {
    /// The role's name that the environment gives.
    pub(super) fn role_from_environment(context: &Context) -> Option<String> {
        context.variable(ROLE)
    }

    /// Whether the user forbade to ask.
    pub(super) fn is_disabled(context: &Context) -> bool {
        context.is_true(DISABLED)
    }

    /// How it is shown.
    pub(super) fn path(&self) -> String {
        match &self.role {
            Some(role) => format!("ecs/{}", role.escape_debug()),
            None => "ecs".to_owned(),
        }
    }

    /// The credentials of a role that has to be there.
    pub(super) async fn fetch(
        &self,
        context: &Context,
        origin: &str,
    ) -> Result<Credentials, CredentialError> {
        self.query(context, origin).await.map_err(|failure| match failure {
            Failure::Broken(error) => error,
            Failure::Absent(problem) => CredentialError::new(
                origin,
                problem,
                "run this on an ECS instance that has a RAM role, or choose another credential source",
            ),
        })
    }

    /// The credentials, or why there are none. With a role named, nothing counts as absent.
    pub(super) async fn query(
        &self,
        context: &Context,
        origin: &str,
    ) -> Result<Credentials, Failure> {
        if Self::is_disabled(context) {
            return Err(broken(
                origin,
                format!("`{DISABLED}` is `true`"),
                format!("unset `{DISABLED}`, or choose another credential source"),
            ));
        }
        let asking = Asking {
            context,
            origin,
            endpoint: &self.endpoint,
        };
        let token = asking.token().await?;
        let role = match &self.role {
            Some(role) => role.clone(),
            None => asking.role(token.as_ref()).await?,
        };
        if !is_role_name(&role) {
            return Err(broken(
                origin,
                "the role's name is not one of RAM".to_owned(),
                format!(
                    "set `{}` to the name of the instance's role, or remove it",
                    self.named_by
                ),
            ));
        }
        asking.keys(token.as_ref(), &role, self.named_by).await
    }
}

/// Source: RAM API Reference, `RoleName`.
fn is_role_name(role: &str) -> bool {
    (1..=64).contains(&role.len())
        && role
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn broken(origin: &str, problem: String, hint: impl Into<String>) -> Failure {
    Failure::Broken(CredentialError::new(origin, problem, hint))
}

const ROLES: &str = "/latest/meta-data/ram/security-credentials/";

#[derive(Clone, Copy)]
struct Asking<'a> {
    context: &'a Context,
    origin: &'a str,
    endpoint: &'a str,
}

impl Asking<'_> {
    /// The token of version 2; `None` when the instance knows only version 1 and that is allowed.
    async fn token(self) -> Result<Option<SecretString>, Failure> {
        const TTL: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
        let ttl = vec![(TTL.to_owned(), "21600".to_owned())];
        let answer = match self.send("PUT", "/latest/api/token", ttl).await {
            Ok(answer) => answer,
            // Version 1 is not tried: who does not answer is not there.
            Err(_) => return Err(Failure::Absent("no metadata service answers here")),
        };
        match answer.status {
            200 => {
                let text = std::str::from_utf8(&answer.body).unwrap_or_default().trim();
                let is_token = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
                if is_token {
                    return Ok(Some(SecretString::from(text)));
                }
                Err(self.odd("the token is empty or no text"))
            }
            403..=405 if self.context.is_true(V1_DISABLED) => Err(broken(
                self.origin,
                format!(
                    "version 2 is refused with status {}, and version 1 is forbidden",
                    answer.status
                ),
                format!("switch version 2 on for this instance, or unset `{V1_DISABLED}`"),
            )),
            403..=405 => Ok(None),
            status => Err(self.odd(&format!("the token is refused with status {status}"))),
        }
    }

    async fn role(self, token: Option<&SecretString>) -> Result<String, Failure> {
        let answer = self.get(ROLES, token).await?;
        match answer.status {
            200 => {}
            404 => return Err(Failure::Absent("this instance has no RAM role")),
            status => {
                return Err(self.odd(&format!("the role's name is refused with status {status}")));
            }
        }
        let text = std::str::from_utf8(&answer.body).unwrap_or_default();
        Ok(text.trim().to_owned())
    }

    async fn keys(
        self,
        token: Option<&SecretString>,
        role: &str,
        named_by: &str,
    ) -> Result<Credentials, Failure> {
        let answer = self.get(&format!("{ROLES}{role}"), token).await?;
        let body = zeroize::Zeroizing::new(answer.body);
        match answer.status {
            200 => {}
            404 => {
                return Err(broken(
                    self.origin,
                    format!("this instance has no role `{role}`"),
                    format!("attach the role to the instance, or correct or remove `{named_by}`"),
                ));
            }
            status => return Err(self.odd(&format!("the keys are refused with status {status}"))),
        }
        let keys = Keys::parse(&body).map_err(|p| self.odd(&format!("the answer {p}")))?;
        match keys.code.as_deref() {
            Some("Success") => {}
            Some(other) => {
                let problem = format!("the answer says `{}` instead of `Success`", code(other));
                return Err(self.odd(&problem));
            }
            None => return Err(self.odd("the answer has no `Code`")),
        }
        keys.into_credentials(Shape::Session)
            .map_err(|p| self.odd(&format!("the answer {p}")))
    }

    async fn get(self, path: &str, token: Option<&SecretString>) -> Result<HttpResponse, Failure> {
        const TOKEN: &str = "x-aliyun-ecs-metadata-token";
        let headers = token.map(|token| (TOKEN.to_owned(), token.expose_secret().to_owned()));
        let headers = headers.into_iter().collect();
        let answer = self.send("GET", path, headers).await;
        answer.map_err(|error| self.odd(&error.message))
    }

    async fn send(
        self,
        method: &str,
        path: &str,
        headers: Vec<(String, String)>,
    ) -> Result<HttpResponse, TransportError> {
        let request = HttpRequest {
            method: method.to_owned(),
            url: format!("{}{path}", self.endpoint),
            headers,
            body: Vec::new(),
        };
        let sending = self.context.direct.send(request);
        timeout(PATIENCE, sending).await.unwrap_or_else(|_| {
            Err(TransportError {
                kind: TransportErrorKind::TimedOut,
                message: "no answer within a second".to_owned(),
            })
        })
    }

    /// Something answers, but not as the service does.
    fn odd(self, problem: &str) -> Failure {
        broken(
            self.origin,
            problem.to_owned(),
            format!("run again; if this is no ECS instance, set `{DISABLED}` to `true`"),
        )
    }
}
