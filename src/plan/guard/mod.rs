//! The safety rails. Only this module can make an [`ApprovedPlan`], and apply takes nothing else.
//!
//! The plan is shown first and refused second, with the figure that made the guard say no and the way past it.

mod admin;
mod own_role;
mod transient;
mod trust;
mod uninterpreted;

use std::collections::BTreeSet;

use crate::model::{Address, ObservedState};

use super::{Plan, PlannedStep};

/// What the guard refuses unless it is allowed by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// A role is opened to another account or to everyone.
    Trust,
    /// A role newly gets everything, all of RAM, or every role there is.
    Admin,
    /// The role the caller itself runs as is changed or deleted.
    OwnRole,
    /// Access is wrong for a moment between two steps, or that cannot be ruled out.
    Transient,
    /// A live document that cannot be interpreted is replaced.
    Uninterpreted,
}

impl Risk {
    /// Every risk there is.
    pub const ALL: [Self; 5] = [
        Self::Trust,
        Self::Admin,
        Self::OwnRole,
        Self::Transient,
        Self::Uninterpreted,
    ];

    /// The word for `--allow`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::Admin => "admin",
            Self::OwnRole => "own-role",
            Self::Transient => "transient",
            Self::Uninterpreted => "uninterpreted",
        }
    }
}

/// One reason why a plan is not carried out as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The risk, which `--allow` takes by name.
    pub risk: Risk,
    /// The entity at risk.
    pub address: Address,
    /// One sentence with the figure that decided.
    pub message: String,
}

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

/// Approves the plan unless it takes a risk that is not in `allowed`. `observed` is what the plan was made from.
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
    all.extend(own_role::refusal(&plan));
    all.extend(transient::refusals(&plan));
    all.extend(uninterpreted::refusals(&plan));
    let refused: Vec<Refusal> = all
        .into_iter()
        .filter(|refusal| !allowed.contains(&refusal.risk))
        .collect();
    match refused.is_empty() {
        true => Ok(ApprovedPlan(plan)),
        false => Err(refused),
    }
}
