//! What is known of an order of steps.

use crate::policy::transition::Use;

use super::world::Holder;

/// What is known about the moments between two steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderCheck {
    /// Nobody holds anything in between that they held neither before nor after, and nobody misses anything in
    /// between that they held before and hold after.
    Safe,
    /// No order of these steps is free of it.
    Unsafe(Vec<Passing>),
    /// It could not be decided, for this reason.
    Unchecked(String),
}

/// Access that is wrong for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// The step after which it begins, counted from 0 in the order of the plan.
    pub after_step: usize,
    /// Through whom.
    pub holder: Holder,
    /// Whether access is there that should not be, or missing.
    pub kind: PassingKind,
    /// One use of the role that shows it.
    pub witness: Use,
}

/// In which way access is wrong for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassingKind {
    /// Somebody may do what they may neither before nor after.
    Access,
    /// Somebody may not do what they may both before and after.
    Gap,
}

/// The order found for one component.
pub(super) struct Found {
    /// Groups of step numbers; the steps of a group may be done in any order.
    pub(super) order: Vec<Vec<usize>>,
    /// What is wrong for a moment in that order, by the number of the step after which it begins.
    pub(super) passing: Vec<Passing>,
    /// Why the moments in between could not be checked.
    pub(super) unchecked: Option<String>,
}
