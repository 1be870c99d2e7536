//! Whether the caller may do what it asks.
//!
//! A key may do everything, unless the state limits it to a document. A session may do what the policies on its role
//! allow. Over both stand a session policy and the control policies. Each layer must allow the action on
//! every resource it touches.

use super::caller::{Caller, Identity};
use super::evaluation::{Context, Request, decide};
use super::layers::control_policies;
use super::rpc::api_error::ApiError;
use super::rpc::operation::{Operation, Service};
use super::rpc::parameters::Parameters;
use super::state::World;

pub(crate) fn authorize(
    world: &World,
    caller: &Caller,
    operation: &Operation,
    parameters: &Parameters,
) -> Result<(), ApiError> {
    if operation.action_prefix.is_empty() {
        return Ok(());
    }
    let action = format!("{}:{}", operation.action_prefix, operation.name);
    let resources = (operation.resources)(operation.name, &caller.account, parameters);
    let context = Context::new();
    for (documents, layer) in layers(world, caller) {
        for resource in &resources {
            let request = Request {
                action: &action,
                resource,
                context: &context,
            };
            if let Some(kind) = decide(&documents, &request).denial() {
                let error = caller.denied(&action, kind, layer);
                return Err(match operation.service {
                    Service::Ecs => error.of_ecs(),
                    _ => error,
                });
            }
        }
    }
    Ok(())
}

/// The layers that must each say yes, outermost first, with RAM's names for them.
fn layers(world: &World, caller: &Caller) -> Vec<(Vec<String>, &'static str)> {
    let mut layers = Vec::new();
    let account = world.account(&caller.account);
    let controls = control_policies(world, &caller.account).into_iter();
    layers.extend(controls.map(|level| (level, "ControlPolicy")));
    let identity = "AccountLevelIdentityBasedPolicy";
    match &caller.identity {
        Identity::Root | Identity::User(_) => {
            let own = caller.allowed.clone();
            layers.extend(own.map(|own| (vec![own], identity)));
        }
        Identity::Session(session) => {
            let own = session.policy.clone();
            layers.extend(own.map(|own| (vec![own], "SessionPolicy")));
            let of_role = account.map(|account| account.role_documents(&session.role));
            layers.push((of_role.unwrap_or_default(), identity));
        }
    }
    layers
}
