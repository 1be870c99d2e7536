//! From plans to what became of them: show, guard, ask once, carry out, look again, report.

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::watch;

use super::console::Console;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{Member, Seen};
use super::interrupt;
use super::observe::{Subject, impossible, unread};
use super::outcome::{Outcomes, failed};
use crate::apply::{ApplyReport, Outcome, Pace, StepReport, Verified, apply, verify};
use crate::plan::{ApprovedPlan, Risk, approve};
use crate::render::human::{self, Detail};
use crate::render::json::AccountReport;

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
struct Ready<'a> {
    member: &'a Member,
    subject: &'a Subject,
    approved: ApprovedPlan,
}

/// How the work on one account ended.
struct Ended {
    report: ApplyReport,
    /// What the look afterwards showed, where every step was done.
    verified: Option<Verified>,
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
    let ready = guarded(seen, consent)?;
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
        console.confirm(&format!("Carry out these {steps} steps{of}?"))?;
    }
    let ended = execute(&ready, limits, console).await;
    conclude(kind, seen, &ready, ended, console)
}

/// Shows every plan that would write, and the accounts that could not be read.
fn show(seen: &[Seen], consent: &Consent, console: &mut Console) -> Result<(), Failure> {
    for Seen { member, subject } in seen {
        match subject {
            Ok(subject) if seen.len() == 1 || !subject.plan.is_empty() => {
                let mut text = String::new();
                human::plan(
                    &subject.plan,
                    member.label().as_deref(),
                    consent.detail,
                    &mut text,
                );
                console.show(&text)?;
            }
            Ok(_) => {}
            Err(failure) => console.failure(&failure.clone().of_account(member.label().as_deref())),
        }
    }
    Ok(())
}

