//! Plans the removal of exactly what the spec names.

use crate::model::{Address, DesiredState, ObservedState, PolicyRef, RoleName};

use super::action::{Action, Reason};
use super::change::Change;
use super::{Plan, PlanError, finish};

/// Plans the removal of the roles and custom policies of the spec, with the attachments the spec names.
/// Policies attached beyond the spec stay, and with them their role.
///
/// # Errors
/// - [`PlanError::ServiceLinked`] for a role that only its service may delete.
/// - [`PlanError::StillHeld`] for a policy that others hold, and for a role that holds other policies.
pub fn plan_removal(desired: &DesiredState, observed: &ObservedState) -> Result<Plan, Vec<PlanError>> {
    let roles = desired.roles.keys().filter(|role| observed.roles.get(role).is_some_and(Option::is_some));
    let policies = desired.policies.keys().filter(|name| {
        observed.policies.get(&PolicyRef::custom((*name).clone())).is_some_and(Option::is_some)
    });
    let mut addresses: Vec<Address> = policies.cloned().map(Address::Policy).collect();
    for role in roles {
        addresses.push(Address::Role(role.clone()));
        addresses.extend(named_attachments(role, desired, observed));
    }
    addresses.sort();
    let errors: Vec<PlanError> =
        addresses.iter().filter_map(|address| obstacle(address, &addresses, observed)).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let changes = addresses.into_iter().map(|address| Change {
        address,
        action: Action::Delete,
        reason: Reason::Destroyed,
        fields: Vec::new(),
        notes: Vec::new(),
    });
    Ok(finish(changes.collect(), desired, observed))
}

fn named_attachments(role: &RoleName, desired: &DesiredState, observed: &ObservedState) -> Vec<Address> {
    let wanted = desired.roles.get(role).map(|role| &role.policies);
    let attached = observed.attachments.get(role).into_iter().flatten();
    let named = attached.filter(|policy| wanted.is_some_and(|wanted| wanted.contains(policy)));
    named.map(|policy| Address::Attachment { role: role.clone(), policy: policy.clone() }).collect()
}

fn obstacle(address: &Address, removed: &[Address], observed: &ObservedState) -> Option<PlanError> {
    match address {
        Address::Role(role) => {
            let live = observed.roles.get(role)?.as_ref()?;
            if live.is_service_linked {
                return Some(PlanError::ServiceLinked(address.clone()));
            }
            let attached = observed.attachments.get(role)?.iter();
            let stays = |policy: &&PolicyRef| {
                !removed.contains(&Address::Attachment { role: role.clone(), policy: (*policy).clone() })
            };
            let others: Vec<String> = attached.filter(stays).map(ToString::to_string).collect();
            (!others.is_empty()).then(|| PlanError::HoldsOthers(address.clone(), others.join(", ")))
        }
        Address::Policy(name) => {
            let freed = |holder: &&String| {
                removed.iter().any(|gone| match gone {
                    Address::Attachment { role, policy } => {
                        policy.is_custom(name) && **holder == Address::Role(role.clone()).to_string()
                    }
                    Address::Role(_) | Address::Policy(_) => false,
                })
            };
            let others: Vec<String> =
                observed.holders.get(name)?.iter().filter(|holder| !freed(holder)).cloned().collect();
            (!others.is_empty()).then(|| PlanError::StillHeld(address.clone(), others.join(", ")))
        }
        Address::Attachment { .. } => None,
    }
}
