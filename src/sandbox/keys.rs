//! Which identity an access key stands for.

use jiff::Timestamp;

use super::caller::{Caller, Identity};
use super::state::World;

/// Why a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyProblem {
    Unknown,
    Inactive,
    TokenMissing,
    /// The token is that of another key.
    TokenMismatch,
    /// The token is no one's.
    TokenMalformed,
    TokenExpired,
}

/// The secret of a key, and who holds it.
pub(crate) fn find(
    world: &World,
    key_id: &str,
    token: Option<&str>,
    now: Timestamp,
) -> Result<(String, Caller), KeyProblem> {
    if let Some(key) = world.keys.get(key_id) {
        if key.is_inactive {
            return Err(KeyProblem::Inactive);
        }
        if token.is_some() {
            return Err(KeyProblem::TokenMismatch);
        }
        let caller = Caller {
            account: world.account_of_key(key).clone(),
            identity: key.user.clone().map_or(Identity::Root, Identity::User),
            allowed: key.allowed.clone(),
        };
        return Ok((key.secret.clone(), caller));
    }
    let session = world.sessions.get(key_id).ok_or(KeyProblem::Unknown)?;
    let token = token.ok_or(KeyProblem::TokenMissing)?;
    if token != session.token {
        let is_known = world.sessions.values().any(|other| other.token == token);
        return Err(if is_known {
            KeyProblem::TokenMismatch
        } else {
            KeyProblem::TokenMalformed
        });
    }
    if session.expires <= now {
        return Err(KeyProblem::TokenExpired);
    }
    let caller = Caller {
        account: session.account.clone(),
        identity: Identity::Session(session.clone()),
        allowed: None,
    };
    Ok((session.secret.clone(), caller))
}
