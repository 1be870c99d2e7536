//! STS: who is calling, and becoming a role.

use jiff::Timestamp;
use serde_json::json;

use super::sessions::NewSession;
use crate::sandbox::caller::{Caller, Identity};
use crate::sandbox::evaluation::{Context, decide_trust};
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
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
            insert(&mut answer, "PrincipalId", Some(account.as_str()));
            insert(&mut answer, "UserId", Some(account.as_str()));
        }
        Identity::User(name) => {
            let user = world
                .account(account)
                .and_then(|account| account.users.get(&name.to_ascii_lowercase()));
            let id = user.map_or_else(String::new, |user| user.id.clone());
            insert(&mut answer, "PrincipalId", Some(id.clone()));
            insert(&mut answer, "UserId", Some(id));
        }
        Identity::Session(session) => {
            let principal = format!("{}:{}", session.role_id, session.name);
            insert(&mut answer, "PrincipalId", Some(principal));
            insert(&mut answer, "RoleId", Some(session.role_id.clone()));
        }
    }
    Ok(answer)
}

/// Both ends must agree: the caller's policies, checked before, and the role's trust policy.
pub(super) fn assume_role(
    world: &mut World,
    caller: Option<&Caller>,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let caller = caller.ok_or_else(|| ApiError::missing_common("AccessKeyId"))?;
    if matches!(caller.identity, Identity::Root) {
        let message = "Roles may not be assumed by root accounts.";
        return Err(ApiError::new(403, "NoPermission", message));
    }
    let wanted = NewSession::read(world, parameters)?;
    let (_, role) = wanted.find(world)?;
    let mut context = Context::new();
    if let Some(id) = parameters.optional("ExternalId") {
        context.insert("sts:ExternalId".to_owned(), id.to_owned());
    }
    // ARNs are compared without case in the cloud, as far as is known; a trust policy may have either spelling.
    let mut denials = caller
        .trusted_arns()
        .into_iter()
        .map(|arn| decide_trust(&role.trust, ("RAM", &arn), &context).denial());
    let denial = denials.next().flatten();
    if let Some(kind) = denial
        && denials.all(|other| other.is_some())
    {
        return Err(caller.denied("sts:AssumeRole", kind, "AssumeRolePolicy"));
    }
    let mut answer = wanted.open(world, now)?;
    let source = parameters.optional("SourceIdentity");
    insert(&mut answer, "SourceIdentity", source);
    Ok(answer)
}
