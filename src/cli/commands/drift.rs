//! `drift`: where the accounts have moved away from the spec.

use clap::{Args, ValueEnum};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, SpecArg, detail};
use crate::cli::session::accounts::open;
use crate::cli::session::console::Console;
use crate::cli::stages::plan::{MemberPlan, plan_accounts};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::spec::load;
use crate::drift::{Severity, audit};
use crate::plan::Aim;
use crate::report::json::AccountReport;
use crate::report::text;

/// `drift`.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
    /// Exit with 2 only for findings at least this severe
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = SeverityArg::Low)]
    pub fail_on: SeverityArg,
    /// Exit with 5 when a part of the account could not be looked at
    #[arg(long)]
    pub strict: bool,
    /// Show changed documents as text diffs too
    #[arg(long)]
    pub show_documents: bool,
}

/// How much a finding matters, by its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SeverityArg {
    /// Descriptions, tags, session lengths
    Low,
    /// Something is missing or narrower, or exports depend on what cannot be read
    Medium,
    /// The account gives more than the spec, or exports are blocked
    High,
    /// Others can assume a role, or a role can do anything
    Critical,
}

pub(super) async fn run(
    args: &DriftArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let plans = plan_accounts(
        members,
        &session,
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
        SeverityArg::Critical => Severity::Critical,
    };
    let mut report = RunReport::new("drift");
    for MemberPlan { member, account } in &plans {
        match account {
            Ok(account) => {
                let drift = audit(&account.desired, &account.observed, &account.plan);
                let mut text = String::new();
                if !drift.findings.is_empty() || plans.len() == 1 {
                    let label = member.label();
                    text::drift(
                        &account.plan,
                        label.as_deref(),
                        &drift,
                        detail(args.show_documents),
                        &mut text,
                    );
                }
                let status = match drift.worst().is_some_and(|worst| worst >= threshold) {
                    _ if args.strict && account.plan.not_read.is_some() => ExitStatus::Incomplete,
                    true => ExitStatus::Differs,
                    false => ExitStatus::Success,
                };
                report.add(
                    member,
                    status,
                    text,
                    AccountReport::drifted(&account.plan, &drift),
                );
            }
            Err(failure) => report.add_failure(member, failure),
        }
    }
    console.result(&report.rendered())?;
    report.status(&plans, console)
}
