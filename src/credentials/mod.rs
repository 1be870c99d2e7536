//! Where the access key comes from.
//!
//! In: [`Options`] and an [`Outside`], through which everything beyond this program is asked. Out: a [`Source`],
//! which gives [`Credentials`] whose secrets do not print and which renews them before they end.
//!
//! # One answer of three
//! [`find`] asks the places in the order of Alibaba Cloud's SDKs. Each is *absent* (the next one is asked),
//! *usable* (the search ends), or *broken*: set up, but wrongly. The SDKs go on past a broken place and may end as
//! another identity than was meant; here it stops the run, with the place and the fix.
//!
//! # What is never done
//! No file is written, nobody is logged in, no secret is put on a command line or into a message, and
//! metadata is never asked through a proxy.

mod address;
mod chain;
mod direct;
mod ecs;
pub mod env;
mod external;
mod ini;
mod oidc;
mod options;
mod outside;
mod process;
mod profile;
mod redact;
mod refresh;
mod reply;
mod source;
mod sts;
mod uri;

pub use chain::{find, sts_endpoint};
pub use direct::DirectTransport;
pub use options::{Found, Note, NoteKind, Options, SourceChoice, UnknownSource};
pub use outside::{Disk, Environment, FileText, Files, Outside, SharedTransport};
pub use process::{Children, Output, ProcessError, Processes};
pub use source::{Renewal, RoleRequest, Source, assume_role};

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
    fn lacks_token(&self) -> bool {
        self.access_key_id.starts_with("STS.") && self.security_token.is_none()
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
/// Asked before every try, so that a source that refreshes can hand out a newer key in between.
pub trait CredentialSource: Send + Sync {
    /// The credentials to use now.
    fn credentials(&self) -> impl Future<Output = Result<Credentials, CredentialError>> + Send;

    /// The service refused the session of this key as ended, whatever its time said. A source that renews gets a
    /// new one for the next call; others can do nothing.
    fn forget(&self, _access_key_id: &str) {}
}

/// A fixed key is a source that always gives itself.
impl CredentialSource for Credentials {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Ok(self.clone())
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
    /// What to do about it.
    pub hint: String,
}

impl CredentialError {
    fn new(origin: impl Into<String>, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            problem: problem.into(),
            hint: hint.into(),
        }
    }
}

/// What one place says: `Err` when it is broken.
type Answer<T> = Result<Option<T>, CredentialError>;
