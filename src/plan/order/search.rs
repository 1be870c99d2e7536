//! The search for a safe order of the steps of one component.

use super::super::steps::DraftStep;
use super::check::Found;
use super::component::Component;
use super::intermediate::IntermediateStates;
use super::world::World;

/// Most steps whose orders are searched together. Unit: steps of one component; a bit of [`Mask`] each. Past this the
/// plan says that the order was not checked.
const MOST_STEPS: usize = 31;

/// Searches an order whose every moment is right; where there is none, takes RAM's order with additions
/// before removals, and says what is wrong on the way.
pub(super) fn search(component: &Component, drafts: &[DraftStep], before: &World) -> Found {
    let plain = |passing, unchecked| Found {
        order: component.plain_order(drafts),
        passing,
        unchecked,
    };
    if component.steps.len() > MOST_STEPS {
        let steps = component.steps.len();
        let reason = format!("{steps} steps bear on each other, the limit is {MOST_STEPS}");
        return plain(Vec::new(), Some(reason));
    }
    let mut states = IntermediateStates::new(component, drafts, before);
    match states.search() {
        Ok(Some(order)) => Found {
            order,
            passing: Vec::new(),
            unchecked: None,
        },
        Ok(None) => plain(states.passing(&component.plain_order(drafts)), None),
        Err(reason) => plain(Vec::new(), Some(reason)),
    }
}
