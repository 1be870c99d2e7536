//! `apply`: plan, approve, execute, read again.

use std::path::{Path, PathBuf};

use clap::Args;

use super::verify::ExportArgs;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, RiskArg, SpecArg, allowed_risks, detail};
use crate::cli::session::accounts::open;
use crate::cli::session::console::Console;
use crate::cli::stages::approval::{Approval, approve};
use crate::cli::stages::execution::{Limits, execute};
use crate::cli::stages::plan::{
    Besides, MemberPlan, PlannedAccount, all_read, codes_told, plan_accounts,
};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::results::report_results;
use crate::cli::stages::saved_plan;
use crate::cli::stages::spec::{command_line, load, shown_name};
use crate::cli::stages::verify::Asked;
use crate::cli::stages::wait_ready::Wait;
use crate::model::{DesiredState, Scope};
use crate::observe::observe;
use crate::plan::file::SavedPlan;
use crate::plan::{Aim, UndoError, undo};
use crate::report::text;

/// `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Begin no new account once this many have failed
    #[arg(long, value_name = "N", help_heading = "Many accounts")]
    pub max_failures: Option<usize>,
    /// Carry out this saved plan; refused if the account has moved since it was made
    #[arg(long, value_name = "FILE", conflicts_with = "spec")]
    pub plan: Option<PathBuf>,
    /// Refuse the saved plan unless its digest is this one
    #[arg(long, value_name = "DIGEST", requires = "plan")]
    pub expect_digest: Option<String>,
    /// Save a plan that restores the state before this apply
    #[arg(long, value_name = "FILE")]
    pub undo_out: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Accept one risk that the guard would refuse; may be given several times
    #[arg(long, value_name = "RISK", value_enum)]
    pub allow: Vec<RiskArg>,
    /// Then check the exports as `verify` does, and wait until ECS has noticed the role, for 90 seconds at most
    #[arg(long)]
    pub wait_ready: bool,
    /// With --wait-ready, ask ECS about exports of this image
    #[arg(long, value_name = "ID", requires = "wait_ready")]
    pub image: Option<String>,
    /// Leave alone, with 5, an account of which a part could not be looked at
    #[arg(long)]
    pub strict: bool,
    /// Show changed documents as text diffs too
    #[arg(long)]
    pub show_documents: bool,
    /// Which accounts
    #[command(flatten)]
    pub fleet: FleetArgs,
}

pub(super) async fn run(
    args: &ApplyArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let approval = Approval {
        yes: args.yes,
        allowed: allowed_risks(&args.allow),
        detail: detail(args.show_documents),
    };
    let limits = Limits {
        parallel: args.fleet.parallel,
        max_failures: args.max_failures,
    };
    // The session stays open until the end: a sandbox inside this process lives in it.
    let (_session, plans) = match &args.plan {
        Some(file) => {
            let expected = args.expect_digest.as_deref();
            let signals = console.signals();
            let load = saved_plan::load(file, expected, global, environment, console);
            let (session, plan) = signals.cancel(load).await?;
            (session, vec![plan])
        }
        None => {
            let spec = load(&args.spec, environment, console)?;
            let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
            let plans = plan_accounts(
                members,
                &session,
                &spec,
                (Aim::Have, Besides::Nothing),
                args.fleet.parallel,
                console,
            )
            .await;
            (session, all_read(plans)?)
        }
    };
    let plans = match args.strict {
        true => plans.into_iter().map(wholly_read).collect(),
        false => plans,
    };
    let wait = match args.wait_ready {
        true => Some(Wait::new(
            asked(args, global, &plans)?,
            command_line("apply", &args.spec),
        )),
        false => None,
    };
    let named = args.plan.is_none();
    let verify = match named {
        true => command_line("verify", &args.spec),
        false => "export-iam verify SPEC".to_owned(),
    };
    let manner = Manner {
        approval: &approval,
        limits,
        wait: wait.as_ref(),
        verify: &verify,
    };
    let spec = named.then(|| shown_name(&args.spec, environment));
    let report = RunReport::new("apply", spec);
    match &args.undo_out {
        None => approve_and_execute(&plans, manner, report, console).await,
        Some(file) => with_undo(file, &plans, manner, report, environment, console).await,
    }
}

