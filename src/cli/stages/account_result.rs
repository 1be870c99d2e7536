//! The result of executing one account's plan, and the failure it amounts to.

use crate::apply::{ApplyReport, Outcome, StepReport, Verified};
use crate::cli::exit::ExitStatus;
use crate::cli::failure::{Failure, described};
use crate::plan::ApprovedPlan;

/// Why an account was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotStarted {
    /// As many had failed as `--max-failures` allows.
    TooManyFailures,
    /// The run was interrupted.
    Interrupted,
}

impl NotStarted {
    pub(crate) fn failure(self, accounts: usize) -> Failure {
        let what = match accounts {
            1 => "not begun".to_owned(),
            n => format!("{n} accounts were not begun"),
        };
        match self {
            Self::TooManyFailures => Failure::new(
                ExitStatus::Partial,
                format!("{what}: as many had failed as `--max-failures` allows"),
            )
            .hint("mend what failed and run the same command again"),
            Self::Interrupted => {
                Failure::new(ExitStatus::Interrupted, format!("{what}: interrupted"))
                    .hint("run the same command again to finish")
            }
        }
    }
}

/// The result of executing one account's plan.
pub(crate) struct AccountResult {
    pub(crate) report: ApplyReport,
    pub(crate) not_started: Option<NotStarted>,
    /// What reading the account again showed, where every step was done.
    pub(crate) verified: Option<Verified>,
}

impl AccountResult {
    pub(crate) fn not_started(approved: &ApprovedPlan, reason: NotStarted) -> Self {
        let steps = approved.plan().steps.iter();
        let steps = steps.map(|step| StepReport {
            step: step.clone(),
            outcome: Outcome::NotAttempted,
        });
        Self {
            report: ApplyReport {
                steps: steps.collect(),
                interrupted: false,
            },
            not_started: Some(reason),
            verified: None,
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.failure().is_none()
    }

    /// Why this is no success, if it is none.
    pub(crate) fn failure(&self) -> Option<Failure> {
        if let Some(reason) = self.not_started {
            return Some(reason.failure(1));
        }
        if !self.report.is_complete() {
            return Some(stopped(&self.report));
        }
        if self.verified.is_none() && self.report.interrupted && !self.report.steps.is_empty() {
            let message = "interrupted before the account was read again; every step is done";
            return Some(Failure::new(ExitStatus::Interrupted, message));
        }
        match self.verified.as_ref()? {
            Verified::InSync(_) => None,
            Verified::NotYet(_) => {
                let failure = Failure::new(
                    ExitStatus::Partial,
                    "applied, but the account does not show it yet",
                );
                Some(failure.hint("run `export-iam plan` again in a minute"))
            }
            Verified::Unread(error) => Some(error.clone().into()),
            Verified::Impossible(errors) => Some(errors.clone().into()),
        }
    }

    pub(crate) fn in_sync(&self) -> Option<bool> {
        if self.report.steps.is_empty() {
            return Some(true);
        }
        self.verified
            .as_ref()
            .map(|verified| matches!(verified, Verified::InSync(_)))
    }
}

/// The failure of an apply that stopped part-way.
fn stopped(report: &ApplyReport) -> Failure {
    let problems = report.errors().map(described);
    let status = match (report.interrupted, report.may_have_written()) {
        (true, _) => ExitStatus::Interrupted,
        (false, true) => ExitStatus::Partial,
        (false, false) => ExitStatus::Failed,
    };
    let again = match report.interrupted {
        true => "interrupted; run the same command again to finish",
        false => "stopped before the end; run the same command again once the cause is mended",
    };
    Failure::all(status, problems.chain([(again.to_owned(), None)]))
}
