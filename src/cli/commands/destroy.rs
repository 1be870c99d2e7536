//! `destroy`: remove exactly what the spec names.

use clap::Args;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, RiskArg, SpecArg, allowed_risks};
use crate::cli::session::accounts::open;
use crate::cli::session::console::Console;
use crate::cli::stages::approval::{Approval, Proposals};
use crate::cli::stages::execution::{Limits, execute};
use crate::cli::stages::plan::{Besides, plan_accounts};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::results::Results;
use crate::cli::stages::spec::{load, shown_name};
use crate::plan::Aim;
use crate::report::text::Detail;

/// `destroy`.
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Begin no new account once this many have failed
    #[arg(long, value_name = "N", help_heading = "Many accounts")]
    pub max_failures: Option<usize>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Accept one risk that the guard would refuse; may be given several times
    #[arg(long, value_name = "RISK", value_enum)]
    pub allow: Vec<RiskArg>,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
}

pub(super) async fn run(
    args: &DestroyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let approval = Approval {
        yes: args.yes,
        allowed: allowed_risks(&args.allow),
        detail: Detail::Access,
        // Exports fail afterwards, as was asked for.
        answer: |_| None,
    };
    let limits = Limits {
        parallel: args.fleet.parallel,
        max_failures: args.max_failures,
    };
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    let report = RunReport::new(
        "destroy",
        Some(shown_name(&args.spec, environment)),
        console,
    );
    let mut results = Results::new(report, members.len());
    let mut proposals = Proposals::new(&members, &approval, false);
    let what = (Aim::Remove, Besides::Nothing);
    let manner = (args.fleet.parallel, &*console);
    plan_accounts(
        &members,
        &session,
        &spec,
        what,
        manner,
        |place, member, account| {
            proposals.add((place, member), account, &mut results);
        },
    )
    .await;
    proposals.approve(console).await?;
    let approved = proposals.approved();
    results.begin();
    execute(approved, &session, (limits, None), &mut results, console).await;
    results.conclude(console)
}
