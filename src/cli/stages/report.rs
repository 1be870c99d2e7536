//! The report of a run: the accounts in the order of the spec, and one exit status.

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::console::{Console, Rendered};
use crate::report::json::{self, AccountReport, UnusedAcceptance};
use crate::report::text;

/// Collects the accounts' parts, in order.
pub(crate) struct RunReport {
    kind: &'static str,
    /// The spec as it was named; `None` for a saved plan.
    spec: Option<String>,
    text: String,
    accounts: Vec<AccountReport>,
    statuses: Vec<ExitStatus>,
    not_started: usize,
    unused: Vec<UnusedAcceptance>,
}

impl RunReport {
    pub(crate) fn new(kind: &'static str, spec: Option<String>) -> Self {
        Self {
            kind,
            spec,
            text: String::new(),
            accounts: Vec::new(),
            statuses: Vec::new(),
            not_started: 0,
            unused: Vec::new(),
        }
    }

    /// Adds what the spec accepts in vain.
    pub(crate) fn note_unused(&mut self, unused: Vec<UnusedAcceptance>) {
        self.unused = unused;
    }

    /// Begins the text with what is said of all accounts together.
    pub(crate) fn begin(&mut self, text: String) {
        self.text = text;
    }

    /// Adds one account.
    pub(crate) fn add(
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
        let entry = member.entry.as_ref();
        let alias = entry.and_then(|entry| entry.alias.as_deref());
        let line = entry.and_then(|entry| entry.line);
        self.accounts.push(report.member(member.index, alias, line));
        self.statuses.push(status);
    }

    /// Adds an account that could not be worked on.
    pub(crate) fn add_failure(&mut self, member: &Member, failure: &Failure) {
        let report = AccountReport::failed(member.id(), &failure.problems());
        self.add(member, failure.status, String::new(), report);
    }

    /// Notes that the account added last was not started at all.
    pub(crate) fn was_not_started(&mut self) {
        self.not_started += 1;
    }

    /// The report in every form; for more than one account with a line that counts them.
    pub(crate) fn rendered(&mut self) -> Rendered {
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
                not_begun: self.not_started,
            };
            text::tally(self.kind, &tally, &mut text);
        }
        let accounts = std::mem::take(&mut self.accounts);
        let unused = std::mem::take(&mut self.unused);
        Rendered {
            text,
            json: json::report(self.kind, self.spec.as_deref(), accounts, unused),
        }
    }

    /// The status of the run: what one account alone would give; for several, "incomplete" if any failed, else
    /// "differs" if any does. Failures are shown on standard error, each with its account.
    ///
    /// # Errors
    /// With the failure, where there is one account and it failed, and when the run was interrupted.
    pub(crate) fn status<'a>(
        &self,
        failures: impl IntoIterator<Item = (&'a Member, Option<&'a Failure>)>,
        console: &mut Console,
    ) -> Result<ExitStatus, Failure> {
        let accounts = self.statuses.len();
        let mut not_read = 0;
        for (member, failure) in failures {
            match failure {
                Some(failure) if accounts == 1 => return Err(failure.clone()),
                // Thousands may be; they are counted.
                Some(failure) if failure.status == ExitStatus::Interrupted => not_read += 1,
                Some(failure) => {
                    console.failure(&failure.clone().of_account(member.label().as_deref()));
                }
                None => {}
            }
        }
        if not_read > 0 {
            let message = format!("interrupted; {not_read} of {accounts} accounts were not read");
            return Err(Failure::new(ExitStatus::Interrupted, message));
        }
        Ok(overall(&self.statuses))
    }
}

/// The status of a run over several accounts that were only read.
fn overall(statuses: &[ExitStatus]) -> ExitStatus {
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
