//! `drift --accept`: the entries that accept findings as they are.

use std::collections::BTreeMap;

use super::plan::PlannedAccount;
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

/// The findings that were asked for, as far as they were found.
pub(crate) struct Sought<'a> {
    accepting: &'a Accepting<'a>,
    /// By id: the first account that has it, by its place and number.
    found: BTreeMap<&'a str, (usize, String, Finding)>,
    not_read: usize,
}

impl<'a> Sought<'a> {
    pub(crate) fn new(accepting: &'a Accepting<'a>) -> Self {
        Self {
            accepting,
            found: BTreeMap::new(),
            not_read: 0,
        }
    }

    /// Looks for them among the findings of the account at `place`.
    pub(crate) fn look(&mut self, place: usize, account: &PlannedAccount, report: DriftReport) {
        for finding in report.findings {
            let mut ids = self.accepting.ids.iter();
            let Some(id) = ids.find(|id| **id == finding.id) else {
                continue;
            };
            let known = self.found.get(id.as_str());
            if known.is_none_or(|(first, ..)| place < *first) {
                let number = account.observed.caller.account.to_string();
                self.found.insert(id, (place, number, finding));
            }
        }
    }

    /// Notes that an account could not be read.
    pub(crate) fn was_not_read(&mut self) {
        self.not_read += 1;
    }

    /// Prints the block for the spec that accepts the findings asked for.
    ///
    /// # Errors
    /// When one of them is not found (1) or may be in an account that could not be read (5), and when a spec could not
    /// hold the words (64).
    pub(crate) fn print_entries(&self, console: &mut Console) -> Result<ExitStatus, Failure> {
        let mut entries = Vec::new();
        let mut missing = Vec::new();
        for id in self.accepting.ids {
            match self.found.get(id.as_str()) {
                Some((.., finding)) if !finding.may_be_accepted() => missing.push(format!(
                    "finding `{id}` is a broken sentence of `never`, which cannot be accepted"
                )),
                Some((_, number, finding)) => {
                    let comment = format!("{number}: {}", finding_words(finding));
                    entries.push((comment, self.entry(finding)));
                }
                None => missing.push(format!("no finding `{}` now", id.escape_debug())),
            }
        }
        if !missing.is_empty() {
            return Err(self.not_found(missing));
        }
        let block =
            accept_block(&entries).map_err(|problem| Failure::new(ExitStatus::Usage, problem))?;
        console.print(&block)?;
        Ok(ExitStatus::Success)
    }

    fn entry(&self, finding: &Finding) -> Acceptance {
        let Accepting {
            reason,
            owner,
            until,
            ..
        } = *self.accepting;
        Acceptance {
            id: finding.id.clone(),
            state: finding.state.clone(),
            reason: reason.to_owned(),
            owner: owner.map(str::to_owned),
            until,
        }
    }

    fn not_found(&self, missing: Vec<String>) -> Failure {
        let (status, hint) = match self.not_read {
            0 => (
                ExitStatus::Failed,
                "`export-iam drift` shows the id of each finding in brackets".to_owned(),
            ),
            n => (
                ExitStatus::Incomplete,
                format!("it may be in one of the accounts that could not be read: {n}"),
            ),
        };
        Failure::all(status, missing.into_iter().map(|message| (message, None))).hint(hint)
    }
}
