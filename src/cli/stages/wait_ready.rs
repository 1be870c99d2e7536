//! After an apply: checks the exports by every layer, and waits until ECS takes note of the role.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::future::join;
use tokio::time::Instant;

use super::verify::{Asked, with_control_policies};
use crate::apply::{ApplyReport, Outcome, wait_out_minute, wait_until_accepted};
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::model::{DesiredState, Layer, ObservedState, RoleName, Step};
use crate::observe::{dry_run_layer, observe_control_policies, observe_exports};
use crate::plan::{ReadLayers, export_role};
use crate::readiness::{Answer, Check, CheckAnswer, CheckKind, CheckedExport};
use crate::report::text::place;
use crate::services::ReadServices;

/// How often a wait is told of.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// What is waited for after an apply.
pub(crate) struct Wait {
    /// The exports to ask about.
    pub(crate) asked: Asked,
    /// How to call `apply` again.
    pub(crate) apply: String,
    told: RefCell<Option<Instant>>,
}

impl Wait {
    pub(crate) fn new(asked: Asked, apply: String) -> Self {
        Self {
            asked,
            apply,
            told: RefCell::new(None),
        }
    }

    /// Tells of all waits together, now and then.
    fn tell(&self, passed: Duration, note: &dyn Fn(&str)) {
        let mut told = self.told.borrow_mut();
        if told.is_none_or(|at| at.elapsed() >= TOLD_EVERY) {
            *told = Some(Instant::now());
            let seconds = passed.as_secs();
            note(&format!("waiting for ECS to notice the role ({seconds} s)"));
        }
    }

    /// Checks the exports of an account whose steps are done, and asks ECS until it takes those that nothing blocks.
    /// What waiting cannot settle is not waited for. Without an image nobody can be asked, and the minute that ECS may
    /// need to notice a new role is waited out.
    pub(crate) async fn check_exports(
        &self,
        services: &impl ReadServices,
        desired: &DesiredState,
        observed: &ObservedState,
        report: &ApplyReport,
        note: &dyn Fn(&str),
    ) -> Vec<CheckedExport> {
        let done = Instant::now();
        let questions = self.asked.questions(&desired.exports);
        let (Some(role), Ok(questions)) = (export_role(desired), questions) else {
            return Vec::new();
        };
        let (found, control_policies) = join(
            observe_exports(services, &role, &questions, false),
            observe_control_policies(services, &observed.caller.account),
        )
        .await;
        let mut exports = with_control_policies(questions, found, &control_policies);
        let check = |exports: &[_]| {
            let read = ReadLayers {
                account: &observed.caller.account,
                role: &role,
                desired,
                ram: Layer::Read(observed),
                asked: exports,
            };
            read.check(&self.apply)
        };
        let checked = check(&exports);
        let mut is_anybody_unasked = false;
        for ((question, found), checked) in exports.iter_mut().zip(&checked) {
            if checked.answer() == Answer::Blocked {
                continue;
            }
            match question.request() {
                Some(request) => {
                    let on_pause = |passed| self.tell(passed, note);
                    let answer = wait_until_accepted(services, &request, on_pause).await;
                    found.dry_run = dry_run_layer(answer);
                }
                None => is_anybody_unasked = true,
            }
        }
        if is_anybody_unasked && has_changed(report, &role) {
            wait_out_minute(done, |passed| self.tell(passed, note)).await;
            note(
                "the minute that ECS may need to notice the role is over; to be sure, name an image with `--image`",
            );
        }
        check(&exports)
    }
}

/// Why exports do not work though the steps are done, if they do not.
pub(crate) fn failure(exports: &[CheckedExport]) -> Option<Failure> {
    let problems: Vec<_> = exports.iter().filter_map(problem).collect();
    (!problems.is_empty()).then(|| Failure::all(ExitStatus::Differs, problems))
}

fn problem(export: &CheckedExport) -> Option<(String, Option<String>)> {
    let is_started = |check: &&Check| {
        check.kind == CheckKind::DryRun
            && check.answer == CheckAnswer::Passed
            && check.settle.is_some()
    };
    if let Some(started) = export.checks.iter().find(is_started) {
        return Some((started.message.clone(), started.settle.clone()));
    }
    if export.answer() != Answer::Blocked {
        return None;
    }
    let failed = export
        .checks
        .iter()
        .filter(|check| check.answer == CheckAnswer::Failed && check.kind != CheckKind::Instances);
    let mut who: Vec<String> = failed
        .clone()
        .filter_map(|check| check.who)
        .map(|who| who.to_string())
        .collect();
    who.dedup();
    let message = format!(
        "RAM is as the spec says, and still the export to {} is blocked; `apply` cannot help, {} can",
        place(&export.question),
        who.join(" and ")
    );
    let settle: Vec<&str> = failed.filter_map(|check| check.settle.as_deref()).collect();
    Some((message, Some(settle.join("; "))))
}

/// Whether the apply made the role, or changed who may assume it.
fn has_changed(report: &ApplyReport, role: &RoleName) -> bool {
    let done = report.steps.iter();
    let mut done = done.filter(|step| matches!(step.outcome, Outcome::Done(_)));
    done.any(|step| match &step.step.step {
        Step::CreateRole { role: made, .. } => made == role,
        Step::UpdateRole {
            role: made, trust, ..
        } => made == role && trust.is_some(),
        _ => false,
    })
}
