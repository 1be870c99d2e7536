//! The access key that signs a call, and where a client gets one.

use std::fmt;
use std::future::Future;

use jiff::Timestamp;
use secrecy::SecretString;

/// An access key, permanent or for a session.
#[derive(Clone)]
pub struct Credentials {
    /// The key's public half; it is sent in the open and may be shown.
    pub access_key_id: String,
    /// The key's secret half; it signs and is never sent.
    pub secret: SecretString,
    /// Goes with the key of a session.
    pub security_token: Option<SecretString>,
    /// When a session ends, where that is known.
    pub expires_at: Option<Timestamp>,
}

impl Credentials {
    /// A permanent key.
    #[must_use]
    pub fn permanent(access_key_id: &str, secret: &str) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            secret: SecretString::from(secret),
            security_token: None,
            expires_at: None,
        }
    }

    /// Whether the key is a session's, told by its first letters, but its token is missing, so that every call
    /// would be refused. Source: STS API Reference, `AssumeRole`.
    #[must_use]
    pub fn lacks_token(&self) -> bool {
        self.access_key_id.starts_with("STS.") && self.security_token.is_none()
    }

    /// What must never be shown.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.secret).chain(&self.security_token)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            access_key_id,
            secret: _,
            security_token,
            expires_at,
        } = self;
        f.debug_struct("Credentials")
            .field("access_key_id", access_key_id)
            .field("has_security_token", &security_token.is_some())
            .field("expires_at", expires_at)
            .finish_non_exhaustive()
    }
}

/// Gives the credentials to sign the next call with.
///
/// Asked before every attempt, so that a source that refreshes can hand out a newer key in between.
pub trait CredentialSource: Send + Sync {
    /// The credentials to use now.
    fn credentials(&self) -> impl Future<Output = Result<Credentials, CredentialError>> + Send;

    /// The service refused the session of this key as ended, whatever its time said. A source that renews gets a
    /// new one for the next call and says `true`; others can do nothing.
    fn forget(&self, _access_key_id: &str) -> bool {
        false
    }
}

/// A fixed key is a source that always gives itself.
impl CredentialSource for Credentials {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Ok(self.clone())
    }
}

/// No key at all, for calls that carry their proof among their parameters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anonymous;

impl CredentialSource for Anonymous {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Err(CredentialError::new(
            "credentials",
            "this call has no access key",
            "this is a bug in export-iam",
        ))
    }
}

/// A place that should hold credentials is set up wrongly. A place that is not set up at all is no error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {problem}")]
pub struct CredentialError {
    /// Which place, such as `environment`.
    pub origin: String,
    /// What is wrong there; holds no secret.
    pub problem: String,
    /// The places that were searched in vain, each with why it has nothing.
    pub searched: Vec<String>,
    /// What to do about it.
    pub hint: String,
}

impl CredentialError {
    /// An error of `origin`.
    pub fn new(
        origin: impl Into<String>,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            origin: origin.into(),
            problem: problem.into(),
            searched: Vec::new(),
            hint: hint.into(),
        }
    }
}
