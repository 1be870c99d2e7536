//! What an apply did, for people.

use std::fmt::Write;

use crate::account::{AccountError, Written};
use crate::apply::{ApplyReport, Outcome, StepReport};

use crate::plan::Plan;
use crate::report::Calls;

use super::readiness::readiness;
use super::step;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// One line for a step that ended; without a line break.
#[must_use]
pub fn step_line(report: &StepReport) -> String {
    let words = step::describe(&report.step.step);
    match &report.outcome {
        Outcome::Done(Written::ByUs(Some(version))) => {
            format!("{} {words} ({version})", Styled(ADD, "done   "))
        }
        Outcome::Done(Written::ByUs(None)) => format!("{} {words}", Styled(ADD, "done   ")),
        Outcome::Done(Written::Already) => {
            format!("{} {words} (was so already)", Styled(ADD, "done   "))
        }
        Outcome::Failed(error) => {
            format!("{} {words}: {}", Styled(REMOVE, "failed "), cause(error))
        }
        Outcome::Unknown(error) => {
            format!("{} {words}: {}", Styled(CHANGE, "unknown"), cause(error))
        }
        Outcome::NotAttempted => format!("{} {words}", Styled(DIM, "not run")),
    }
}

/// The cause in a word; the whole error, with what to do about it, is told at the end of the run.
fn cause(error: &AccountError) -> String {
    safe(error.code.as_deref().unwrap_or(&error.message))
}

/// Appends the line that counts what became of the steps; each had its own line as it ended. Calls are counted where
/// some had to be repeated.
pub fn apply_report(label: Option<&str>, report: &ApplyReport, calls: Calls, out: &mut String) {
    let count = |wanted: fn(&Outcome) -> bool| {
        report
            .steps
            .iter()
            .filter(|step| wanted(&step.outcome))
            .count()
    };
    let done = count(|outcome| matches!(outcome, Outcome::Done(_)));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let unknown = count(|outcome| matches!(outcome, Outcome::Unknown(_)));
    let left = count(|outcome| matches!(outcome, Outcome::NotAttempted));
    let line = format!(
        "{}: {done} done, {failed} failed, {unknown} unknown, {left} not run.",
        label.unwrap_or("Apply")
    );
    let _ = writeln!(out, "{}", Styled(STRONG, line));
    let Calls {
        made,
        repeated,
        throttled,
    } = calls;
    if repeated > 0 {
        let _ = writeln!(
            out,
            "{}",
            Styled(
                DIM,
                format!(
                    "{repeated} of {made} calls were repeats; {throttled} answers said \"too many calls\""
                )
            )
        );
    }
}

/// What an apply of exports did not look at. `verify` is the command that does.
#[must_use]
pub fn only_ram(verify: &str) -> String {
    let line = format!(
        "Only RAM was looked at. `{verify}` looks at buckets, control policies and images too; `apply` cannot change \
         those."
    );
    format!("{}\n", Styled(DIM, line))
}

/// Appends what the look after an apply showed: what the role is now good for, and nothing left to do.
pub fn verified(left: &Plan, out: &mut String) {
    if let Some(verdict) = &left.verdict {
        readiness("ExportImage", &verdict.now, out);
    }
    in_sync(out);
}

/// Appends that nothing is left to do.
pub fn in_sync(out: &mut String) {
    let _ = writeln!(
        out,
        "{}",
        Styled(STRONG, "Verified: read again, and nothing is left to do.")
    );
}
