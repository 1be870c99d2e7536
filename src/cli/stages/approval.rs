//! plan → approve: takes in the plans one by one, shows them, asks the guard, then the person at the terminal.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use jiff::Timestamp;

use super::account_result::Executed;
use super::codes::Codes;
use super::plan::{PlannedAccount, codes_told};
use super::results::Results;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::connection::Paused;
use crate::cli::session::console::Console;
use crate::cli::session::signals::interrupted;
use crate::cli::session::spool::{Part, Queue, Span, Spool, no_room};
use crate::plan::file::SavedPlan;
use crate::plan::{ApprovedPlan, Plan, Refusal, Risk, Verdict, approve as ask_guard};
use crate::readiness::Readiness;
use crate::report::text::{self, Detail};

/// What to do about a broken sentence of `never`.
const NEVER_HINT: &str =
    "no `--allow` lets it pass: change what the spec asks for, or the sentence";

/// What the operator has approved beforehand.
pub(crate) struct Approval {
    /// Whether to go on without a question.
    pub(crate) yes: bool,
    /// Risks that the guard lets pass.
    pub(crate) allowed: BTreeSet<Risk>,
    pub(crate) detail: Detail,
    /// Which answer counts afterwards; none where exports are to fail.
    pub(crate) answer: fn(&Verdict) -> Option<&Readiness>,
}

/// The plans of a run until they are carried out. What they are made from waits in a spool, for thousands may wait for
/// one answer.
pub(crate) struct Proposals<'a> {
    members: &'a [Member],
    approval: &'a Approval,
    /// What is shown before the question.
    shown: Queue,
    saved: Spool,
    /// The plans that the guard let pass and that are to be worked on, by the account's place.
    waiting: BTreeMap<usize, Proposal>,
    /// Accounts where nothing is to be done.
    settled: usize,
    /// Why the guard refused a plan.
    refused: BTreeMap<usize, Failure>,
    /// Why there is no plan.
    not_read: BTreeMap<usize, Failure>,
    /// Whether accounts with nothing to do are worked on, too.
    works_on_all: bool,
    /// Whether an account that is worked on has exports.
    has_exports: bool,
    /// Why nothing can be done.
    trouble: Option<Failure>,
    codes: Codes,
}

/// A plan that waits to be carried out.
pub(crate) struct Proposal {
    saved: Span,
    /// A saved plan has no time; this one is carried out by the account as it was read.
    read_at: Option<Timestamp>,
    pub(crate) steps: usize,
    pub(crate) connection: Paused,
}

impl<'a> Proposals<'a> {
    /// `works_on_all`: there is more to be done than steps.
    pub(crate) fn new(members: &'a [Member], approval: &'a Approval, works_on_all: bool) -> Self {
        Self {
            members,
            approval,
            shown: Queue::default(),
            saved: Spool::default(),
            waiting: BTreeMap::new(),
            settled: 0,
            refused: BTreeMap::new(),
            not_read: BTreeMap::new(),
            works_on_all,
            has_exports: false,
            trouble: None,
            codes: Codes::default(),
        }
    }

    /// Takes in the plan of the account at `at`. The end of one that is not worked on is known already.
    pub(crate) fn add(
        &mut self,
        at: (usize, &Member),
        account: Result<PlannedAccount, Failure>,
        results: &mut Results,
    ) {
        let mut part = Part::default();
        if let Ok(PlannedAccount { plan, .. }) = &account {
            part.text = self.preview(plan, at.1.label().as_deref());
            self.codes.add(at.0, codes_told(plan, self.approval.answer));
        }
        let shown = self.shown.put(at.0, &part);
        self.keep(shown);
        match account {
            Ok(account) => self.judge(at, account, results),
            Err(failure) => {
                results.failed(at, &failure);
                self.not_read.insert(at.0, failure);
            }
        }
    }

    /// Every plan that would write is shown, and that of a single account.
    fn preview(&self, plan: &Plan, label: Option<&str>) -> String {
        let is_fleet = self.members.len() > 1;
        let mut text = String::new();
        if !is_fleet || !plan.is_empty() {
            text::plan(plan, label, self.approval.detail, &mut text);
            if is_fleet {
                text.push('\n');
            }
        }
        text
    }

    fn judge(&mut self, at: (usize, &Member), account: PlannedAccount, results: &mut Results) {
        let PlannedAccount {
            connection,
            desired,
            observed,
            plan,
            origin,
            ..
        } = account;
        let plan = match ask_guard(plan, &observed, &self.approval.allowed) {
            Ok(plan) => plan,
            Err(refusals) => {
                let failure = refused(&refusals);
                results.failed(at, &failure);
                self.refused.insert(at.0, failure);
                return;
            }
        };
        self.has_exports |= !desired.exports.is_empty();
        let steps = plan.plan().steps.len();
        if steps == 0 && !self.works_on_all {
            self.settled += 1;
            results.executed(at, &Executed::settled(plan, &connection));
            return;
        }
        let read_at = observed.read_at;
        let saved = SavedPlan {
            desired,
            observed,
            origin,
        };
        let saved = saved.to_short().map_err(io::Error::other);
        let saved = saved.and_then(|bytes| self.saved.put(&bytes));
        if let Some(saved) = self.keep(saved) {
            let proposal = Proposal {
                saved,
                read_at,
                steps,
                connection: connection.pause(),
            };
            self.waiting.insert(at.0, proposal);
        }
    }

    /// Notes why nothing can be done; the first reason counts.
    pub(crate) fn fail(&mut self, failure: Failure) {
        self.trouble.get_or_insert(failure);
    }

