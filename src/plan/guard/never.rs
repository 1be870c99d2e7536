//! What must never be given is not given by any plan, whatever is allowed on the command line.

use crate::model::Address;
use crate::plan::{Breach, Effect, Plan};

use super::refusal::Refusal;

/// The sentences that are broken after the plan. A plan that only takes away may run: it cannot be what breaks them.
pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let gives = |effect: &Effect| matches!(effect, Effect::Widens | Effect::Trust);
    match plan.steps.iter().any(|step| step.effects.iter().any(gives)) {
        true => plan.breaches.iter().map(refusal).collect(),
        false => Vec::new(),
    }
}

fn refusal(breach: &Breach) -> Refusal {
    let mut gained = breach.access.gained.iter();
    let proof = gained.find(|line| line.may_be_requested());
    let proof = proof.map(|line| &line.witness);
    let sentence = &breach.never.forbidden;
    let message = match (breach.is_proven, proof) {
        (true, Some(proof)) => {
            format!("after these steps `{sentence}` is broken: {proof} is allowed")
        }
        _ => format!(
            "that `{sentence}` holds after these steps cannot be shown: {}",
            breach.access.reasons.join("; ")
        ),
    };
    Refusal {
        risk: None,
        address: Address::Role(breach.never.role.clone()),
        message,
    }
}
