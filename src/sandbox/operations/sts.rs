//! STS: who is calling.

use serde_json::json;

use super::Answer;
use crate::sandbox::caller::{Caller, Identity};
use crate::sandbox::parameters::Parameters;
use crate::sandbox::state::World;

/// Needs no permission.
pub(super) fn caller_identity(world: &World, caller: &Caller, _parameters: &Parameters) -> Answer {
    let account = &caller.account;
    let mut answer = json!({
        "AccountId": account.as_str(),
        "Arn": caller.arn(),
        "IdentityType": caller.identity_type(),
    });
    match &caller.identity {
        Identity::Root => {
            super::insert(&mut answer, "PrincipalId", Some(account.as_str()));
            super::insert(&mut answer, "UserId", Some(account.as_str()));
        }
        Identity::User(name) => {
            let user = world
                .account(account)
                .and_then(|account| account.users.get(&name.to_ascii_lowercase()));
            let id = user.map_or_else(String::new, |user| user.id.clone());
            super::insert(&mut answer, "PrincipalId", Some(id.clone()));
            super::insert(&mut answer, "UserId", Some(id));
        }
        Identity::Session(session) => {
            let principal = format!("{}:{}", session.role_id, session.name);
            super::insert(&mut answer, "PrincipalId", Some(principal));
            super::insert(&mut answer, "RoleId", Some(session.role_id.clone()));
        }
    }
    Ok(answer)
}
