//! Access that is wrong for a moment is wrong for whoever was waiting for it.

use crate::model::Address;
use crate::plan::{Holder, OrderCheck, Passing, PassingKind, Plan};

use super::refusal::{Refusal, Risk};

pub(super) fn refusals(plan: &Plan) -> Vec<Refusal> {
    let refusal = |address, message| Refusal {
        risk: Some(Risk::Transient),
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
            .map(|passing| match &passing.holder {
                Holder::Role(role) => refusal(Address::Role(role.clone()), in_words(passing)),
                Holder::Other {
                    policies: [first, _],
                    ..
                } => {
                    let message = format!("{}, for {}", in_words(passing), passing.holder);
                    refusal(Address::Policy(first.name.clone()), message)
                }
            })
            .collect(),
    }
}

fn in_words(passing: &Passing) -> String {
    let what = match passing.kind {
        PassingKind::Access => "is allowed, though neither before nor after",
        PassingKind::Gap => "is not allowed, though before and after",
    };
    let step = passing.after_step + 1;
    let shown = &passing.witness.request;
    let caller = match passing.holder {
        Holder::Role(_) => format!(" by {}", passing.witness.caller),
        Holder::Other { .. } => String::new(),
    };
    format!(
        "for a moment after step {step}, {} on {}{caller} {what}",
        shown.action, shown.resource
    )
}
