//! apply → report: the results of all accounts in one report, and one exit status.

use std::collections::BTreeMap;

use super::account_result::{AccountResult, Executed, Exports, NotStarted};
use super::report::RunReport;
use crate::apply::Verified;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::console::Console;
use crate::readiness::Answer;
use crate::report::Calls;
use crate::report::json::AccountReport;
use crate::report::text::style::safe;
use crate::report::text::{self, Detail};

/// Takes in the results as they come; what stays of an account is what went wrong.
pub(crate) struct Results {
    report: RunReport,
    is_fleet: bool,
    /// Of accounts whose failure was shown already.
    shown: Vec<ExitStatus>,
    /// By the account's place.
    new: BTreeMap<usize, Failure>,
    /// Thousands may be; they are counted.
    not_started: Vec<NotStarted>,
}

impl Results {
    /// Nothing is shown before [`begin`](Self::begin).
    pub(crate) fn new(mut report: RunReport, accounts: usize) -> Self {
        report.hold();
        Self {
            report,
            is_fleet: accounts > 1,
            shown: Vec::new(),
            new: BTreeMap::new(),
            not_started: Vec::new(),
        }
    }

    /// Shows what is known, and what comes.
    pub(crate) fn begin(&mut self) {
        self.report.release();
    }

    /// Takes in an account that is not worked on, which is said before the question.
    pub(crate) fn failed(&mut self, at: (usize, &Member), failure: &Failure) {
        self.add_failure(at, failure);
        match self.is_fleet {
            true => self.shown.push(failure.status),
            false => drop(self.new.insert(at.0, failure.clone())),
        }
    }

    /// Takes in an account that could not be worked on, as it turned out later.
    pub(crate) fn failed_late(&mut self, at: (usize, &Member), failure: Failure) {
        self.add_failure(at, &failure);
        let label = at.1.label().filter(|_| self.is_fleet);
        self.new.insert(at.0, failure.of_account(label.as_deref()));
    }

    fn add_failure(&mut self, at: (usize, &Member), failure: &Failure) {
        let report = || AccountReport::failed(at.1.id(), &failure.problems());
        self.report.add(at, failure.status, |_| (), report);
    }

    /// Takes in an account that was worked on.
    pub(crate) fn executed(&mut self, at: (usize, &Member), executed: &Executed) {
        let Executed {
            plan,
            result,
            calls,
        } = executed;
        let label = at.1.label().filter(|_| self.is_fleet);
        let label = label.as_deref();
        let failure = result.failure();
        let report = || {
            let part =
                AccountReport::applied(plan.plan(), &result.report, result.in_sync(), *calls);
            let part = match &failure {
                // What blocks exports is among their checks.
                Some(failure) if failure.status != ExitStatus::Differs => {
                    part.with_errors(&failure.problems())
                }
                _ => part,
            };
            match &result.exports {
                Exports::Checked(exports) => part.with_exports(exports),
                Exports::NotAsked | Exports::Interrupted => part,
            }
        };
        let status = failure.as_ref().map(|failure| failure.status);
        let say = |text: &mut String| text.push_str(&account_text(label, result, *calls));
        let status = status.unwrap_or(ExitStatus::Success);
        self.report.add(at, status, say, report);
        match (result.not_started, failure) {
            (Some(reason), _) if self.is_fleet => {
                self.report.was_not_started();
                self.not_started.push(reason);
            }
            (_, Some(failure)) => drop(self.new.insert(at.0, failure.of_account(label))),
            (_, None) => {}
        }
    }

    /// Ends the report, and chooses the status.
    ///
    /// # Errors
    /// With the failure of a single account.
    pub(crate) fn conclude(self, console: &mut Console) -> Result<ExitStatus, Failure> {
        self.report.end(console)?;
        let mut new: Vec<Failure> = self.new.into_values().collect();
        for reason in [NotStarted::TooManyFailures, NotStarted::Interrupted] {
            let same = self.not_started.iter().filter(|found| **found == reason);
            let count = same.count();
            if count > 0 {
                new.push(reason.failure(count));
            }
        }
        if let (false, [only]) = (self.is_fleet, new.as_slice()) {
            return Err(only.clone());
        }
        new.iter().for_each(|failure| console.failure(failure));
        let statuses = new.iter().map(|failure| failure.status);
        let statuses: Vec<ExitStatus> = statuses.chain(self.shown).collect();
        Ok(match statuses.as_slice() {
            [] => ExitStatus::Success,
            several if several.contains(&ExitStatus::Interrupted) => ExitStatus::Interrupted,
            several if several.iter().all(|status| *status == ExitStatus::Differs) => {
                ExitStatus::Differs
            }
            _ => ExitStatus::Partial,
        })
    }
}

fn account_text(label: Option<&str>, result: &AccountResult, calls: Calls) -> String {
    let mut text = steps_text(label, result, calls);
    let Exports::Checked(exports) = &result.exports else {
        return text;
    };
    let is_ready = exports
        .iter()
        .all(|export| export.answer() == Answer::Ready);
    if exports.is_empty() || (label.is_some() && is_ready) {
        return text;
    }
    match label {
        Some(label) if text.is_empty() => {
            text.push_str(&safe(label));
            text.push('\n');
        }
        _ => text.push('\n'),
    }
    text::exports(exports, &mut text);
    text
}

fn steps_text(label: Option<&str>, result: &AccountResult, calls: Calls) -> String {
    let mut text = String::new();
    if result.report.steps.is_empty() || (label.is_some() && result.not_started.is_some()) {
        return text;
    }
    if let Some(label) = label {
        text.push_str(&safe(label).to_string());
        text.push('\n');
        for step in &result.report.steps {
            text.push_str("  ");
            text.push_str(&text::step_line(step));
            text.push('\n');
        }
    }
    text::apply_report(label, &result.report, calls, &mut text);
    match &result.verified {
        // All layers are told of below.
        Some(Verified::InSync(_)) if matches!(result.exports, Exports::Checked(_)) => {
            text::in_sync(&mut text);
        }
        Some(Verified::InSync(seen)) => text::verified(&seen.plan, &mut text),
        Some(Verified::NotYet(left)) => text::plan(left, label, Detail::Access, &mut text),
        Some(Verified::Unread(_) | Verified::Impossible(_)) | None => {}
    }
    text
}
