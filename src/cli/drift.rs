//! `drift`: where the account has moved away from the spec.

use super::args::{DriftArgs, Global, SeverityArg};
use super::console::{Console, Rendered};
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::observe::{Aim, look};
use super::plan::detail;
use crate::drift::{DriftReport, Severity};
use crate::render::human;
use crate::render::json;

pub(super) async fn run(
    args: &DriftArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let subject = look(&args.spec, global, environment, console, Aim::Have).await?;
    let plan = subject.plan()?;
    let report = DriftReport::of(&plan);
    let mut text = String::new();
    human::drift(&plan, &report, detail(args.show_documents), &mut text);
    console.result(&Rendered {
        text,
        json: json::drift(&plan, &report),
    })?;
    let threshold = match args.fail_on {
        SeverityArg::Low => Severity::Low,
        SeverityArg::Medium => Severity::Medium,
        SeverityArg::High => Severity::High,
    };
    match report.worst().is_some_and(|worst| worst >= threshold) {
        true => Ok(ExitStatus::Differs),
        false => Ok(ExitStatus::Success),
    }
}
