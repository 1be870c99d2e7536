//! Decides what must change for the account to match the spec.
//!
//! In: a [`DesiredState`] and an [`ObservedState`]. Out: a [`Plan`], which holds every decision: apply makes
//! none. Knows nothing of HTTP, files, time or the terminal. Equal inputs give equal bytes.
//!
//! # Why nothing is read here
//! A diff that reads while it compares sees an account that moves under it.

mod action;
mod attachments;
mod change;
mod compare;
mod diff;
mod effect;
mod error;
pub mod file;
mod guard;
mod layers;
mod never;
mod order;
mod possible;
mod removal;
mod steps;
mod undo;
mod verdict;

use std::collections::BTreeSet;

pub use action::{Action, Reason};
pub use change::{Change, DocumentChange, FieldChange};
pub use effect::Effect;
pub use error::PlanError;
pub use guard::{ApprovedPlan, Refusal, Risk, approve, forbidden};
pub use layers::ReadLayers;
pub use never::{Breach, breaches, breaches_of_wish};
pub use order::{Holder, OrderCheck, Passing, PassingKind};
pub use possible::possible_steps;
pub use undo::{UndoError, undo};
pub use verdict::{Verdict, export_role, import_role};

use crate::model::{Address, Caller, DesiredState, GroupAttachments, ObservedState, Step};

/// Everything that will be done, decided and in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose plan it is.
    pub caller: Caller,
    /// What happens to every address in scope, sorted by address; addresses that stay are here too.
    pub changes: Vec<Change>,
    /// The writes, in order.
    pub steps: Vec<PlannedStep>,
    /// What is known about the moments between the steps.
    pub order: OrderCheck,
    /// Would ExportImage work, where the spec is about that.
    pub verdict: Option<Verdict>,
    /// The sentences of `never` that do not hold after the steps, in the order of the spec.
    pub breaches: Vec<Breach>,
    /// What could not be looked at, and why; the plan says nothing of it.
    pub not_read: Option<String>,
    /// What the spec is for.
    pub aim: Aim,
}

/// What a spec is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Bring about what it names.
    Have,
    /// Remove what it names.
    Remove,
}

impl Aim {
    /// What this makes of the state that a spec describes.
    #[must_use]
    pub fn at(self, desired: DesiredState) -> DesiredState {
        match self {
            Self::Have => desired,
            Self::Remove => desired.removed(),
        }
    }
}

/// One write of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep {
    /// Steps of one wave are sent together, after all of the wave before. Counted from 0.
    pub wave: usize,
    /// The write.
    pub step: Step,
    /// What it does to people's access.
    pub effects: BTreeSet<Effect>,
}

/// How many addresses each action touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// To be made.
    pub create: usize,
    /// To be changed.
    pub update: usize,
    /// To be removed.
    pub delete: usize,
    /// Attached without the spec naming it, and reported.
    pub unmanaged: usize,
}

/// Plans what leads from `observed` to `desired`.
///
/// # Errors
/// With every reason why no plan can be made.
pub fn plan(desired: &DesiredState, observed: &ObservedState) -> Result<Plan, Vec<PlanError>> {
    let mut changes = diff::diff(desired, observed);
    changes.extend(removal::removals(&desired.removals, observed));
    changes.sort_by(|a, b| a.address.cmp(&b.address));
    let mut errors: Vec<PlanError> = Vec::new();
    for change in &changes {
        let error = impossible(change, &changes, desired, observed);
        errors.extend(error.filter(|error| !errors.contains(error)));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let order::Ordered { steps, check } = order::order(steps::steps(&changes, observed), observed);
    let steps = steps.into_iter().map(|(wave, draft)| {
        let effects = effect::effects(&draft.step, draft.access.as_ref());
        PlannedStep {
            wave,
            step: draft.step,
            effects,
        }
    });
    let steps: Vec<PlannedStep> = steps.collect();
    let writes: Vec<&Step> = steps.iter().map(|planned| &planned.step).collect();
    let verdict = verdict::verdict(desired, observed, &writes);
    let breaches = never::breaches_after(desired, observed, &writes);
    Ok(Plan {
        breaches,
        caller: observed.caller.clone(),
        changes,
        steps,
        order: check,
        verdict,
        not_read: match &observed.group_attachments {
            GroupAttachments::Read(_) => None,
            GroupAttachments::NotRead(why) => Some(format!(
                "what is attached for single resource groups was not looked at: {why}"
            )),
        },
        aim: match desired.removals.is_empty() {
            true => Aim::Have,
            false => Aim::Remove,
        },
    })
}

fn impossible(
    change: &Change,
    changes: &[Change],
    desired: &DesiredState,
    observed: &ObservedState,
) -> Option<PlanError> {
    if !change.is_pending() {
        return None;
    }
    if let Address::Role(role)
    | Address::Attachment { role, .. }
    | Address::GroupAttachment { role, .. } = &change.address
    {
        let live = observed.roles.get(role).and_then(Option::as_ref);
        if live.is_some_and(|live| live.is_service_linked) {
            return Some(PlanError::ServiceLinked(Address::Role(role.clone())));
        }
    }
    match (&change.address, change.action) {
        (_, Action::Delete) => removal::obstacle(change, changes, observed),
        (Address::Attachment { policy, .. }, Action::Create) => {
            let exists = observed.policies.get(policy).is_some_and(Option::is_some);
            let will_exist = desired.policies.keys().any(|name| policy.is_custom(name));
            (!exists && !will_exist).then(|| PlanError::NoSuchPolicy(policy.clone()))
        }
        _ => None,
    }
}

impl Plan {
    /// Whether applying it would write nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Counts the changes.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for change in &self.changes {
            match change.action {
                Action::Create => summary.create += 1,
                Action::Update => summary.update += 1,
                Action::Delete => summary.delete += 1,
                Action::NoOp if change.reason == Reason::Unmanaged => summary.unmanaged += 1,
                Action::NoOp => {}
            }
        }
        summary
    }
}
