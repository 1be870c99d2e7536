//! approve → apply: executes approved plans, several accounts at a time.

use std::cell::{Cell, RefCell};
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::watch;

use super::account_result::{AccountResult, Executed, Exports, NotStarted};
use super::approval::{Approved, KeptPlans, Proposal};
use super::results::Results;
use super::wait_ready::Wait;
use crate::apply::{Shutdown, StepReport, apply, verify};
use crate::cli::failure::Failure;
use crate::cli::session::clients::Session;
use crate::cli::session::connection::Connection;
use crate::cli::session::console::Console;
use crate::cli::session::signals::{FINISHING, shut_down};
use crate::plan::ApprovedPlan;
use crate::plan::file::SavedPlan;
use crate::report::text;

/// How far a run over many accounts goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Accounts at a time.
    pub(crate) parallel: usize,
    /// Accounts that may fail before no new one is started.
    pub(crate) max_failures: Option<usize>,
}

/// Executes the plans, `limits.parallel` accounts at a time, shuts down on a signal, and hands each result over as it is
/// there. With `wait`, an account whose steps are done is left when its exports are checked and ECS has noticed the role.
/// The steps of a single account are shown as they end; a fleet's are in its report, so that they stay together.
pub(crate) async fn execute(
    approved: Approved<'_>,
    session: &Session,
    (limits, wait): (Limits, Option<&Wait>),
    results: &mut Results,
    console: &mut Console,
) {
    let Approved {
        members,
        failed,
        settled,
        waiting,
        plans,
        ..
    } = approved;
    let is_fleet = members.len() > 1;
    let counted = settled + waiting.len();
    let mut progress = console.counter("worked on", if is_fleet { counted } else { 0 });
    (0..settled).for_each(|_| progress.advance());
    let signals = console.signals();
    let worker = Worker {
        session,
        plans,
        wait,
        shutdown: signals.shutdown(),
        failures: Cell::new(failed),
        max_failures: limits.max_failures,
        console: RefCell::new(console),
        shows_steps: !is_fleet,
    };
    let worker = &worker;
    let work = waiting.into_iter().map(|(place, proposal)| async move {
        let worked = worker.work_on(proposal).await;
        if !worked.as_ref().is_ok_and(|it| it.result.is_success()) {
            worker.failures.set(worker.failures.get() + 1);
        }
        (place, worked)
    });
    let all = async {
        let mut ended = pin!(stream::iter(work).buffer_unordered(limits.parallel));
        while let Some((place, worked)) = ended.next().await {
            progress.advance();
            match (members.get(place), worked) {
                (Some(member), Ok(executed)) => results.executed((place, member), &executed),
                (Some(member), Err(failure)) => results.failed_late((place, member), failure),
                (None, _) => {}
            }
        }
    };
    let is_told = Cell::new(false);
    let on_signal = || {
        if !is_told.replace(true) {
            worker.console.borrow_mut().progress(FINISHING);
        }
    };
    tokio::select! {
        // Signals are listened for before the first call goes out.
        biased;
        never = shut_down(&signals, &on_signal) => match never {},
        () = all => {}
    }
    // The work can see a signal and end before this task does.
    if *worker.shutdown.borrow() > Shutdown::None {
        on_signal();
    }
}

/// What the work on each account needs.
struct Worker<'a> {
    session: &'a Session,
    plans: KeptPlans<'a>,
    wait: Option<&'a Wait>,
    shutdown: watch::Receiver<Shutdown>,
    /// How many accounts have failed.
    failures: Cell<usize>,
    max_failures: Option<usize>,
    console: RefCell<&'a mut Console>,
    /// Whether steps are shown as they end.
    shows_steps: bool,
}

impl Worker<'_> {
    /// Nothing is started after a signal or too many failures.
    fn reason_not_to_start(&self) -> Option<NotStarted> {
        if *self.shutdown.borrow() > Shutdown::None {
            return Some(NotStarted::Interrupted);
        }
        let most = self.max_failures?;
        (self.failures.get() >= most).then_some(NotStarted::TooManyFailures)
    }

    /// Carries out one plan, unless there is a reason not to start. An account with nothing to do counts as done either
    /// way.
    ///
    /// # Errors
    /// When the plan cannot be had again; then nothing was done.
    async fn work_on(&self, proposal: Proposal) -> Result<Executed, Failure> {
        let reason = self.reason_not_to_start().filter(|_| proposal.steps > 0);
        let (saved, plan) = self.plans.get(&proposal)?;
        let connection = self.session.resume(proposal.connection);
        let result = match reason {
            Some(reason) => {
                // Thousands may be left out at once, and calls under way wait meanwhile.
                tokio::task::yield_now().await;
                AccountResult::not_started(&plan, reason)
            }
            None => {
                let mut result = self.execute(&connection, &saved, &plan).await;
                self.check_exports(&connection, &saved, &mut result).await;
                result
            }
        };
        Ok(Executed::new(plan, result, &connection))
    }

    async fn execute(
        &self,
        connection: &Connection,
        saved: &SavedPlan,
        plan: &ApprovedPlan,
    ) -> AccountResult {
        let client = &connection.account;
        let on_step = |step: &StepReport| {
            if self.shows_steps {
                self.console.borrow_mut().step(&text::step_line(step));
            }
        };
        let mut report = apply(client, plan, self.shutdown.clone(), on_step).await;
        let mut verified = None;
        if !plan.plan().is_empty() && report.is_complete() {
            tokio::select! {
                biased;
                seen = verify(client, &saved.desired, &saved.observed.caller) => {
                    verified = Some(seen);
                }
                () = Shutdown::immediate(self.shutdown.clone()) => {}
            }
            report.interrupted = *self.shutdown.borrow() > Shutdown::None;
        }
        AccountResult {
            report,
            not_started: None,
            verified,
            exports: Exports::NotAsked,
        }
    }

    async fn check_exports(
        &self,
        connection: &Connection,
        saved: &SavedPlan,
        result: &mut AccountResult,
    ) {
        let (Some(wait), Some(observed)) = (self.wait, result.done(&saved.observed)) else {
            return;
        };
        let note = |line: &str| self.console.borrow_mut().note(line);
        let services = &connection.services;
        let check = wait.check_exports(services, &saved.desired, observed, &result.report, &note);
        result.exports = tokio::select! {
            biased;
            () = Shutdown::graceful(self.shutdown.clone()) => Exports::Interrupted,
            checked = check => Exports::Checked(checked),
        };
    }
}
