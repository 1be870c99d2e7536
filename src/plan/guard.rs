//! The safety rails. Only this module can make an [`ApprovedPlan`], and apply takes nothing else.
//!
//! The plan is shown first and refused second, with the figure that made the guard say no and the way past it.

use std::collections::BTreeSet;

use crate::model::{Address, IdentityType, RoleName, Step};

use super::{Plan, PlannedStep};

/// What the guard refuses unless it is allowed by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// The role the caller itself runs as is changed or deleted.
    OwnRole,
}

impl Risk {
    /// Every risk there is.
    pub const ALL: [Self; 1] = [Self::OwnRole];

    /// The word for `--allow`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OwnRole => "own-role",
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

/// Approves the plan unless it takes a risk that is not in `allowed`.
///
/// # Errors
/// With every refusal at once.
pub fn approve(plan: Plan, allowed: &BTreeSet<Risk>) -> Result<ApprovedPlan, Vec<Refusal>> {
    let refusals: Vec<Refusal> =
        refusals(&plan).into_iter().filter(|refusal| !allowed.contains(&refusal.risk)).collect();
    match refusals.is_empty() {
        true => Ok(ApprovedPlan(plan)),
        false => Err(refusals),
    }
}

fn refusals(plan: &Plan) -> Vec<Refusal> {
    own_role(plan).into_iter().collect()
}

/// Changing the role one runs as can lock oneself out half-way.
fn own_role(plan: &Plan) -> Option<Refusal> {
    if plan.caller.identity_type != IdentityType::AssumedRole {
        return None;
    }
    let own = session_role(&plan.caller.arn)?;
    plan.steps.iter().find(|step| role_of(&step.step) == Some(&own))?;
    let message = format!("the caller runs as role `{own}` itself, which this plan changes");
    Some(Refusal { risk: Risk::OwnRole, address: Address::Role(own), message })
}

/// The role in `acs:ram::1234567890123456:assumed-role/NAME/session`.
fn session_role(arn: &str) -> Option<RoleName> {
    let (_, session) = arn.split_once(":assumed-role/")?;
    RoleName::new(session.split('/').next()?).ok()
}

fn role_of(step: &Step) -> Option<&RoleName> {
    match step {
        Step::CreateRole { role, .. }
        | Step::UpdateRole { role, .. }
        | Step::DeleteRole { role }
        | Step::AttachPolicy { role, .. }
        | Step::DetachPolicy { role, .. } => Some(role),
        Step::CreatePolicy { .. }
        | Step::UpdatePolicyDescription { .. }
        | Step::CreatePolicyVersion { .. }
        | Step::SetDefaultPolicyVersion { .. }
        | Step::DeletePolicyVersion { .. }
        | Step::DeletePolicy { .. }
        | Step::TagRole { .. }
        | Step::TagPolicy { .. } => None,
    }
}
