//! `drift`: where the accounts have moved away from the spec.

use super::args::{DriftArgs, Global, SeverityArg};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{Seen, begin, look_at_all};
use super::outcome::{Outcomes, failed};
use super::plan::detail;
use super::validate::load;
use crate::drift::{DriftReport, Severity};
use crate::plan::Aim;
use crate::report::json::AccountReport;
use crate::report::text;

pub(super) async fn run(
    args: &DriftArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let spec = load(&args.spec, environment, console)?;
    let (hub, members) = begin(&spec, &args.fleet, global, environment, console).await?;
    let seen = look_at_all(
        members,
        &hub,
        &spec,
        Aim::Have,
        args.fleet.parallel,
        console,
    )
    .await;
    let threshold = match args.fail_on {
        SeverityArg::Low => Severity::Low,
        SeverityArg::Medium => Severity::Medium,
        SeverityArg::High => Severity::High,
    };
    let mut outcomes = Outcomes::new("drift");
    for Seen { member, subject } in &seen {
        match subject {
            Ok(subject) => {
                let report = DriftReport::of(&subject.plan);
                let mut text = String::new();
                if !report.findings.is_empty() || seen.len() == 1 {
                    let label = member.label();
                    text::drift(
                        &subject.plan,
                        label.as_deref(),
                        &report,
                        detail(args.show_documents),
                        &mut text,
                    );
                }
                let status = match report.worst().is_some_and(|worst| worst >= threshold) {
                    true => ExitStatus::Differs,
                    false => ExitStatus::Success,
                };
                outcomes.add(
                    member,
                    status,
                    text,
                    AccountReport::drifted(&subject.plan, &report),
                );
            }
            Err(failure) => failed(member, failure, &mut outcomes),
        }
    }
    console.result(&outcomes.rendered())?;
    outcomes.status(&seen, console)
}
