//! A role that newly gets everything, or everything in RAM, can give itself and others the rest.

use crate::model::{Address, ObservedState};
use crate::plan::Plan;
use crate::plan::order::World;
use crate::policy::newly_granted_power;

use super::refusal::{Refusal, Risk};

pub(super) fn refusals(plan: &Plan, observed: &ObservedState) -> Vec<Refusal> {
    let before = World::of(observed);
    let after = before.after(plan.steps.iter().map(|planned| &planned.step));
    let gained = after.roles().filter_map(|role| {
        let words = newly_granted_power(&before.documents(role), &after.documents(role))?;
        let message = format!("it newly gets {words}");
        Some(Refusal {
            risk: Some(Risk::Admin),
            address: Address::Role(role.clone()),
            message,
        })
    });
    gained.collect()
}
