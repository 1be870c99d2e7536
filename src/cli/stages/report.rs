//! The report of a run: the accounts in the order of the spec, and one exit status.

use std::collections::BTreeMap;

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::console::Console;
use crate::cli::session::output::Output;
use crate::cli::session::spool::{Part, Queue, no_room};
use crate::report::json::{AccountReport, ReportStream, UnusedAcceptance};
use crate::report::text;

/// Takes the accounts' parts as they end, and lets them out in the order of the spec. What stays of an account is its
/// status, and why it failed if it did.
pub(crate) struct RunReport {
    kind: &'static str,
    stream: ReportStream,
    waiting: Queue,
    output: Output,
    /// Whether parts are kept back, because it is not yet said that there will be a report.
    is_held: bool,
    is_begun: bool,
    has_text: bool,
    statuses: Vec<ExitStatus>,
    /// By place, with what people call the account.
    failures: BTreeMap<usize, (Option<String>, Failure)>,
    not_started: usize,
    unused: Vec<UnusedAcceptance>,
}

impl RunReport {
    /// `spec` is the spec as it was named; `None` for a saved plan.
    pub(crate) fn new(kind: &'static str, spec: Option<String>, console: &Console) -> Self {
        Self {
            kind,
            stream: ReportStream::new(kind, spec),
            waiting: Queue::default(),
            output: console.output(),
            is_held: false,
            is_begun: false,
            has_text: false,
            statuses: Vec::new(),
            failures: BTreeMap::new(),
            not_started: 0,
            unused: Vec::new(),
        }
    }

    /// Adds what the spec accepts in vain.
    pub(crate) fn note_unused(&mut self, unused: Vec<UnusedAcceptance>) {
        self.unused = unused;
    }

    /// Whether every account so far was worked on.
    pub(crate) fn is_whole(&self) -> bool {
        self.failures.is_empty()
    }

    /// Keeps all parts back from now on.
    pub(crate) fn hold(&mut self) {
        self.is_held = true;
    }

    /// Lets out what was kept back, and what comes.
    pub(crate) fn release(&mut self) {
        self.is_held = false;
        self.let_out();
    }

    /// Adds the account at `place`. Its text and its part for programs are made if they were asked for.
    pub(crate) fn add(
        &mut self,
        (place, member): (usize, &Member),
        status: ExitStatus,
        say: impl FnOnce(&mut String),
        report: impl FnOnce() -> AccountReport,
    ) {
        self.statuses.push(status);
        let mut part = Part::default();
        if self.output.takes_text() {
            say(&mut part.text);
        }
        if self.output.takes_json() {
            let entry = member.entry.as_ref();
            let alias = entry.and_then(|entry| entry.alias.as_deref());
            let line = entry.and_then(|entry| entry.line);
            let report = report().member(member.index, alias, line);
            part.json = self.stream.account(&report);
        }
        if let Err(error) = self.waiting.put(place, &part) {
            self.output.fail(no_room(&error));
        }
        self.let_out();
    }

    /// Adds an account that could not be worked on.
    pub(crate) fn add_failure(&mut self, (place, member): (usize, &Member), failure: Failure) {
        let report = || AccountReport::failed(member.id(), &failure.problems());
        self.add((place, member), failure.status, |_| (), report);
        self.failures.insert(place, (member.label(), failure));
    }

    /// Notes that the account added last was not started at all.
    pub(crate) fn was_not_started(&mut self) {
        self.not_started += 1;
    }

    /// Lets out the parts whose turn it is, as far as a reader takes them.
    fn let_out(&mut self) {
        while !self.is_held && self.output.has_room() && self.let_one_out() {}
    }

    /// Whether there was a part whose turn it was.
    fn let_one_out(&mut self) -> bool {
        match self.waiting.next() {
            Ok(Some(part)) => {
                self.write(part);
                true
            }
            Ok(None) => false,
            Err(error) => {
                self.output.fail(no_room(&error));
                false
            }
        }
    }

    fn write(&mut self, mut part: Part) {
        if self.output.takes_json() && self.is_begun {
            part.json.insert_str(0, ReportStream::BETWEEN);
        }
        self.begin();
        if self.has_text && !part.text.is_empty() {
            part.text.insert(0, '\n');
        }
        self.has_text |= !part.text.is_empty();
        self.output.write(part);
    }

    /// Lets out what stands before the accounts, once.
    fn begin(&mut self) {
        if !self.is_begun && self.output.takes_json() {
            self.output.write(Part {
                text: String::new(),
                json: self.stream.head(),
            });
        }
        self.is_begun = true;
    }

    /// Lets everything out, and writes the reports; for more than one account with a line that counts them.
    ///
    /// # Errors
    /// When the result could not be shown, or a report not be written.
    pub(crate) fn end(self, console: &mut Console) -> Result<Ended, Failure> {
        self.end_with(String::new(), console)
    }

    /// As [`end`](Self::end), with `text` about all accounts together before the line that counts them.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub(crate) fn end_with(
        mut self,
        mut text: String,
        console: &mut Console,
    ) -> Result<Ended, Failure> {
        while self.let_one_out() {}
        // A part of a fleet may have no accounts.
        self.begin();
        let accounts = self.statuses.len();
        if accounts > 1 {
            let count = |wanted: ExitStatus| {
                let statuses = self.statuses.iter();
                statuses.filter(|status| **status == wanted).count()
            };
            let tally = text::Tally {
                accounts,
                settled: count(ExitStatus::Success),
                differing: count(ExitStatus::Differs),
                not_begun: self.not_started,
            };
            text::tally(self.kind, &tally, &mut text);
        }
        let json = self.stream.tail(self.unused);
        self.output.write(Part { text, json });
        console.publish(self.output)?;
        Ok(Ended {
            statuses: self.statuses,
            failures: self.failures,
        })
    }
}

/// A report that is written.
pub(crate) struct Ended {
    statuses: Vec<ExitStatus>,
    failures: BTreeMap<usize, (Option<String>, Failure)>,
}

impl Ended {
    /// The status of the run: what one account alone would give; for several, "incomplete" if any failed, else
    /// "differs" if any does. Failures are shown on standard error, each with its account.
    ///
    /// # Errors
    /// With the failure, where there is one account and it failed, and when the run was interrupted.
    pub(crate) fn status(self, console: &mut Console) -> Result<ExitStatus, Failure> {
        let accounts = self.statuses.len();
        let mut not_read = 0;
        for (label, failure) in self.failures.into_values() {
            match failure.status {
                _ if accounts == 1 => return Err(failure),
                // Thousands may be; they are counted.
                ExitStatus::Interrupted => not_read += 1,
                _ => console.failure(&failure.of_account(label.as_deref())),
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
