//! `apply`: plan, approve, execute, read again.

use std::path::{Path, PathBuf};

use clap::Args;

use super::verify::ExportArgs;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Global, RiskArg, SpecArg, allowed_risks, detail};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::clients::Session;
use crate::cli::session::connection::Paused;
use crate::cli::session::console::Console;
use crate::cli::stages::approval::{Approval, Proposals};
use crate::cli::stages::execution::{Limits, execute};
use crate::cli::stages::plan::{Besides, PlannedAccount, plan_accounts};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::results::Results;
use crate::cli::stages::saved_plan;
use crate::cli::stages::spec::{command_line, load, shown_name};
use crate::cli::stages::verify::Asked;
use crate::cli::stages::wait_ready::Wait;
use crate::model::{Caller, DesiredState, Scope};
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
        answer: |verdict| Some(&verdict.after),
    };
    let limits = Limits {
        parallel: args.fleet.parallel,
        max_failures: args.max_failures,
    };
    let wait = match args.wait_ready {
        true => {
            let apply = command_line("apply", &args.spec);
            Some(Wait::new(asked(args, global)?, apply))
        }
        false => None,
    };
    let verify = match args.plan {
        None => command_line("verify", &args.spec),
        Some(_) => "export-iam verify SPEC".to_owned(),
    };
    let manner = Manner {
        limits,
        wait: wait.as_ref(),
        undo_out: args.undo_out.as_deref(),
        verify: &verify,
    };
    // The session stays open until the end: a sandbox inside this process lives in it.
    if let Some(file) = &args.plan {
        let expected = args.expect_digest.as_deref();
        let signals = console.signals();
        let load = saved_plan::load(file, expected, global, environment, console);
        let (session, account) = signals.cancel(load).await?;
        let member = Member::own();
        let members = std::slice::from_ref(&member);
        let report = RunReport::new("apply", None, console);
        let mut run = Run::new(members, &approval, args, manner.wait, report);
        run.add((0, &member), Ok(account));
        return run.carry_out(&session, manner, environment, console).await;
    }
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    if args.undo_out.is_some() && members.len() > 1 {
        let message = "`--undo-out` saves the way back of one account";
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    }
    let name = shown_name(&args.spec, environment);
    let report = RunReport::new("apply", Some(name), console);
    let mut run = Run::new(&members, &approval, args, manner.wait, report);
    let what = (Aim::Have, Besides::Nothing);
    let reading = (args.fleet.parallel, &*console);
    let planned = |place, member: &Member, account| run.add((place, member), account);
    plan_accounts(&members, &session, &spec, what, reading, planned).await;
    run.carry_out(&session, manner, environment, console).await
}

/// What is waited for.
fn asked(args: &ApplyArgs, global: &Global) -> Result<Asked, Failure> {
    let export = ExportArgs {
        image: args.image.clone(),
        ..ExportArgs::default()
    };
    export.asked(global)
}

/// How plans are carried out.
#[derive(Clone, Copy)]
struct Manner<'a> {
    limits: Limits,
    /// What to ask until ECS notices the role; `None`: nothing.
    wait: Option<&'a Wait>,
    /// How to call `verify` with the same spec.
    verify: &'a str,
    /// Where the way back is saved.
    undo_out: Option<&'a Path>,
}

/// The accounts of a run, from their plans to their results.
struct Run<'a> {
    is_strict: bool,
    wait: Option<&'a Wait>,
    proposals: Proposals<'a>,
    results: Results,
    /// The way back of a single account, where it is asked for.
    undo: Option<Result<Undo, Failure>>,
    wants_undo: bool,
}

/// The way back, and what it is written with.
struct Undo {
    desired: DesiredState,
    caller: Caller,
    connection: Paused,
}

impl Undo {
    fn of(account: &PlannedAccount) -> Result<Self, Failure> {
        let PlannedAccount {
            desired, observed, ..
        } = account;
        Ok(Self {
            desired: undo(desired, observed).map_err(|errors| no_undo(&errors))?,
            caller: observed.caller.clone(),
            connection: account.connection.pause(),
        })
    }
}

impl<'a> Run<'a> {
    fn new(
        members: &'a [Member],
        approval: &'a Approval,
        args: &ApplyArgs,
        wait: Option<&'a Wait>,
        report: RunReport,
    ) -> Self {
        Self {
            is_strict: args.strict,
            wait,
            proposals: Proposals::new(members, approval, wait.is_some()),
            results: Results::new(report, members.len()),
            undo: None,
            wants_undo: args.undo_out.is_some(),
        }
    }

    fn add(&mut self, at: (usize, &Member), account: Result<PlannedAccount, Failure>) {
        let account = match self.is_strict {
            true => account.and_then(wholly_read),
            false => account,
        };
        if let (Some(wait), Ok(account)) = (self.wait, &account)
            && let Err(failure) = wait.asked.questions(&account.desired.exports)
        {
            self.proposals.fail(failure);
        }
        if self.wants_undo {
            let undo = account.as_ref().map_err(Clone::clone).and_then(Undo::of);
            self.undo = Some(undo);
        }
        self.proposals.add(at, account, &mut self.results);
    }

    /// Executes, and saves a plan back from what the account holds afterwards, also when execution stopped part-way.
    async fn carry_out(
        mut self,
        session: &Session,
        manner: Manner<'_>,
        environment: &Environment,
        console: &mut Console,
    ) -> Result<ExitStatus, Failure> {
        let (Some(undo), Some(file)) = (self.undo.take(), manner.undo_out) else {
            return self.approve_and_execute(session, manner, console).await;
        };
        let undo = undo?;
        let result = self.approve_and_execute(session, manner, console).await;
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
            written = write_undo(undo, session, file, environment, console) => written,
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

    async fn approve_and_execute(
        self,
        session: &Session,
        Manner {
            limits,
            wait,
            verify,
            ..
        }: Manner<'_>,
        console: &mut Console,
    ) -> Result<ExitStatus, Failure> {
        let Self {
            mut proposals,
            mut results,
            ..
        } = self;
        proposals.approve(console).await?;
        let approved = proposals.approved();
        let has_exports = approved.has_exports;
        results.begin();
        execute(approved, session, (limits, wait), &mut results, console).await;
        let status = results.conclude(console)?;
        if wait.is_none() && has_exports {
            console.show(&text::only_ram(verify))?;
        }
        Ok(status)
    }
}

/// The plan of an account that was looked at as a whole; of any other, why it is left alone.
fn wholly_read(account: PlannedAccount) -> Result<PlannedAccount, Failure> {
    match account.plan.not_read.clone() {
        None => Ok(account),
        Some(why) => Err(Failure::new(ExitStatus::Incomplete, why)
            .hint("leave `--strict` out to go on without what was not looked at")),
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
    undo: Undo,
    session: &Session,
    file: &Path,
    environment: &Environment,
    console: &mut Console,
) -> Result<(), Failure> {
    let Undo {
        desired,
        caller,
        connection,
    } = undo;
    let account = session.resume(connection).account;
    let observed = observe(&account, &Scope::of(&desired), Some(caller)).await?;
    let saved = SavedPlan {
        desired,
        observed,
        origin: "undo".to_owned(),
    };
    saved_plan::write(&saved, file, environment, console)
}
