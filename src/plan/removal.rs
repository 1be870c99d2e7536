//! Plans the removal of exactly what is to be gone.

use crate::model::{Address, ObservedState, PolicyRef, Removals, RoleName};

use super::action::{Action, Reason};
use super::change::Change;
use super::error::PlanError;

/// A deletion for everything that is to be gone and is still there.
pub(super) fn removals(removals: &Removals, observed: &ObservedState) -> Vec<Change> {
    let exists = |name: &&RoleName| observed.roles.get(*name).is_some_and(Option::is_some);
    let roles = removals
        .roles
        .keys()
        .filter(exists)
        .cloned()
        .map(Address::Role);
    let attachments = removals.roles.iter().flat_map(|(role, policies)| {
        let attached = observed.attachments.get(role).into_iter().flatten();
        let named = attached.filter(|policy| policies.contains(policy));
        named.map(|policy| Address::Attachment {
            role: role.clone(),
            policy: policy.clone(),
        })
    });
    let policies = removals.policies.iter().filter(|name| {
        observed
            .policies
            .get(&PolicyRef::custom((*name).clone()))
            .is_some_and(Option::is_some)
    });
    let addresses = policies
        .cloned()
        .map(Address::Policy)
        .chain(roles)
        .chain(attachments);
    addresses.map(removal).collect()
}

fn removal(address: Address) -> Change {
    Change {
        address,
        action: Action::Delete,
        reason: Reason::Destroyed,
        fields: Vec::new(),
        access: None,
        notes: Vec::new(),
    }
}

/// Why a deletion among `changes` cannot be done: something that stays depends on what is to go.
pub(super) fn obstacle(
    change: &Change,
    changes: &[Change],
    observed: &ObservedState,
) -> Option<PlanError> {
    let is_gone = |address: &Address| {
        changes
            .iter()
            .any(|other| other.action == Action::Delete && other.address == *address)
    };
    match &change.address {
        Address::Role(role) => {
            let attached = observed.attachments.get(role)?.iter();
            let stays = |policy: &&PolicyRef| {
                !is_gone(&Address::Attachment {
                    role: role.clone(),
                    policy: (*policy).clone(),
                })
            };
            let of_groups = observed.group_attachments.of(role).iter();
            let of_groups =
                of_groups.map(|held| format!("{} for group {}", held.policy, held.group));
            let others: Vec<String> = attached
                .filter(stays)
                .map(ToString::to_string)
                .chain(of_groups)
                .collect();
            (!others.is_empty())
                .then(|| PlanError::HoldsOthers(change.address.clone(), others.join(", ")))
        }
        Address::Policy(name) => {
            let policy = PolicyRef::custom(name.clone());
            let stays = |holder: &&String| {
                let role = holder
                    .strip_prefix("role/")
                    .and_then(|role| RoleName::new(role).ok());
                !role.is_some_and(|role| {
                    is_gone(&Address::Attachment {
                        role,
                        policy: policy.clone(),
                    })
                })
            };
            let others: Vec<String> = observed
                .holders
                .get(name)?
                .iter()
                .filter(stays)
                .cloned()
                .collect();
            (!others.is_empty())
                .then(|| PlanError::StillHeld(change.address.clone(), others.join(", ")))
        }
        Address::Attachment { .. } | Address::GroupAttachment { .. } => None,
    }
}
