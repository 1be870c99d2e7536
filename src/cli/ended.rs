//! How the work on accounts ended: one report in the order of the spec, one exit status.

use std::collections::BTreeMap;

use super::carry_out::Ready;
use super::console::Console;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::Seen;
use super::observe::{impossible, unread};
use super::outcome::{Outcomes, failed};
use crate::apply::{ApplyReport, Outcome, StepReport, Verified};
use crate::plan::ApprovedPlan;
use crate::report::Calls;
use crate::report::json::AccountReport;
use crate::report::text::style::safe;
use crate::report::text::{self, Detail};

/// Why the guard refused accounts, by their places in what was seen.
pub(super) type Refused = BTreeMap<usize, Failure>;

/// Why an account was not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotBegun {
    /// As many had failed as `--max-failures` allows.
    TooManyFailures,
    /// The run was interrupted.
    Interrupted,
}

impl NotBegun {
    fn failure(self, accounts: usize) -> Failure {
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

/// How the work on one account ended.
pub(super) struct Ended {
    pub(super) report: ApplyReport,
    pub(super) not_begun: Option<NotBegun>,
    /// What the look afterwards showed, where every step was done.
    pub(super) verified: Option<Verified>,
}

impl Ended {
    pub(super) fn not_begun(approved: &ApprovedPlan, reason: NotBegun) -> Self {
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
            not_begun: Some(reason),
            verified: None,
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.failure().is_none()
    }

    /// Why the work did not end well, if it did not.
    fn failure(&self) -> Option<Failure> {
        if let Some(reason) = self.not_begun {
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
            Verified::Unread(error) => Some(unread(error)),
            Verified::Impossible(errors) => Some(impossible(errors)),
        }
    }

    fn in_sync(&self) -> Option<bool> {
        if self.report.steps.is_empty() {
            return Some(true);
        }
        self.verified
            .as_ref()
            .map(|verified| matches!(verified, Verified::InSync(_)))
    }
}

/// Reports on every account in the order of the spec, and chooses the status.
pub(super) fn conclude(
    kind: &'static str,
    seen: &[Seen],
    ready: &[Ready<'_>],
    refused: &Refused,
    ended: Vec<Ended>,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let mut outcomes = Outcomes::new(kind);
    let mut failures = Failures::default();
    let mut ended = ready.iter().zip(ended);
    for (place, Seen { member, subject }) in seen.iter().enumerate() {
        let label = member.label().filter(|_| seen.len() > 1);
        if let (Err(failure), _) | (_, Some(failure)) = (subject, refused.get(&place)) {
            failed(member, failure, &mut outcomes);
            // It was told of before the question.
            failures.told.push(failure.status);
            continue;
        }
        let Some((ready, ended)) = ended.next() else {
            continue;
        };
        let failure = ended.failure();
        let calls = calls(ready);
        let report =
            AccountReport::applied(ready.approved.plan(), &ended.report, ended.in_sync(), calls);
        let report = match &failure {
            Some(failure) => report.with_errors(&failure.problems()),
            None => report,
        };
        let status = failure
            .as_ref()
            .map_or(ExitStatus::Success, |failure| failure.status);
        outcomes.add(
            member,
            status,
            account_text(label.as_deref(), &ended, calls),
            report,
        );
        match (ended.not_begun, failure) {
            (Some(reason), _) if seen.len() > 1 => {
                outcomes.was_not_begun();
                failures.not_begun.push(reason);
            }
            (_, failure) => failures
                .new
                .extend(failure.map(|failure| failure.of_account(label.as_deref()))),
        }
    }
    console.result(&outcomes.rendered())?;
    failures.end(seen.len(), console)
}

fn calls(ready: &Ready<'_>) -> Calls {
    let counts = ready.subject.connection.account.counts();
    Calls {
        made: counts.calls,
        repeated: counts.retries,
        throttled: counts.throttled,
    }
}

/// What went wrong, over all accounts.
#[derive(Default)]
struct Failures {
    /// Of accounts that were told of already.
    told: Vec<ExitStatus>,
    new: Vec<Failure>,
    /// Thousands may be; they are counted.
    not_begun: Vec<NotBegun>,
}

impl Failures {
    fn end(self, accounts: usize, console: &mut Console) -> Result<ExitStatus, Failure> {
        let Self {
            told,
            mut new,
            not_begun,
        } = self;
        for reason in [NotBegun::TooManyFailures, NotBegun::Interrupted] {
            let count = not_begun.iter().filter(|found| **found == reason).count();
            if count > 0 {
                new.push(reason.failure(count));
            }
        }
        if let (1, [only]) = (accounts, new.as_slice()) {
            return Err(only.clone());
        }
        new.iter().for_each(|failure| console.failure(failure));
        let statuses: Vec<ExitStatus> = new
            .iter()
            .map(|failure| failure.status)
            .chain(told)
            .collect();
        Ok(match statuses.as_slice() {
            [] => ExitStatus::Success,
            several if several.contains(&ExitStatus::Interrupted) => ExitStatus::Interrupted,
            _ => ExitStatus::Partial,
        })
    }
}

fn account_text(label: Option<&str>, ended: &Ended, calls: Calls) -> String {
    let mut text = String::new();
    if ended.report.steps.is_empty() || (label.is_some() && ended.not_begun.is_some()) {
        return text;
    }
    if let Some(label) = label {
        text.push_str(&safe(label).to_string());
        text.push('\n');
        for step in &ended.report.steps {
            text.push_str("  ");
            text.push_str(&text::step_line(step));
            text.push('\n');
        }
    }
    text::apply_report(label, &ended.report, calls, &mut text);
    match &ended.verified {
        Some(Verified::InSync(left)) => text::verified(left, &mut text),
        Some(Verified::NotYet(left)) => text::plan(left, label, Detail::Access, &mut text),
        Some(Verified::Unread(_) | Verified::Impossible(_)) | None => {}
    }
    text
}

/// How an apply that stopped part-way ends.
fn stopped(report: &ApplyReport) -> Failure {
    let problems = report
        .errors()
        .map(|error| (error.to_string(), crate::ram::hint(error)));
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
