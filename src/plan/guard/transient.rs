//! Access that is wrong for a moment is wrong for whoever was waiting for it.

use crate::model::Address;
use crate::plan::{OrderCheck, PassingKind, Plan};

use super::{Refusal, Risk};

pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let refusal = |address, message| Refusal {
        risk: Risk::Transient,
        address,
        message,
    };
    match &plan.order {
        OrderCheck::Safe => Vec::new(),
        OrderCheck::Unchecked(reason) => {
            let first = plan.changes.iter().find(|change| change.is_pending());
            let message = format!("the moments between the steps could not be checked: {reason}");
            first
                .map(|change| refusal(change.address.clone(), message))
                .into_iter()
                .collect()
        }
        OrderCheck::Unsafe(passing) => passing
            .iter()
            .map(|passing| {
                let what = match passing.kind {
                    PassingKind::Access => "is allowed, though neither before nor after",
                    PassingKind::Gap => "is not allowed, though before and after",
                };
                let step = passing.after_step + 1;
                let shown = &passing.witness;
                let message = format!(
                    "for a moment after step {step}, {} on {} by {} {what}",
                    shown.request.action, shown.request.resource, shown.caller
                );
                refusal(Address::Role(passing.role.clone()), message)
            })
            .collect(),
    }
}
