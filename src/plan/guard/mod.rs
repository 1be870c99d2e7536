//! The safety rails. Only this module can make an [`ApprovedPlan`], and apply takes nothing else.
//!
//! The plan is shown first and refused second, with the figure that made the guard say no and the way past it.

mod admin;
mod never;
mod own_role;
mod refusal;
mod transient;
mod trust;
mod uninterpreted;

use std::collections::BTreeSet;

pub use refusal::{Refusal, Risk};

use crate::model::ObservedState;

use super::{Plan, PlannedStep};

/// A plan that passed the guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedPlan(Plan);

impl ApprovedPlan {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0
    }

    /// The steps wave by wave.
    pub fn waves(&self) -> impl Iterator<Item = &[PlannedStep]> {
        self.0.steps.chunk_by(|a, b| a.wave == b.wave)
    }
}

/// What of the plan nothing allows: the sentences of `never` that it would break.
#[must_use]
pub fn forbidden(plan: &Plan) -> Vec<Refusal> {
    never::refusals(plan)
}

/// Approves the plan unless it takes a risk that is not in `allowed`, or breaks a sentence of `never`. `observed` is what the plan was made from.
///
/// # Errors
/// With every refusal at once.
pub fn approve(
    plan: Plan,
    observed: &ObservedState,
    allowed: &BTreeSet<Risk>,
) -> Result<ApprovedPlan, Vec<Refusal>> {
    let mut all = trust::refusals(&plan);
    all.extend(admin::refusals(&plan, observed));
    all.extend(never::refusals(&plan));
    all.extend(own_role::refusal(&plan));
    all.extend(transient::refusals(&plan));
    all.extend(uninterpreted::refusals(&plan));
    let refused: Vec<Refusal> = all
        .into_iter()
        .filter(|refusal| refusal.risk.is_none_or(|risk| !allowed.contains(&risk)))
        .collect();
    match refused.is_empty() {
        true => Ok(ApprovedPlan(plan)),
        false => Err(refused),
    }
}
