//! Changing the role one runs as can lock oneself out half-way.

use crate::model::{Address, IdentityType, RoleName, Step};
use crate::plan::Plan;

use super::refusal::{Refusal, Risk};

pub(super) fn refusal(plan: &Plan) -> Option<Refusal> {
    if plan.caller.identity_type != IdentityType::AssumedRole {
        return None;
    }
    let own = session_role(&plan.caller.arn)?;
    plan.steps
        .iter()
        .find(|planned| role_of(&planned.step) == Some(&own))?;
    let message = format!("the caller runs as role `{own}` itself, which this plan changes");
    Some(Refusal {
        risk: Some(Risk::OwnRole),
        address: Address::Role(own),
        message,
    })
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
        | Step::DetachPolicy { role, .. }
        | Step::DetachGroupPolicy { role, .. } => Some(role),
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
