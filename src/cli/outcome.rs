//! What came of every account of a run: one report in the order of the spec, one exit status.

use super::console::{Console, Rendered};
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{Member, Seen};
use crate::report::json::{self, AccountReport};
use crate::report::text;

/// The accounts' parts, collected in order.
pub(super) struct Outcomes {
    kind: &'static str,
    text: String,
    accounts: Vec<AccountReport>,
    statuses: Vec<ExitStatus>,
    not_begun: usize,
}

impl Outcomes {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            text: String::new(),
            accounts: Vec::new(),
            statuses: Vec::new(),
            not_begun: 0,
        }
    }

    /// Adds one account.
    pub(super) fn add(
        &mut self,
        member: &Member,
        status: ExitStatus,
        text: String,
        report: AccountReport,
    ) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&text);
        let alias = member
            .entry
            .as_ref()
            .and_then(|entry| entry.alias.as_deref());
        self.accounts.push(report.member(member.index, alias));
        self.statuses.push(status);
    }

    /// Notes that the account added last was not begun at all.
    pub(super) fn was_not_begun(&mut self) {
        self.not_begun += 1;
    }

    /// The report in every form; for more than one account with a line that counts them.
    pub(super) fn rendered(&mut self) -> Rendered {
        let mut text = std::mem::take(&mut self.text);
        if self.statuses.len() > 1 {
            let count = |wanted: &[ExitStatus]| {
                self.statuses
                    .iter()
                    .filter(|status| wanted.contains(status))
                    .count()
            };
            let tally = text::Tally {
                accounts: self.statuses.len(),
                settled: count(&[ExitStatus::Success]),
                differing: count(&[ExitStatus::Differs]),
                not_begun: self.not_begun,
            };
            text::tally(self.kind, &tally, &mut text);
        }
        let accounts = std::mem::take(&mut self.accounts);
        Rendered {
            text,
            json: json::report(self.kind, accounts),
        }
    }

    /// The status of the whole: what one account alone would give; for several, "incomplete" if any failed, else
    /// "differs" if any does. Failures are told on standard error, each with its account.
    ///
    /// # Errors
    /// With the failure, where there is one account and it failed, and when the run was interrupted.
    pub(super) fn status(
        &self,
        seen: &[Seen],
        console: &mut Console,
    ) -> Result<ExitStatus, Failure> {
        if let [
            Seen {
                subject: Err(failure),
                ..
            },
        ] = seen
        {
            return Err(failure.clone());
        }
        let mut left = 0;
        for Seen { member, subject } in seen {
            match subject {
                // Thousands may be; they are counted.
                Err(failure) if failure.status == ExitStatus::Interrupted => left += 1,
                Err(failure) => {
                    console.failure(&failure.clone().of_account(member.label().as_deref()));
                }
                Ok(_) => {}
            }
        }
        if left > 0 {
            let message = format!(
                "interrupted; {left} of {} accounts were not read",
                seen.len()
            );
            return Err(Failure::new(ExitStatus::Interrupted, message));
        }
        Ok(whole(&self.statuses))
    }
}

/// Adds an account that could not be worked on.
pub(super) fn failed(member: &Member, failure: &Failure, outcomes: &mut Outcomes) {
    let report = AccountReport::failed(member.id(), &failure.problems());
    outcomes.add(member, failure.status, String::new(), report);
}

/// The status of several accounts that were only read.
fn whole(statuses: &[ExitStatus]) -> ExitStatus {
    let is_clean =
        |status: &ExitStatus| matches!(status, ExitStatus::Success | ExitStatus::Differs);
    if !statuses.iter().all(is_clean) {
        return ExitStatus::Incomplete;
    }
    match statuses.contains(&ExitStatus::Differs) {
        true => ExitStatus::Differs,
        false => ExitStatus::Success,
    }
}
