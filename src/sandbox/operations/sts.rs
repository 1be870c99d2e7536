//! STS: who is calling, and becoming a role.

use jiff::Timestamp;
use serde_json::json;

use super::Answer;
use crate::sandbox::authorization::denied;
use crate::sandbox::caller::{Caller, Identity};
use crate::sandbox::decision::{Context, trust_refusal_of};
use crate::sandbox::parameters::Parameters;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::sessions::Wanted;
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

/// Both ends must agree: the caller's policies, checked before, and the role's trust policy.
pub(super) fn assume_role(
    world: &mut World,
    caller: Option<&Caller>,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let caller = caller.ok_or_else(|| Refusal::missing_common("AccessKeyId"))?;
    if matches!(caller.identity, Identity::Root) {
        let message = "Roles may not be assumed by root accounts.";
        return Err(Refusal::new(403, "NoPermission", message));
    }
    let wanted = Wanted::read(world, parameters)?;
    let (_, role) = wanted.find(world)?;
    let mut context = Context::new();
    if let Some(id) = parameters.optional("ExternalId") {
        context.insert("sts:ExternalId".to_owned(), id.to_owned());
    }
    // ARNs are compared without case in the cloud, as far as is known; a trust policy may have either spelling.
    let mut refusals = caller
        .trusted_arns()
        .into_iter()
        .map(|arn| trust_refusal_of(&role.trust, ("RAM", &arn), &context));
    let refusal = refusals.next().flatten();
    if let Some(kind) = refusal
        && refusals.all(|other| other.is_some())
    {
        return Err(denied(caller, "sts:AssumeRole", (kind, "AssumeRolePolicy")));
    }
    let mut answer = wanted.open(world, now)?;
    let source = parameters.optional("SourceIdentity");
    super::insert(&mut answer, "SourceIdentity", source);
    Ok(answer)
}
