//! `plan`: what would change.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Format, Global, SpecArg, detail};
use crate::cli::session::accounts::{Member, open};
use crate::cli::session::console::Console;
use crate::cli::stages::approval::refused;
use crate::cli::stages::codes::Codes;
use crate::cli::stages::plan::{Besides, PlannedAccount, codes_told, plan_accounts};
use crate::cli::stages::report::RunReport;
use crate::cli::stages::saved_plan;
use crate::cli::stages::spec::{load, shown_name};
use crate::cloud::ram::aliyun_commands;
use crate::plan::{Aim, Plan, forbidden};
use crate::report::json::AccountReport;
use crate::report::text;

/// `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The spec
    #[command(flatten)]
    pub spec: SpecArg,
    /// Save the plan, to be carried out later by `apply --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 when changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Exit with 5 when a part of the account could not be looked at
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
    args: &PlanArgs,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let spec = load(&args.spec, environment, console)?;
    let (session, members) = open(&spec, &args.fleet, global, environment, console).await?;
    if args.out.is_some() && members.len() > 1 {
        let message = "`--out` saves the plan of one account";
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    }
    let as_commands = global.format == Format::Aliyun;
    if as_commands && members.len() > 1 {
        let message = "`--format aliyun` prints the commands of one account";
        return Err(Failure::new(ExitStatus::Usage, message).hint("choose one with `--only`"));
    }
    let is_alone = members.len() == 1;
    let mut report = RunReport::new("plan", Some(shown_name(&args.spec, environment)), console);
    let mut alone = None;
    let mut broken = BTreeMap::new();
    let mut codes = Codes::default();
    let planned = |place, member: &Member, account| match account {
        Ok(account) => {
            add(&mut report, (place, member), &account, args, is_alone);
            codes.add(
                place,
                codes_told(&account.plan, |verdict| Some(&verdict.after)),
            );
            let label = member.label().filter(|_| !is_alone);
            if let Some(failure) = never_applied(&account.plan, label.as_deref()) {
                broken.insert(place, failure);
            }
            alone = Some(account).filter(|_| is_alone);
        }
        Err(failure) => report.add_failure((place, member), failure),
    };
    let what = (Aim::Have, Besides::Nothing);
    let manner = (args.fleet.parallel, &*console);
    plan_accounts(&members, &session, &spec, what, manner, planned).await;
    let ended = report.end(console)?;
    console.will_explain(codes.in_order());
    if let (true, Some(account)) = (as_commands, &alone) {
        console.print(&commands(&account.plan)?)?;
    }
    if let (Some(file), Some(account)) = (&args.out, alone) {
        saved_plan::write(&account.into_saved(), file, environment, console)?;
    }
    let status = ended.status(console)?;
    if !broken.is_empty() {
        let problems = broken.values().flat_map(Failure::problems);
        console.failure(&Failure::all(ExitStatus::Refused, problems));
        return Ok(match status {
            ExitStatus::Incomplete => status,
            _ => ExitStatus::Refused,
        });
    }
    match status {
        ExitStatus::Differs if !args.detailed_exitcode => Ok(ExitStatus::Success),
        status => Ok(status),
    }
}

fn add(
    report: &mut RunReport,
    at: (usize, &Member),
    account: &PlannedAccount,
    args: &PlanArgs,
    is_alone: bool,
) {
    let PlannedAccount { plan, observed, .. } = account;
    let status = match plan.is_empty() {
        _ if args.strict && plan.not_read.is_some() => ExitStatus::Incomplete,
        true => ExitStatus::Success,
        false => ExitStatus::Differs,
    };
    let say = |text: &mut String| {
        // Of thousands in sync there is nothing to say.
        if is_alone || !plan.is_empty() || plan.summary().unmanaged > 0 {
            let label = at.1.label();
            text::plan(plan, label.as_deref(), detail(args.show_documents), text);
        }
    };
    report.add(at, status, say, || {
        AccountReport::planned(plan).with_roles(observed)
    });
}

/// Why `apply` will refuse the plan whatever is allowed, if it will.
fn never_applied(plan: &Plan, label: Option<&str>) -> Option<Failure> {
    let refusals = forbidden(plan);
    (!refusals.is_empty()).then(|| refused(&refusals).of_account(label))
}

/// The plan's steps for a shell.
fn commands(plan: &Plan) -> Result<String, Failure> {
    let steps = plan.steps.iter().map(|planned| &planned.step);
    let commands = aliyun_commands(steps).map_err(|error| {
        Failure::new(ExitStatus::Failed, error.to_string())
            .hint("change the text in the spec, or let `apply` send it")
    })?;
    let account = &plan.caller.account;
    Ok(match commands.is_empty() {
        true => format!("# account {account}: nothing to do\n"),
        false => format!("# account {account}\n{commands}\n"),
    })
}
