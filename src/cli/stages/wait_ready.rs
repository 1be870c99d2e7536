//! After an apply: wait until ECS takes note of the role.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::account_result::AccountResult;
use super::approval::ApprovedAccount;
use super::verify::Asked;
use crate::apply::{Outcome, Waited, wait_out_minute, wait_until_accepted};
use crate::cli::exit::ExitStatus;
use crate::cli::failure::{Failure, described};
use crate::cli::session::console::Console;
use crate::cli::session::signals::interrupted;
use crate::model::{RoleName, Step};
use crate::plan::export_role;

/// How often a wait is told of.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// Waits until ECS takes the exports of `asked` in every account that was worked on, `parallel` at a time. Without an
/// image nobody can be asked, and the minute that ECS may need to notice a new role is waited out.
///
/// # Errors
/// When ECS does not take a request (2), the exports cannot be asked about (64), or a signal came (130).
pub(crate) async fn wait_until_ready(
    approved: &[ApprovedAccount<'_>],
    results: &[AccountResult],
    asked: &Asked,
    parallel: usize,
    console: &mut Console,
) -> Result<(), Failure> {
    let signals = console.signals();
    let progress = Progress {
        console: RefCell::new(console),
        told: RefCell::new(None),
    };
    let waits = approved
        .iter()
        .zip(results)
        .map(|(account, result)| wait_one(account, result, asked, &progress));
    let all = stream::iter(waits)
        .buffer_unordered(parallel)
        .collect::<Vec<_>>();
    let ended = tokio::select! {
        biased;
        () = signals.first() => return Err(interrupted()),
        ended = all => ended,
    };
    let failures: Vec<Failure> = ended.into_iter().filter_map(Result::err).collect();
    let problems: Vec<_> = failures.iter().flat_map(Failure::problems).collect();
    match failures.first() {
        Some(first) => Err(Failure::all(first.status, problems)),
        None => Ok(()),
    }
}

/// Tells of all waits together, now and then.
struct Progress<'a> {
    console: RefCell<&'a mut Console>,
    told: RefCell<Option<Instant>>,
}

impl Progress<'_> {
    fn tell(&self, passed: Duration) {
        let mut told = self.told.borrow_mut();
        if told.is_none_or(|at| at.elapsed() >= TOLD_EVERY) {
            *told = Some(Instant::now());
            let line = format!(
                "waiting for ECS to notice the role ({} s)",
                passed.as_secs()
            );
            self.console.borrow_mut().note(&line);
        }
    }

    fn note(&self, line: &str) {
        self.console.borrow_mut().note(line);
    }
}

async fn wait_one(
    approved: &ApprovedAccount<'_>,
    result: &AccountResult,
    asked: &Asked,
    progress: &Progress<'_>,
) -> Result<(), Failure> {
    let account = approved.account;
    let Some(role) = export_role(&account.desired) else {
        return Ok(());
    };
    let questions = asked.questions(&account.desired.exports)?;
    let requests: Vec<_> = questions
        .iter()
        .filter_map(|question| Some((question.bucket.as_ref()?, question.request()?)))
        .collect();
    if requests.is_empty() && has_changed(result, &role) {
        wait_out_minute(Instant::now(), |passed| progress.tell(passed)).await;
        progress.note("the minute that ECS may need to notice the role is over; to be sure, name an image with `--image`");
    }
    for (bucket, request) in &requests {
        let services = &account.connection.services;
        let waited = wait_until_accepted(services, request, |passed| progress.tell(passed)).await;
        let (image, region) = (&request.image, &request.region);
        let failed = |message: String| Failure::new(ExitStatus::Differs, message);
        match waited {
            Waited::Accepted | Waited::MinuteOver => {
                progress.note(&format!("ECS accepts the export of {image} to {bucket}"));
            }
            Waited::Refused(error) | Waited::NotYet(error) => {
                let (message, hint) = described(&error);
                let failure = failed(format!("applied, but ECS refuses the export: {message}"));
                return Err(match hint {
                    Some(hint) => failure.hint(hint),
                    None => failure,
                });
            }
            Waited::Started { task } => {
                let message = format!(
                    "ECS took no notice of the dry run: a real export of {image} runs as task {task}"
                );
                return Err(failed(message).hint(format!(
                    "cancel it with `aliyun ecs CancelTask --RegionId {region} --TaskId {task}`"
                )));
            }
        }
    }
    Ok(())
}

/// Whether the apply made the role, or changed who may assume it.
fn has_changed(result: &AccountResult, role: &RoleName) -> bool {
    let done = result.report.steps.iter();
    let mut done = done.filter(|step| matches!(step.outcome, Outcome::Done(_)));
    done.any(|step| match &step.step.step {
        Step::CreateRole { role: made, .. } => made == role,
        Step::UpdateRole {
            role: made, trust, ..
        } => made == role && trust.is_some(),
        _ => false,
    })
}