/// What is waited for.
///
/// # Errors
/// When the exports of an account cannot be asked about (64).
fn asked(args: &ApplyArgs, global: &Global, plans: &[MemberPlan]) -> Result<Asked, Failure> {
    let export = ExportArgs {
        image: args.image.clone(),
        ..ExportArgs::default()
    };
    let asked = export.asked(global)?;
    for account in plans.iter().filter_map(|plan| plan.account.as_ref().ok()) {
        asked.questions(&account.desired.exports)?;
    }
    Ok(asked)
}

/// How plans are carried out.
#[derive(Clone, Copy)]
struct Manner<'a> {
    approval: &'a Approval,
    limits: Limits,
    /// What to ask until ECS notices the role; `None`: nothing.
    wait: Option<&'a Wait>,
    /// How to call `verify` with the same spec.
    verify: &'a str,
}

/// The plan of an account that was looked at as a whole; of any other, why it is left alone.
fn wholly_read(plan: MemberPlan) -> MemberPlan {
    let MemberPlan { member, account } = plan;
    let account = account.and_then(|account| match account.plan.not_read.clone() {
        None => Ok(account),
        Some(why) => Err(Failure::new(ExitStatus::Incomplete, why)
            .hint("leave `--strict` out to go on without what was not looked at")),
    });
    MemberPlan { member, account }
}

async fn approve_and_execute(
    plans: &[MemberPlan],
    manner: Manner<'_>,
    report: RunReport,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let Manner {
        approval,
        limits,
        wait,
        verify,
    } = manner;
    console.will_explain(codes_told(plans, |verdict| Some(&verdict.after)));
    let approved = approve(plans, approval, console).await?;
    let results = execute(plans, &approved, limits, wait, console).await;
    let status = report_results(report, plans, &approved, &results, console)?;
    let mut accounts = approved.accounts.iter();
    if wait.is_none() && accounts.any(|account| !account.account.desired.exports.is_empty()) {
        console.show(&text::only_ram(verify))?;
    }
    Ok(status)
}

/// Executes, and saves a plan back from what the account holds afterwards, also when execution stopped part-way.
async fn with_undo(
    file: &Path,
    plans: &[MemberPlan],
    manner: Manner<'_>,
    report: RunReport,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let [MemberPlan { account, .. }] = plans else {
        let message = "`--undo-out` saves the way back of one account";
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    };
    let account = account.as_ref().map_err(Clone::clone)?;
    let undo_state =
        undo(&account.desired, &account.observed).map_err(|errors| no_undo(&errors))?;
    let result = approve_and_execute(plans, manner, report, console).await;
    if matches!(&result, Err(failure) if failure.status == ExitStatus::Refused) {
        return result;
    }
    // A first signal only stops the apply; what it did can still be undone.
    let signals = console.signals();
    let written = tokio::select! {
        biased;
        () = signals.second() => Err(Failure::new(
            ExitStatus::Interrupted,
            "interrupted before the way back was saved",
        )),
        written = write_undo(undo_state, account, file, environment, console) => written,
    };
    match (result, written) {
        (result, Ok(())) => result,
        (Ok(_), Err(failure)) => Err(failure),
        // The end of the apply decides the status.
        (Err(result), Err(failure)) => {
            console.failure(&failure);
            Err(result)
        }
    }
}

fn no_undo(errors: &[UndoError]) -> Failure {
    Failure::all(
        ExitStatus::Refused,
        errors.iter().map(|error| (error.to_string(), None)),
    )
    .hint("leave `--undo-out` out to go on without a way back")
}

async fn write_undo(
    undo_state: DesiredState,
    account: &PlannedAccount,
    file: &Path,
    environment: &Environment,
    console: &mut Console,
) -> Result<(), Failure> {
    let caller = Some(account.observed.caller.clone());
    let observed = observe(&account.connection.account, &Scope::of(&undo_state), caller).await;
    let saved = SavedPlan {
        desired: undo_state,
        observed: observed?,
        origin: "undo".to_owned(),
    };
    saved_plan::write(&saved, file, environment, console)
}
