//! `drift --accept`: the entries that accept findings as they are.

use super::plan::MemberPlan;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;
use crate::drift::{DriftReport, Finding};
use crate::model::{Acceptance, Day};
use crate::report::text::finding_words;
use crate::spec::accept_block;

/// The findings to accept, and what to say of it.
pub(crate) struct Accepting<'a> {
    pub(crate) ids: &'a [String],
    pub(crate) reason: &'a str,
    pub(crate) owner: Option<&'a str>,
    pub(crate) until: Day,
}

/// Prints the block for the spec that accepts the findings asked for. `reports` are those of `plans`, in order.
///
/// # Errors
/// When one of them is not found (1) or may be in an account that could not be read (5), and when a spec could not
/// hold the words (64).
pub(crate) fn print_entries(
    accepting: &Accepting<'_>,
    plans: &[MemberPlan],
    reports: &[Option<DriftReport>],
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let mut entries = Vec::new();
    let mut missing = Vec::new();
    for id in accepting.ids {
        match find(id, plans, reports) {
            Some((_, finding)) if !finding.may_be_accepted() => missing.push(format!(
                "finding `{id}` is a broken sentence of `never`, which cannot be accepted"
            )),
            Some((place, finding)) => {
                let comment = format!("{place}: {}", finding_words(finding));
                let acceptance = Acceptance {
                    id: finding.id.clone(),
                    state: finding.state.clone(),
                    reason: accepting.reason.to_owned(),
                    owner: accepting.owner.map(str::to_owned),
                    until: accepting.until,
                };
                entries.push((comment, acceptance));
            }
            None => missing.push(format!("no finding `{}` now", id.escape_debug())),
        }
    }
    if missing.is_empty() {
        let block =
            accept_block(&entries).map_err(|problem| Failure::new(ExitStatus::Usage, problem))?;
        console.print(&block)?;
        return Ok(ExitStatus::Success);
    }
    let unread = plans.iter().filter(|plan| plan.account.is_err()).count();
    let (status, hint) = match unread {
        0 => (
            ExitStatus::Failed,
            "`export-iam drift` shows the id of each finding in brackets".to_owned(),
        ),
        n => (
            ExitStatus::Incomplete,
            format!("it may be in one of the accounts that could not be read: {n}"),
        ),
    };
    Err(Failure::all(status, missing.into_iter().map(|message| (message, None))).hint(hint))
}

/// The finding of this id, and the account it is in.
fn find<'a>(
    id: &str,
    plans: &'a [MemberPlan],
    reports: &'a [Option<DriftReport>],
) -> Option<(&'a str, &'a Finding)> {
    plans.iter().zip(reports).find_map(|(plan, report)| {
        let account = &plan.account.as_ref().ok()?.observed.caller.account;
        let mut findings = report.as_ref()?.findings.iter();
        Some((account.as_str(), findings.find(|finding| finding.id == id)?))
    })
}
