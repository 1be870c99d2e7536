//! Executes an approved plan. It makes no choices: what needs one belongs in the plan.
//!
//! In: an [`ApprovedPlan`]. Out: an [`ApplyReport`] that names every step, also when the run stops part-way,
//! which is an ordinary outcome and no error of this function.

mod report;
mod shutdown;
mod verify;
mod wait_ready;

use futures_util::future::join_all;
use tokio::sync::watch;

pub use report::{ApplyReport, Outcome, StepReport};
pub use shutdown::Shutdown;
pub use verify::{InSync, Verified, verify};
pub use wait_ready::{wait_out_minute, wait_until_accepted};

use crate::account::{AccountError, AccountErrorKind, WriteAccount};
use crate::model::Step;
use crate::plan::{ApprovedPlan, PlannedStep};

/// Executes the plan wave by wave and stops after the first wave in which a step fails. `on_step` is called for
/// each step as it ends.
pub async fn apply<A: WriteAccount>(
    account: &A,
    plan: &ApprovedPlan,
    shutdown: watch::Receiver<Shutdown>,
    mut on_step: impl FnMut(&StepReport),
) -> ApplyReport {
    let mut reports: Vec<StepReport> = Vec::new();
    let mut stopped = false;
    for wave in plan.waves() {
        stopped = stopped || *shutdown.borrow() > Shutdown::None;
        let outcomes = match stopped {
            true => wave.iter().map(|_| Outcome::NotAttempted).collect(),
            false => {
                join_all(
                    wave.iter()
                        .map(|step| write(account, &step.step, shutdown.clone())),
                )
                .await
            }
        };
        for (step, outcome) in wave.iter().zip(outcomes) {
            stopped = stopped || !matches!(outcome, Outcome::Done(_));
            let report = StepReport {
                step: PlannedStep::clone(step),
                outcome,
            };
            on_step(&report);
            reports.push(report);
        }
    }
    let interrupted = *shutdown.borrow() > Shutdown::None;
    ApplyReport {
        steps: reports,
        interrupted,
    }
}

async fn write<A: WriteAccount>(
    account: &A,
    step: &Step,
    shutdown: watch::Receiver<Shutdown>,
) -> Outcome {
    let result = tokio::select! {
        biased;
        result = account.write(step) => result,
        () = Shutdown::immediate(shutdown) => {
            let mut error = AccountError::new(step.operation(), AccountErrorKind::OutcomeUnknown);
            error.message = "interrupted before the answer came".to_owned();
            Err(error)
        }
    };
    match result {
        Ok(written) => Outcome::Done(written),
        Err(error) if error.kind == AccountErrorKind::OutcomeUnknown => Outcome::Unknown(error),
        Err(error) => Outcome::Failed(error),
    }
}
