//! Who holds the key that signed a request.

use super::state::Session;
use crate::model::AccountId;

/// The identity behind one request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    pub(crate) identity: Identity,
    /// What the key may do; everything when absent.
    pub(crate) allowed: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// The account itself.
    Root,
    /// A RAM user, by name.
    User(String),
    /// A session of a role.
    Session(Session),
}

impl Caller {
    /// As `GetCallerIdentity` says it. That of a session has several spellings in the manual; this is one.
    pub(crate) fn arn(&self) -> String {
        let account = &self.account;
        match &self.identity {
            Identity::Root => format!("acs:ram::{account}:root"),
            Identity::User(name) => format!("acs:ram::{account}:user/{name}"),
            Identity::Session(session) => {
                let role = session.role.as_str().to_ascii_lowercase();
                format!("acs:ram::{account}:assumed-role/{role}/{}", session.name)
            }
        }
    }

    /// As `GetCallerIdentity` says it.
    pub(crate) fn identity_type(&self) -> &'static str {
        match &self.identity {
            Identity::Root => "Account",
            Identity::User(_) => "RAMUser",
            Identity::Session(_) => "AssumedRoleUser",
        }
    }

    /// `AuthPrincipalType` and `AuthPrincipalDisplayName` of a refusal.
    pub(crate) fn principal(&self) -> (&'static str, String) {
        match &self.identity {
            Identity::Root => ("Account", self.account.as_str().to_owned()),
            Identity::User(name) => ("SubUser", name.clone()),
            Identity::Session(session) => (
                "AssumedRoleUser",
                format!("{}:{}", session.role, session.name),
            ),
        }
    }
}
