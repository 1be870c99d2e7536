//! The outcome of every step.

use crate::account::{AccountError, Written};
use crate::plan::PlannedStep;

/// The outcome of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect, or its effect was there already.
    Done(Written),
    /// It did not take effect.
    Failed(AccountError),
    /// It may or may not have taken effect; the next run will see.
    Unknown(AccountError),
    /// It was not begun, because the run stopped before it.
    NotAttempted,
}

/// One step and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// The step.
    pub step: PlannedStep,
    /// Its outcome.
    pub outcome: Outcome,
}

/// Every step of the plan, in its order, with its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyReport {
    /// The steps.
    pub steps: Vec<StepReport>,
    /// Whether the run was told to stop.
    pub interrupted: bool,
}

impl ApplyReport {
    /// Whether every step is done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.steps
            .iter()
            .all(|step| matches!(step.outcome, Outcome::Done(_)))
    }

    /// Whether some step took effect or may have.
    #[must_use]
    pub fn may_have_written(&self) -> bool {
        let wrote = |outcome: &Outcome| {
            matches!(
                outcome,
                Outcome::Done(Written::ByUs(_)) | Outcome::Unknown(_)
            )
        };
        self.steps.iter().any(|step| wrote(&step.outcome))
    }

    /// The errors of failed and unknown steps.
    pub fn errors(&self) -> impl Iterator<Item = &AccountError> {
        self.steps.iter().filter_map(|step| match &step.outcome {
            Outcome::Failed(error) | Outcome::Unknown(error) => Some(error),
            Outcome::Done(_) | Outcome::NotAttempted => None,
        })
    }
}
