//! Chooses the order of steps.
//!
//! Two things bind it. RAM's own rules: a policy must exist before it is attached. And access: after every step,
//! everyone's access lies within what they had before and will have after, and holds at least what they had
//! before and will keep. The second is computed with the policy engine over trust and permissions, Deny included. It
//! covers the roles that were read, and whoever else may hold the policies that change.
//!
//! Steps per role are few, so the orders are searched. Steps that may be done in any order share a wave and are
//! sent together.

mod check;
mod component;
mod intermediate;
mod narrowing;
mod search;
mod waves;
mod world;

pub use check::{OrderCheck, Passing, PassingKind};
pub use world::Holder;
pub(super) use world::World;

use crate::model::ObservedState;

use super::steps::DraftStep;
use check::Found;
use component::{Component, components};
use narrowing::middles;
use search::search;
use waves::Waves;

/// The steps in the order to send them, each with the number of its wave from 0.
pub(super) struct Ordered {
    pub(super) steps: Vec<(usize, DraftStep)>,
    pub(super) check: OrderCheck,
}

/// Orders the steps of one plan, adding steps in between where that is the only safe way.
pub(super) fn order(mut drafts: Vec<DraftStep>, observed: &ObservedState) -> Ordered {
    let before = World::of(observed);
    let mut waves = Waves::default();
    let mut findings = Findings::default();
    for component in components(&drafts, &before) {
        let mut found = search(&component, &drafts, &before);
        if !found.passing.is_empty()
            && let Some(safe) = with_middles(&component, &mut drafts, &before, observed)
        {
            found = safe;
        }
        waves.add(&found.order);
        findings.add(found);
    }
    let (steps, places) = waves.into_steps(drafts);
    Ordered {
        steps,
        check: findings.into_check(&places),
    }
}

/// A safe order with one narrowing step in between, if there is one. The step stays among the drafts only then.
fn with_middles(
    component: &Component,
    drafts: &mut Vec<DraftStep>,
    before: &World,
    observed: &ObservedState,
) -> Option<Found> {
    for middle in middles(&component.steps, drafts, before, observed) {
        drafts.push(middle.step);
        let longer = component.with_middle(drafts.len() - 1, middle.first_of);
        let found = search(&longer, drafts, before);
        if found.passing.is_empty() && found.unchecked.is_none() {
            return Some(found);
        }
        drafts.pop();
    }
    None
}

#[derive(Default)]
struct Findings {
    passing: Vec<Passing>,
    unchecked: Option<String>,
}

impl Findings {
    fn add(&mut self, found: Found) {
        self.passing.extend(found.passing);
        self.unchecked = self.unchecked.take().or(found.unchecked);
    }

    /// `places` maps the number a step had to the number it has in the plan.
    fn into_check(self, places: &[usize]) -> OrderCheck {
        if !self.passing.is_empty() {
            let placed = self.passing.into_iter().map(|passing| Passing {
                after_step: places
                    .get(passing.after_step)
                    .copied()
                    .unwrap_or(passing.after_step),
                ..passing
            });
            return OrderCheck::Unsafe(placed.collect());
        }
        self.unchecked
            .map_or(OrderCheck::Safe, OrderCheck::Unchecked)
    }
}

#[cfg(test)]
mod tests;
