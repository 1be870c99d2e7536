//! Who holds the key that signed a request.

use super::rpc::api_error::{ApiError, Denial};
use super::state::Session;
use crate::model::AccountId;

/// The identity behind one request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    pub(crate) identity: Identity,
    /// What a long-term key may do; everything when absent.
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

    /// The names by which a trust policy may know the caller; those of a session are its role's.
    pub(crate) fn trusted_arns(&self) -> Vec<String> {
        let account = &self.account;
        match &self.identity {
            Identity::Session(session) => {
                let arn = format!("acs:ram::{account}:role/{}", session.role);
                vec![arn.to_ascii_lowercase(), arn]
            }
            _ => vec![self.arn()],
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

    /// `AuthPrincipalType` and `AuthPrincipalDisplayName` of an error.
    fn principal(&self) -> (&'static str, String) {
        match &self.identity {
            Identity::Root => ("Account", self.account.as_str().to_owned()),
            Identity::User(name) => ("SubUser", name.clone()),
            Identity::Session(session) => (
                "AssumedRoleUser",
                format!("{}:{}", session.role, session.name),
            ),
        }
    }

    /// The error when a permission is missing: `ExplicitDeny` or `ImplicitDeny`, and the layer.
    pub(crate) fn denied(&self, action: &str, kind: &str, layer: &str) -> ApiError {
        let (principal_type, principal) = self.principal();
        ApiError::denied(&Denial {
            action,
            principal_type,
            principal: &principal,
            owner: self.account.as_str(),
            kind,
            layer,
        })
    }
}