fn guarded<'a>(seen: &'a [Seen], consent: &Consent) -> Result<Vec<Ready<'a>>, Failure> {
    let mut ready = Vec::new();
    let mut problems = Vec::new();
    for Seen { member, subject } in seen {
        let Ok(subject) = subject else { continue };
        match approve(subject.plan.clone(), &subject.observed, &consent.allowed) {
            Ok(approved) => ready.push(Ready {
                member,
                subject,
                approved,
            }),
            Err(refusals) => {
                let account = member
                    .label()
                    .map(|label| format!("{label}: "))
                    .unwrap_or_default();
                problems.extend(refusals.iter().map(|refusal| {
                    let hint = format!(
                        "if that is what you want, add `--allow {}`",
                        refusal.risk.as_str()
                    );
                    (
                        format!("refused: {account}{}: {}", refusal.address, refusal.message),
                        Some(hint),
                    )
                }));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(ready),
        false => Err(Failure::all(ExitStatus::Refused, problems)),
    }
}

/// Works on so many accounts at a time, telling of each step as it ends, and slowing down on a signal. Gives how
/// each ended, in their order.
async fn execute(ready: &[Ready<'_>], limits: Limits, console: &mut Console) -> Vec<Ended> {
    let (sender, pace) = watch::channel(Pace::Run);
    let failures = Cell::new(0_usize);
    let console = std::cell::RefCell::new(console);
    let is_fleet = ready.len() > 1;
    let work = ready.iter().map(|ready| {
        let (pace, failures, console) = (pace.clone(), &failures, &console);
        async move {
            if limits
                .max_failures
                .is_some_and(|most| failures.get() >= most)
            {
                return Ended {
                    report: not_begun(&ready.approved),
                    verified: None,
                };
            }
            let label = ready.member.label().filter(|_| is_fleet);
            let ended = one_account(ready, pace, |step| {
                console
                    .borrow_mut()
                    .step(label.as_deref(), &human::step_line(step));
            })
            .await;
            if !ended.is_good() {
                failures.set(failures.get() + 1);
            }
            ended
        }
    });
    let all = stream::iter(work).buffered(limits.parallel).collect();
    tokio::select! {
        ended = all => ended,
        never = interrupt::slow_down(sender) => match never {},
    }
}

async fn one_account(
    ready: &Ready<'_>,
    pace: watch::Receiver<Pace>,
    on_step: impl FnMut(&StepReport),
) -> Ended {
    let Ready {
        member: _,
        subject,
        approved,
    } = ready;
    let account = &subject.connection.account;
    let report = apply(account, approved, pace, on_step).await;
    if approved.plan().is_empty() || !report.is_complete() {
        return Ended {
            report,
            verified: None,
        };
    }
    let verified = verify(account, &subject.desired, &subject.observed.caller).await;
    Ended {
        report,
        verified: Some(verified),
    }
}

fn not_begun(approved: &ApprovedPlan) -> ApplyReport {
    let steps = approved.plan().steps.iter();
    let steps = steps.map(|step| StepReport {
        step: step.clone(),
        outcome: Outcome::NotAttempted,
    });
    ApplyReport {
        steps: steps.collect(),
        interrupted: false,
    }
}

impl Ended {
    fn is_good(&self) -> bool {
        self.failure().is_none()
    }

    /// Why the work did not end well, if it did not.
    fn failure(&self) -> Option<Failure> {
        if !self.report.is_complete() {
            return Some(stopped(&self.report));
        }
        match self.verified.as_ref()? {
            Verified::InSync(_) => None,
            Verified::NotYet(_) => {
                let failure = Failure::new(
                    ExitStatus::Partial,
                    "applied, but the account does not show it yet",
                );
                Some(failure.hint("run `export-iam plan` again in a minute"))
            }
            Verified::Unread(error) => Some(unread(error)),
            Verified::Impossible(errors) => Some(impossible(errors)),
        }
    }

    fn in_sync(&self) -> Option<bool> {
        if self.report.steps.is_empty() {
            return Some(true);
        }
        self.verified
            .as_ref()
            .map(|verified| matches!(verified, Verified::InSync(_)))
    }
}

/// Reports on every account in the order of the spec, and chooses the status.
fn conclude(
    kind: &'static str,
    seen: &[Seen],
    ready: &[Ready<'_>],
    ended: Vec<Ended>,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let mut outcomes = Outcomes::new(kind);
    let mut failures: Vec<Failure> = Vec::new();
    let mut ended = ready.iter().zip(ended);
    for Seen { member, subject } in seen {
        if let Err(failure) = subject {
            failed(member, failure, &mut outcomes);
            failures.push(failure.clone());
            continue;
        }
        let Some((ready, ended)) = ended.next() else {
            continue;
        };
        let failure = ended.failure();
        let report = AccountReport::applied(ready.approved.plan(), &ended.report, ended.in_sync());
        let report = match &failure {
            Some(failure) => report.with_errors(&failure.problems()),
            None => report,
        };
        let status = failure
            .as_ref()
            .map_or(ExitStatus::Success, |failure| failure.status);
        let label = member.label().filter(|_| seen.len() > 1);
        outcomes.add(
            member,
            status,
            account_text(label.as_deref(), &ended),
            report,
        );
        failures.extend(failure.map(|failure| failure.of_account(label.as_deref())));
    }
    console.result(&outcomes.rendered())?;
    match (seen.len(), failures.as_slice()) {
        (_, []) => Ok(ExitStatus::Success),
        (1, [only]) => Err(only.clone()),
        (_, several) => {
            several.iter().for_each(|failure| console.failure(failure));
            let interrupted = several
                .iter()
                .any(|failure| failure.status == ExitStatus::Interrupted);
            Ok(if interrupted {
                ExitStatus::Interrupted
            } else {
                ExitStatus::Partial
            })
        }
    }
}

fn account_text(label: Option<&str>, ended: &Ended) -> String {
    let mut text = String::new();
    if ended.report.steps.is_empty() {
        return text;
    }
    human::apply_report(label, &ended.report, &mut text);
    match &ended.verified {
        Some(Verified::InSync(left)) => human::verified(left, &mut text),
        Some(Verified::NotYet(left)) => human::plan(left, label, Detail::Access, &mut text),
        Some(Verified::Unread(_) | Verified::Impossible(_)) | None => {}
    }
    text
}

/// How an apply that stopped part-way ends.
fn stopped(report: &ApplyReport) -> Failure {
    let problems = report
        .errors()
        .map(|error| (error.to_string(), crate::ram::hint(error)));
    let status = match (report.interrupted, report.may_have_written()) {
        (true, _) => ExitStatus::Interrupted,
        (false, true) => ExitStatus::Partial,
        (false, false) => ExitStatus::Failed,
    };
    let again = match report.interrupted {
        true => "interrupted; run the same command again to finish",
        false => "stopped before the end; run the same command again once the cause is mended",
    };
    Failure::all(status, problems.chain([(again.to_owned(), None)]))
}
