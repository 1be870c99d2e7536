//! The result of executing one account's plan, and the failure it amounts to.

use super::wait_ready;
use crate::apply::{ApplyReport, Outcome, StepReport, Verified};
use crate::cli::exit::ExitStatus;
use crate::cli::failure::{Failure, described};
use crate::cli::session::connection::Connection;
use crate::model::ObservedState;
use crate::plan::ApprovedPlan;
use crate::readiness::CheckedExport;
use crate::report::Calls;

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
    /// What became of its exports.
    pub(crate) exports: Exports,
}

/// The exports of an account after its steps.
pub(crate) enum Exports {
    /// They were not asked about.
    NotAsked,
    /// A signal came while they were asked about.
    Interrupted,
    /// By every layer.
    Checked(Vec<CheckedExport>),
}

impl Exports {
    /// Why they are no success, if they are none.
    fn failure(&self) -> Option<Failure> {
        match self {
            Self::NotAsked => None,
            Self::Interrupted => {
                let message =
                    "interrupted before it was known whether exports work; every step is done";
                Some(Failure::new(ExitStatus::Interrupted, message))
            }
            Self::Checked(exports) => wait_ready::failure(exports),
        }
    }
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
            exports: Exports::NotAsked,
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
        if self.report.steps.is_empty() {
            return self.exports.failure();
        }
        let mut unread = match &self.verified {
            Some(Verified::InSync(_)) => return self.exports.failure(),
            _ if self.report.interrupted => {
                let message = "interrupted before the account was read again; every step is done";
                return Some(Failure::new(ExitStatus::Interrupted, message));
            }
            None => return None,
            Some(Verified::NotYet(_)) => {
                let message = "applied, but the account does not show it yet";
                return Some(
                    Failure::new(ExitStatus::Partial, message)
                        .hint("run `export-iam plan` again in a minute"),
                );
            }
            Some(Verified::Unread(error)) => Failure::from(error.clone()),
            Some(Verified::Impossible(errors)) => return Some(errors.clone().into()),
        };
        // The steps are done, so it cannot be the status of a run that changed nothing.
        unread.status = ExitStatus::Incomplete;
        Some(unread)
    }

    /// What was read of the account once its steps were done; `before` where there were none. Nothing where they were
    /// not all done, or not seen.
    pub(crate) fn done<'a>(&'a self, before: &'a ObservedState) -> Option<&'a ObservedState> {
        match &self.verified {
            Some(Verified::InSync(seen)) => Some(&seen.observed),
            Some(_) => None,
            None => (self.report.steps.is_empty() && self.not_started.is_none()).then_some(before),
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

/// An account that was worked on: what was to be done, and what became of it.
pub(crate) struct Executed {
    pub(crate) plan: ApprovedPlan,
    pub(crate) result: AccountResult,
    pub(crate) calls: Calls,
}

impl Executed {
    pub(crate) fn new(plan: ApprovedPlan, result: AccountResult, connection: &Connection) -> Self {
        let counts = connection.counts();
        Self {
            plan,
            result,
            calls: Calls {
                made: counts.calls,
                repeated: counts.retries,
                throttled: counts.throttled,
            },
        }
    }

    /// Of an account where nothing is to be done.
    pub(crate) fn settled(plan: ApprovedPlan, connection: &Connection) -> Self {
        let result = AccountResult {
            report: ApplyReport {
                steps: Vec::new(),
                interrupted: false,
            },
            not_started: None,
            verified: None,
            exports: Exports::NotAsked,
        };
        Self::new(plan, result, connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{AccountError, AccountErrorKind, Written};
    use crate::model::{RoleName, Step};
    use crate::observe::ObserveError;
    use crate::plan::PlannedStep;

    fn result(outcome: Outcome, interrupted: bool, verified: Option<Verified>) -> AccountResult {
        let role = RoleName::new("R").unwrap();
        let step = PlannedStep {
            wave: 0,
            step: Step::DeleteRole { role },
            effects: std::collections::BTreeSet::new(),
        };
        AccountResult {
            report: ApplyReport {
                steps: vec![StepReport { step, outcome }],
                interrupted,
            },
            not_started: None,
            verified,
            exports: Exports::NotAsked,
        }
    }

    fn error(kind: AccountErrorKind) -> AccountError {
        AccountError::new("DeleteRole", kind)
    }

    #[test]
    fn after_a_signal_the_status_is_130_whatever_became_of_the_call() {
        let unread = |kind| Some(Verified::Unread(ObserveError(vec![error(kind)])));
        let done = || Outcome::Done(Written::ByUs(None));
        for (outcome, verified) in [
            (Outcome::Failed(error(AccountErrorKind::Denied)), None),
            (Outcome::Failed(error(AccountErrorKind::Credential)), None),
            (
                Outcome::Unknown(error(AccountErrorKind::OutcomeUnknown)),
                None,
            ),
            (Outcome::NotAttempted, None),
            (done(), None),
            (done(), unread(AccountErrorKind::Unavailable)),
            (done(), unread(AccountErrorKind::Credential)),
            (done(), Some(Verified::Impossible(Vec::new()))),
        ] {
            let shown = format!("{outcome:?} {verified:?}");
            let failure = result(outcome, true, verified).failure();
            let status = failure.map(|failure| failure.status);
            assert_eq!(status, Some(ExitStatus::Interrupted), "{shown}");
        }
    }

    #[test]
    fn an_account_that_cannot_be_read_after_a_step_is_incomplete_and_not_unchanged() {
        for kind in [AccountErrorKind::Unavailable, AccountErrorKind::Credential] {
            let unread = Verified::Unread(ObserveError(vec![error(kind)]));
            let done = Outcome::Done(Written::ByUs(None));
            let failure = result(done, false, Some(unread)).failure().unwrap();
            assert_eq!(failure.status, ExitStatus::Incomplete);
        }
    }
}
