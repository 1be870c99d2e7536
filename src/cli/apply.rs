//! `apply`: plan, ask, carry out, look again.

use std::collections::BTreeSet;
use std::path::Path;

use tokio::sync::watch;

use super::args::{ApplyArgs, Global};
use super::console::{Console, Rendered};
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::interrupt;
use super::observe::{Aim, Subject, impossible, look, unread};
use super::plan::{detail, rendered};
use super::saved;
use crate::apply::{ApplyReport, Pace, Verified, apply, verify};
use crate::model::{DesiredState, Scope};
use crate::observe::observe;
use crate::plan::file::SavedPlan;
use crate::plan::{ApprovedPlan, Risk, UndoError, approve, undo};
use crate::render::human::{self, Detail};
use crate::render::json;

pub(super) async fn run(
    args: &ApplyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let allowed = risks(&args.allow)?;
    let subject = match &args.plan {
        Some(file) => {
            saved::load(
                file,
                args.expect_digest.as_deref(),
                global,
                environment,
                console,
            )
            .await?
        }
        None => look(&args.spec, global, environment, console, Aim::Have).await?,
    };
    let consent = Consent {
        yes: args.yes,
        allowed,
        detail: detail(args.show_documents),
    };
    let Some(file) = &args.undo_out else {
        return carry_out("apply", &subject, &consent, console).await;
    };
    let way_back =
        undo(&subject.desired, &subject.observed).map_err(|errors| no_way_back(&errors))?;
    let ended = carry_out("apply", &subject, &consent, console).await;
    if !matches!(&ended, Err(failure) if failure.status == ExitStatus::Refused) {
        write_undo(way_back, &subject, file, environment, console).await?;
    }
    ended
}

fn no_way_back(errors: &[UndoError]) -> Failure {
    Failure::all(
        ExitStatus::Refused,
        errors.iter().map(|error| (error.to_string(), None)),
    )
    .hint("leave `--undo-out` out to go on without a way back")
}

/// Saves the way back from what the account holds now, also after an apply that stopped part-way.
async fn write_undo(
    way_back: DesiredState,
    subject: &Subject,
    file: &Path,
    environment: &Environment,
    console: &mut Console,
) -> Result<(), Failure> {
    let caller = Some(subject.observed.caller.clone());
    let observed = observe(&subject.connection.account, &Scope::of(&way_back), caller).await;
    let observed = observed.map_err(|error| unread(&error))?;
    let saved = SavedPlan {
        desired: way_back,
        observed,
        origin: "undo".to_owned(),
    };
    saved::write(&saved, file, environment, console)
}

/// What the operator has agreed to beforehand.
pub(super) struct Consent {
    pub(super) yes: bool,
    pub(super) allowed: BTreeSet<Risk>,
    pub(super) detail: Detail,
}

/// Plans, shows, asks, carries out and verifies; the same for `apply` and `destroy`.
pub(super) async fn carry_out(
    kind: &'static str,
    subject: &Subject,
    consent: &Consent,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let plan = subject.plan()?;
    if plan.is_empty() {
        let report = ApplyReport {
            steps: Vec::new(),
            interrupted: false,
        };
        let json = json::apply(kind, &plan, &report, Some(true));
        console.result(&Rendered {
            json,
            ..rendered(kind, &plan, consent.detail)
        })?;
        return Ok(ExitStatus::Success);
    }
    let mut shown = String::new();
    human::plan(&plan, consent.detail, &mut shown);
    console.show(&shown)?;
    let approved = approve(plan, &subject.observed, &consent.allowed).map_err(|refusals| {
        let problems = refusals.iter().map(|refusal| {
            let hint = format!(
                "if that is what you want, add `--allow {}`",
                refusal.risk.as_str()
            );
            (
                format!("refused: {}: {}", refusal.address, refusal.message),
                Some(hint),
            )
        });
        Failure::all(ExitStatus::Refused, problems)
    })?;
    if !consent.yes {
        console.confirm(&format!(
            "Carry out these {} steps?",
            approved.plan().steps.len()
        ))?;
    }
    let report = execute(&approved, subject, console).await;
    conclude(kind, &approved, &report, subject, console).await
}

/// Carries out the steps, telling of each as it ends, and slowing down on a signal.
async fn execute(approved: &ApprovedPlan, subject: &Subject, console: &mut Console) -> ApplyReport {
    let (sender, pace) = watch::channel(Pace::Run);
    let account = &subject.connection.account;
    let work = apply(account, approved, pace, |step| {
        console.step(&human::step_line(step))
    });
    tokio::select! {
        report = work => report,
        never = interrupt::slow_down(sender) => match never {},
    }
}

/// Looks again where every step is done, reports, and chooses the status.
async fn conclude(
    kind: &'static str,
    approved: &ApprovedPlan,
    report: &ApplyReport,
    subject: &Subject,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let plan = approved.plan();
    let mut text = String::new();
    human::apply_report(report, &mut text);
    if !report.is_complete() {
        console.result(&Rendered {
            text,
            json: json::apply(kind, plan, report, None),
        })?;
        return Err(stopped(report));
    }
    let account = &subject.connection.account;
    let verified = verify(account, &subject.desired, &subject.observed.caller).await;
    let in_sync = matches!(verified, Verified::InSync(_));
    match &verified {
        Verified::InSync(left) => human::verified(left, &mut text),
        Verified::NotYet(left) => human::plan(left, Detail::Access, &mut text),
        Verified::Unread(_) | Verified::Impossible(_) => {}
    }
    console.result(&Rendered {
        text,
        json: json::apply(kind, plan, report, Some(in_sync)),
    })?;
    match verified {
        Verified::InSync(_) => Ok(ExitStatus::Success),
        Verified::NotYet(_) => {
            let message = "applied, but the account does not show it yet";
            Err(Failure::new(ExitStatus::Partial, message)
                .hint("run `export-iam plan` again in a minute"))
        }
        Verified::Unread(error) => Err(unread(&error)),
        Verified::Impossible(errors) => Err(impossible(&errors)),
    }
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

/// Reads the words of `--allow`.
///
/// # Errors
/// With status 64 and all the words there are, when one is not known.
pub(super) fn risks(words: &[String]) -> Result<BTreeSet<Risk>, Failure> {
    words.iter().map(|word| risk(word)).collect()
}

fn risk(word: &str) -> Result<Risk, Failure> {
    Risk::ALL
        .into_iter()
        .find(|risk| risk.as_str() == word)
        .ok_or_else(|| {
            let known: Vec<&str> = Risk::ALL.iter().map(|risk| risk.as_str()).collect();
            let message = format!("`--allow {word}` names no risk");
            Failure::new(ExitStatus::Usage, message)
                .hint(format!("the risks are: {}", known.join(", ")))
        })
}
