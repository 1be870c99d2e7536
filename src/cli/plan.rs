//! `plan`: what would change.

use super::args::{Global, PlanArgs};
use super::console::{Console, Rendered};
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::{Aim, look};
use super::saved;
use crate::plan::Plan;
use crate::render::human::{self, Detail};
use crate::render::json;

pub(super) async fn run(
    args: &PlanArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let subject = look(&args.spec, global, environment, console, Aim::Have).await?;
    let plan = subject.plan()?;
    console.result(&rendered("plan", &plan, detail(args.show_documents)))?;
    if let Some(file) = &args.out {
        saved::write(&subject.saved(), file, environment, console)?;
    }
    match args.detailed_exitcode && !plan.is_empty() {
        true => Ok(ExitStatus::Differs),
        false => Ok(ExitStatus::Success),
    }
}

/// How much to show of a document that changes.
pub(super) fn detail(show_documents: bool) -> Detail {
    if show_documents {
        Detail::Documents
    } else {
        Detail::Access
    }
}

pub(super) fn rendered(kind: &'static str, plan: &Plan, detail: Detail) -> Rendered {
    let mut text = String::new();
    human::plan(plan, detail, &mut text);
    Rendered {
        text,
        json: json::plan(kind, plan),
    }
}
