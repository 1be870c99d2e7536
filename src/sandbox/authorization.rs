//! Whether the caller may do what it asks.
//!
//! A key may do everything, unless the state limits it to a document. A session may do what the policies on its role
//! allow. Over both stand a session policy and the account's control policy. Each layer must allow the action on
//! every resource it touches. Resources follow the table of permission names in RAM's manual.

use super::caller::{Caller, Identity};
use super::decision::refusal_of;
use super::gateway::denied_detail;
use super::operations::{Operation, Service};
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::state::World;
use crate::model::AccountId;

pub(crate) fn authorize(
    world: &World,
    caller: &Caller,
    operation: &Operation,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    // Source: STS, `GetCallerIdentity` needs no permission.
    if operation.name == "GetCallerIdentity" {
        return Ok(());
    }
    let action = format!("{}:{}", operation.service.ram_code(), operation.name);
    let resources = resources(operation, &caller.account, parameters);
    for (documents, layer) in layers(world, caller) {
        for resource in &resources {
            if let Some(kind) = refusal_of(&documents, &action, resource) {
                return Err(denied(caller, &action, (kind, layer)));
            }
        }
    }
    Ok(())
}

/// The layers that must each say yes, outermost first, with RAM's names for them.
fn layers<'a>(world: &'a World, caller: &'a Caller) -> Vec<(Vec<&'a str>, &'static str)> {
    let mut layers = Vec::new();
    let account = world.account(&caller.account);
    if let Some(control) = account.and_then(|account| account.control_policy.as_deref()) {
        layers.push((vec![control], "ControlPolicy"));
    }
    let identity = "AccountLevelIdentityBasedPolicy";
    match &caller.identity {
        Identity::Root | Identity::User(_) => {
            let own = caller.allowed.as_deref();
            layers.extend(own.map(|own| (vec![own], identity)));
        }
        Identity::Session(session) => {
            let own = session.policy.as_deref();
            layers.extend(own.map(|own| (vec![own], "SessionPolicy")));
            let of_role = account.map(|account| account.role_documents(&session.role));
            layers.push((of_role.unwrap_or_default(), identity));
        }
    }
    layers
}

/// The refusal, with RAM's account of it: `ExplicitDeny` or `ImplicitDeny`, and the layer.
pub(super) fn denied(caller: &Caller, action: &str, reason: (&str, &str)) -> Refusal {
    let mut refusal = Refusal::no_permission();
    let (principal_type, principal) = caller.principal();
    refusal.denied = Some(denied_detail(
        action,
        (principal_type, &principal),
        caller.account.as_str(),
        reason,
    ));
    refusal
}

/// Source: RAM, "Actions and resources": create and list touch `role/*`, attaching touches both ends.
fn resources(operation: &Operation, account: &AccountId, parameters: &Parameters) -> Vec<String> {
    let of_account = |entity: &str| format!("acs:ram:*:{account}:{entity}");
    if operation.service != Service::Ram {
        let arn = parameters.optional("RoleArn");
        return vec![arn.unwrap_or("*").to_owned()];
    }
    match operation.name {
        "CreateRole" | "ListRoles" => return vec![of_account("role/*")],
        "CreatePolicy" | "ListPolicies" => return vec![of_account("policy/*")],
        "CreateUser" => return vec![of_account("user/*")],
        "TagResources" | "UntagResources" | "ListTagResources" => {
            let kind = parameters.optional("ResourceType").unwrap_or("*");
            let names = parameters.texts("ResourceNames").unwrap_or_default();
            if names.is_empty() {
                return vec![of_account(&format!("{kind}/*"))];
            }
            let arn = |name: &String| of_account(&format!("{kind}/{name}"));
            return names.iter().map(arn).collect();
        }
        _ => {}
    }
    let mut resources = Vec::new();
    if let Some(role) = parameters.optional("RoleName") {
        resources.push(of_account(&format!("role/{role}")));
    }
    if let Some(user) = parameters.optional("UserName") {
        resources.push(of_account(&format!("user/{user}")));
    }
    if let Some(policy) = parameters.optional("PolicyName") {
        let is_system = parameters.optional("PolicyType") == Some("System");
        resources.push(if is_system {
            format!("acs:ram:*:system:policy/{policy}")
        } else {
            of_account(&format!("policy/{policy}"))
        });
    }
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    resources
}
