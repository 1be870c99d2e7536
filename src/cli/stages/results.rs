//! apply → report: the results of all accounts in one report, and one exit status.

use super::account_result::{AccountResult, Exports, NotStarted};
use super::approval::{Approved, ApprovedAccount};
use super::plan::MemberPlan;
use super::report::RunReport;
use crate::apply::Verified;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;
use crate::readiness::Answer;
use crate::report::Calls;
use crate::report::json::AccountReport;
use crate::report::text::style::safe;
use crate::report::text::{self, Detail};

/// Reports on every account in the order of the spec in `report`, and chooses the status.
///
/// # Errors
/// With the failure of a single account.
pub(crate) fn report_results(
    mut report: RunReport,
    plans: &[MemberPlan],
    approved: &Approved<'_>,
    results: &[AccountResult],
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let mut failures = Failures::default();
    let mut results = approved.accounts.iter().zip(results);
    for (place, MemberPlan { member, account }) in plans.iter().enumerate() {
        let label = member.label().filter(|_| plans.len() > 1);
        if let (Err(failure), _) | (_, Some(failure)) = (account, approved.refused.get(&place)) {
            report.add_failure(member, failure);
            match plans.len() {
                1 => failures.new.push(failure.clone()),
                // It was shown before the question.
                _ => failures.shown.push(failure.status),
            }
            continue;
        }
        let Some((approved, result)) = results.next() else {
            continue;
        };
        let failure = result.failure();
        let calls = calls(approved);
        let part = AccountReport::applied(
            approved.plan.plan(),
            &result.report,
            result.in_sync(),
            calls,
        );
        let part = match &failure {
            // What blocks exports is among their checks.
            Some(failure) if failure.status != ExitStatus::Differs => {
                part.with_errors(&failure.problems())
            }
            _ => part,
        };
        let part = match &result.exports {
            Exports::Checked(exports) => part.with_exports(exports),
            Exports::NotAsked | Exports::Interrupted => part,
        };
        let status = failure
            .as_ref()
            .map_or(ExitStatus::Success, |failure| failure.status);
        let text = account_text(label.as_deref(), result, calls);
        report.add(member, status, text, part);
        match (result.not_started, failure) {
            (Some(reason), _) if plans.len() > 1 => {
                report.was_not_started();
                failures.not_started.push(reason);
            }
            (_, failure) => failures
                .new
                .extend(failure.map(|failure| failure.of_account(label.as_deref()))),
        }
    }
    console.result(&report.rendered())?;
    failures.conclude(plans.len(), console)
}

fn calls(approved: &ApprovedAccount<'_>) -> Calls {
    let counts = approved.account.connection.counts();
    Calls {
        made: counts.calls,
        repeated: counts.retries,
        throttled: counts.throttled,
    }
}

/// What went wrong, over all accounts.
#[derive(Default)]
struct Failures {
    /// Of accounts whose failure was shown already.
    shown: Vec<ExitStatus>,
    new: Vec<Failure>,
    /// Thousands may be; they are counted.
    not_started: Vec<NotStarted>,
}

impl Failures {
    fn conclude(self, accounts: usize, console: &mut Console) -> Result<ExitStatus, Failure> {
        let Self {
            shown,
            mut new,
            not_started,
        } = self;
        for reason in [NotStarted::TooManyFailures, NotStarted::Interrupted] {
            let count = not_started.iter().filter(|found| **found == reason).count();
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
            .chain(shown)
            .collect();
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
