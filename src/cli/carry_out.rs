//! From plans to what became of them: show, guard, ask once, carry out, look again, report.

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::watch;

use super::console::Console;
use super::ended::{Ended, NotBegun, Refused, conclude};
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::Seen;
use super::interrupt;
use super::observe::Subject;
use super::outcome::{Outcomes, failed};
use crate::apply::{Pace, StepReport, apply, verify};
use crate::plan::{ApprovedPlan, Risk, approve};
use crate::report::text::{self, Detail};

/// What the operator has agreed to beforehand.
pub(super) struct Consent {
    pub(super) yes: bool,
    pub(super) allowed: BTreeSet<Risk>,
    pub(super) detail: Detail,
}

/// How far a run over many accounts goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Accounts at a time.
    pub(super) parallel: usize,
    /// Accounts that may fail before no new one is begun.
    pub(super) max_failures: Option<usize>,
}

/// An account with a plan that passed the guard.
pub(super) struct Ready<'a> {
    pub(super) subject: &'a Subject,
    pub(super) approved: ApprovedPlan,
}

/// Carries out the plans of all accounts that could be read; the same for `apply` and `destroy`.
///
/// # Errors
/// When the guard refuses a plan or nobody confirms (3), before anything is written.
pub(super) async fn carry_out(
    kind: &'static str,
    seen: &[Seen],
    consent: &Consent,
    limits: Limits,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    if let [
        Seen {
            subject: Err(failure),
            member,
        },
    ] = seen
    {
        let mut outcomes = Outcomes::new(kind);
        failed(member, failure, &mut outcomes);
        console.result(&outcomes.rendered())?;
        return Err(failure.clone());
    }
    show(seen, consent, console)?;
    let (ready, refused) = guarded(seen, consent)?;
    for (place, failure) in &refused {
        let label = seen.get(*place).and_then(|seen| seen.member.label());
        console.failure(&failure.clone().of_account(label.as_deref()));
    }
    let pending = ready
        .iter()
        .filter(|ready| !ready.approved.plan().is_empty());
    let (accounts, steps) = pending.fold((0, 0), |(n, steps), ready| {
        (n + 1, steps + ready.approved.plan().steps.len())
    });
    if steps > 0 && !consent.yes {
        let of = if seen.len() > 1 {
            format!(" in {accounts} accounts")
        } else {
            String::new()
        };
        console
            .confirm(&format!("Carry out these {steps} steps{of}?"))
            .await?;
    }
    let lost = seen.iter().filter(|seen| seen.subject.is_err()).count() + refused.len();
    let ended = execute(&ready, lost, seen.len() > 1, limits, console).await;
    conclude(kind, seen, &ready, &refused, ended, console)
}

