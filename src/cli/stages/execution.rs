//! approve → apply: executes approved plans, several accounts at a time.

use std::cell::{Cell, RefCell};

use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::watch;

use super::account_result::{AccountResult, Exports, NotStarted};
use super::approval::{Approved, ApprovedAccount};
use super::plan::MemberPlan;
use super::wait_ready::Wait;
use crate::apply::{Shutdown, StepReport, apply, verify};
use crate::cli::session::console::Console;
use crate::cli::session::signals::{FINISHING, shut_down};
use crate::report::text;

/// How far a run over many accounts goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Accounts at a time.
    pub(crate) parallel: usize,
    /// Accounts that may fail before no new one is started.
    pub(crate) max_failures: Option<usize>,
}

/// Executes the plans, `limits.parallel` accounts at a time, and shuts down on a signal. Gives the results in the
/// order of the accounts. With `wait`, an account whose steps are done is left when its exports are checked and ECS has
/// noticed the role. The steps of a single account are shown as they end;
/// a fleet's are in its report, so that they stay together.
pub(crate) async fn execute(
    plans: &[MemberPlan],
    approved: &Approved<'_>,
    limits: Limits,
    wait: Option<&Wait>,
    console: &mut Console,
) -> Vec<AccountResult> {
    let unread = plans.iter().filter(|plan| plan.account.is_err()).count();
    let failures = Cell::new(unread + approved.refused.len());
    let is_fleet = plans.len() > 1;
    let accounts = &approved.accounts;
    let counted = if is_fleet { accounts.len() } else { 0 };
    let mut progress = console.counter("worked on", counted);
    let signals = console.signals();
    let shutdown = signals.shutdown();
    let console = RefCell::new(console);
    let work = accounts.iter().enumerate().map(|(place, account)| {
        let (shutdown, failures, console) = (shutdown.clone(), &failures, &console);
        async move {
            if let Some(reason) = reason_not_to_start(account, failures.get(), limits, &shutdown) {
                return (place, AccountResult::not_started(&account.plan, reason));
            }
            let show_step = |step: &StepReport| {
                if !is_fleet {
                    console.borrow_mut().step(&text::step_line(step));
                }
            };
            let mut result = execute_one(account, shutdown.clone(), show_step).await;
            if let (Some(wait), Some(observed)) = (wait, result.done(&account.account.observed)) {
                let note = |line: &str| console.borrow_mut().note(line);
                let check = wait.check_exports(account.account, observed, &result.report, &note);
                result.exports = tokio::select! {
                    biased;
                    () = Shutdown::graceful(shutdown) => Exports::Interrupted,
                    checked = check => Exports::Checked(checked),
                };
            }
            if !result.is_success() {
                failures.set(failures.get() + 1);
            }
            (place, result)
        }
    });
    let all = stream::iter(work)
        .buffer_unordered(limits.parallel)
        .inspect(|_| progress.advance())
        .collect();
    let is_told = Cell::new(false);
    let on_signal = || {
        if !is_told.replace(true) {
            console.borrow_mut().progress(FINISHING);
        }
    };
    let mut results: Vec<(usize, AccountResult)> = tokio::select! {
        // Signals are listened for before the first call goes out.
        biased;
        never = shut_down(&signals, &on_signal) => match never {},
        results = all => results,
    };
    // The work can see a signal and end before this task does.
    if *shutdown.borrow() > Shutdown::None {
        on_signal();
    }
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Nothing is started after a signal or too many failures. An account with nothing to do counts as done either
/// way.
fn reason_not_to_start(
    account: &ApprovedAccount<'_>,
    failures: usize,
    limits: Limits,
    shutdown: &watch::Receiver<Shutdown>,
) -> Option<NotStarted> {
    if account.plan.plan().is_empty() {
        return None;
    }
    if *shutdown.borrow() > Shutdown::None {
        return Some(NotStarted::Interrupted);
    }
    let most = limits.max_failures?;
    (failures >= most).then_some(NotStarted::TooManyFailures)
}

async fn execute_one(
    approved: &ApprovedAccount<'_>,
    shutdown: watch::Receiver<Shutdown>,
    on_step: impl FnMut(&StepReport),
) -> AccountResult {
    let ApprovedAccount { account, plan } = approved;
    let client = &account.connection.account;
    let mut report = apply(client, plan, shutdown.clone(), on_step).await;
    let mut verified = None;
    if !plan.plan().is_empty() && report.is_complete() {
        tokio::select! {
            biased;
            seen = verify(client, &account.desired, &account.observed.caller) => {
                verified = Some(seen);
            }
            () = Shutdown::immediate(shutdown.clone()) => {}
        }
        report.interrupted = *shutdown.borrow() > Shutdown::None;
    }
    AccountResult {
        report,
        not_started: None,
        verified,
        exports: Exports::NotAsked,
    }
}