    fn keep<T>(&mut self, kept: io::Result<T>) -> Option<T> {
        kept.map_err(|error| self.fail(no_room(&error))).ok()
    }

    /// Shows the plans, tells what the guard says of each, and asks for a confirmation where there are steps.
    ///
    /// # Errors
    /// When a signal came while accounts were read (130), the guard refuses every plan that would write, or nobody
    /// confirms (3). Nothing is written before.
    pub(crate) async fn approve(&mut self, console: &mut Console) -> Result<(), Failure> {
        let mut not_read = self.not_read.values();
        if not_read.any(|failure| failure.status == ExitStatus::Interrupted) {
            return Err(interrupted());
        }
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        console.will_explain(self.codes.in_order());
        self.show(console)?;
        let is_any_left = self.waiting.values().any(|proposal| proposal.steps > 0);
        if !is_any_left && !self.refused.is_empty() {
            let problems = self.refused.iter().flat_map(|(place, failure)| {
                let label = self.label(*place);
                failure.clone().of_account(label.as_deref()).problems()
            });
            return Err(Failure::all(ExitStatus::Refused, problems));
        }
        for (place, failure) in &self.refused {
            let label = self.label(*place);
            console.failure(&failure.clone().of_account(label.as_deref()));
        }
        match self.approval.yes {
            true => Ok(()),
            false => self.confirm(console).await,
        }
    }

    fn label(&self, place: usize) -> Option<String> {
        self.members.get(place).and_then(Member::label)
    }

    async fn confirm(&self, console: &mut Console) -> Result<(), Failure> {
        let steps = self.waiting.values().map(|proposal| proposal.steps);
        let (accounts, steps) = steps
            .filter(|steps| *steps > 0)
            .fold((0, 0), |(accounts, all), steps| (accounts + 1, all + steps));
        if steps == 0 {
            return Ok(());
        }
        let place = match self.members.len() {
            0 | 1 => String::new(),
            _ => format!(" in {accounts} accounts"),
        };
        let question = format!("Carry out these {steps} steps{place}?");
        console.confirm(&question).await
    }

    /// Shows the plans, the accounts that could not be read, and for a fleet the totals.
    fn show(&mut self, console: &mut Console) -> Result<(), Failure> {
        let is_fleet = self.members.len() > 1;
        let (mut settled, mut differing) = (0, 0);
        for (place, member) in self.members.iter().enumerate() {
            let part = self.shown.next().map_err(|error| no_room(&error))?;
            let text = part.unwrap_or_default().text;
            match self.not_read.get(&place) {
                None if text.is_empty() => settled += 1,
                None => {
                    differing += 1;
                    console.show(&text)?;
                }
                // The failure of a single account is that of the run, which ends with it.
                Some(_) if !is_fleet => {}
                Some(failure) => {
                    console.failure(&failure.clone().of_account(member.label().as_deref()));
                }
            }
        }
        if is_fleet {
            let tally = text::Tally {
                accounts: self.members.len(),
                settled,
                differing,
                not_begun: 0,
            };
            let mut text = String::new();
            text::tally("plan", &tally, &mut text);
            console.show(&text)?;
        }
        Ok(())
    }

    /// Hands over what was approved.
    pub(crate) fn approved(self) -> Approved<'a> {
        Approved {
            members: self.members,
            failed: self.not_read.len() + self.refused.len(),
            settled: self.settled,
            waiting: self.waiting,
            plans: KeptPlans {
                saved: RefCell::new(self.saved),
                allowed: &self.approval.allowed,
            },
            has_exports: self.has_exports,
        }
    }
}

/// What is to be carried out.
pub(crate) struct Approved<'a> {
    pub(crate) members: &'a [Member],
    /// How many accounts are not worked on.
    pub(crate) failed: usize,
    /// How many have nothing to do.
    pub(crate) settled: usize,
    /// The others, by their places.
    pub(crate) waiting: BTreeMap<usize, Proposal>,
    pub(crate) plans: KeptPlans<'a>,
    /// Whether one of these or those has exports.
    pub(crate) has_exports: bool,
}

/// Approved plans, made again when their turn comes.
pub(crate) struct KeptPlans<'a> {
    saved: RefCell<Spool>,
    allowed: &'a BTreeSet<Risk>,
}

impl KeptPlans<'_> {
    /// The plan that was approved, and what it is made from.
    ///
    /// # Errors
    /// When it cannot be read back (1).
    pub(crate) fn get(&self, proposal: &Proposal) -> Result<(SavedPlan, ApprovedPlan), Failure> {
        let bytes = self.saved.borrow_mut().get(proposal.saved);
        let bytes = bytes.map_err(|error| no_room(&error))?;
        let mut saved = SavedPlan::from_short(&bytes).map_err(|error| Failure::bug(&error))?;
        saved.observed.read_at = proposal.read_at;
        let plan = saved.plan().map_err(|error| Failure::bug(&error))?;
        let approved = ask_guard(plan, &saved.observed, self.allowed);
        Ok((saved, approved.map_err(|refusals| refused(&refusals))?))
    }
}

/// The guard's refusals, each with the way past it.
pub(crate) fn refused(refusals: &[Refusal]) -> Failure {
    let problems = refusals.iter().map(|refusal| {
        let hint = match refusal.risk {
            Some(risk) => {
                let word = risk.as_str();
                format!("if that is what you want, add `--allow {word}`")
            }
            None => NEVER_HINT.to_owned(),
        };
        let message = format!("refused: {}: {}", refusal.address, refusal.message);
        (message, Some(hint))
    });
    Failure::all(ExitStatus::Refused, problems)
}