/// Shows every plan that would write, the accounts that could not be read, and for a fleet what it comes to.
fn show(seen: &[Seen], consent: &Consent, console: &mut Console) -> Result<(), Failure> {
    let (mut settled, mut differing) = (0, 0);
    for Seen { member, subject } in seen {
        match subject {
            Ok(subject) if seen.len() == 1 || !subject.plan.is_empty() => {
                differing += 1;
                let mut text = String::new();
                text::plan(
                    &subject.plan,
                    member.label().as_deref(),
                    consent.detail,
                    &mut text,
                );
                if seen.len() > 1 {
                    text.push('\n');
                }
                console.show(&text)?;
            }
            Ok(_) => settled += 1,
            Err(failure) => console.failure(&failure.clone().of_account(member.label().as_deref())),
        }
    }
    if seen.len() > 1 {
        let tally = text::Tally {
            accounts: seen.len(),
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

/// Asks the guard about every plan. In a fleet an account that is refused is left out, and the others go on.
///
/// # Errors
/// When every plan that would write is refused.
fn guarded<'a>(seen: &'a [Seen], consent: &Consent) -> Result<(Vec<Ready<'a>>, Refused), Failure> {
    let mut ready = Vec::new();
    let mut refused = Refused::new();
    for (place, Seen { subject, .. }) in seen.iter().enumerate() {
        let Ok(subject) = subject else { continue };
        match approve(subject.plan.clone(), &subject.observed, &consent.allowed) {
            Ok(approved) => ready.push(Ready { subject, approved }),
            Err(refusals) => {
                let problems = refusals.iter().map(|refusal| {
                    let hint = format!(
                        "if that is what you want, add `--allow {}`",
                        refusal.risk.as_str()
                    );
                    let message = format!("refused: {}: {}", refusal.address, refusal.message);
                    (message, Some(hint))
                });
                refused.insert(place, Failure::all(ExitStatus::Refused, problems));
            }
        }
    }
    let is_any = ready.iter().any(|ready| !ready.approved.plan().is_empty());
    if refused.is_empty() || is_any {
        return Ok((ready, refused));
    }
    let problems = refused.into_iter().flat_map(|(place, failure)| {
        let label = seen.get(place).and_then(|seen| seen.member.label());
        failure.of_account(label.as_deref()).problems()
    });
    Err(Failure::all(ExitStatus::Refused, problems))
}

/// Works on so many accounts at a time and slows down on a signal. Gives how each ended, in their order. `lost`
/// accounts have failed before. The steps of one account alone are told as they end; a fleet's are in its report,
/// whose order does not depend on who ends first.
async fn execute(
    ready: &[Ready<'_>],
    lost: usize,
    is_fleet: bool,
    limits: Limits,
    console: &mut Console,
) -> Vec<Ended> {
    let (sender, pace) = watch::channel(Pace::Run);
    let failures = Cell::new(lost);
    let mut progress = console.counter(
        "worked on",
        match is_fleet {
            true => ready.len(),
            false => 0,
        },
    );
    let signals = console.signals();
    let console = std::cell::RefCell::new(console);
    let work = ready.iter().enumerate().map(|(place, ready)| {
        let (pace, failures, console) = (pace.clone(), &failures, &console);
        async move {
            if let Some(reason) = reason_not_to_begin(ready, failures.get(), limits, &pace) {
                return (place, Ended::not_begun(&ready.approved, reason));
            }
            let ended = one_account(ready, pace, |step| {
                if !is_fleet {
                    console.borrow_mut().step(&text::step_line(step));
                }
            })
            .await;
            if !ended.is_good() {
                failures.set(failures.get() + 1);
            }
            (place, ended)
        }
    });
    let all = stream::iter(work)
        .buffer_unordered(limits.parallel)
        .inspect(|_| progress.advance())
        .collect();
    let on_signal = || console.borrow_mut().progress(interrupt::FINISHING);
    let mut ended: Vec<(usize, Ended)> = tokio::select! {
        // Signals are listened for before the first call goes out.
        biased;
        never = interrupt::slow_down(&signals, sender, on_signal) => match never {},
        ended = all => ended,
    };
    ended.sort_by_key(|(place, _)| *place);
    ended.into_iter().map(|(_, ended)| ended).collect()
}

/// Nothing is to be begun after a signal or too many failures. What has nothing to do is done either way.
fn reason_not_to_begin(
    ready: &Ready<'_>,
    failures: usize,
    limits: Limits,
    pace: &watch::Receiver<Pace>,
) -> Option<NotBegun> {
    if ready.approved.plan().is_empty() {
        return None;
    }
    if *pace.borrow() > Pace::Run {
        return Some(NotBegun::Interrupted);
    }
    let most = limits.max_failures?;
    (failures >= most).then_some(NotBegun::TooManyFailures)
}

async fn one_account(
    ready: &Ready<'_>,
    pace: watch::Receiver<Pace>,
    on_step: impl FnMut(&StepReport),
) -> Ended {
    let Ready { subject, approved } = ready;
    let account = &subject.connection.account;
    let mut report = apply(account, approved, pace.clone(), on_step).await;
    let mut verified = None;
    if !approved.plan().is_empty() && report.is_complete() {
        tokio::select! {
            biased;
            seen = verify(account, &subject.desired, &subject.observed.caller) => {
                verified = Some(seen);
            }
            () = abandoned(pace) => report.interrupted = true,
        }
    }
    Ended {
        report,
        not_begun: None,
        verified,
    }
}

/// Until even calls in flight are to be left.
async fn abandoned(mut pace: watch::Receiver<Pace>) {
    if pace.wait_for(|pace| *pace == Pace::Abandon).await.is_err() {
        std::future::pending::<()>().await;
    }
}
