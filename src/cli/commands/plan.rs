//! `plan`: what would change.

use std::path::PathBuf;

use clap::Args;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::{FleetArgs, Format, Global, SpecArg, detail};
use crate::cli::session::accounts::open;
use crate::cli::session::console::Console;
use crate::cli::stages::approval::refused;
use crate::cli::stages::plan::{Besides, MemberPlan, codes_told, failures, plan_accounts};
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
    let plans = plan_accounts(
        members,
        &session,
        &spec,
        (Aim::Have, Besides::Nothing),
        args.fleet.parallel,
        console,
    )
    .await;
    let mut report = RunReport::new("plan", Some(shown_name(&args.spec, environment)));
    for MemberPlan { member, account } in &plans {
        match account {
            Ok(account) => {
                let mut text = String::new();
                // Of thousands in sync there is nothing to say.
                let says = !account.plan.is_empty() || account.plan.summary().unmanaged > 0;
                if says || plans.len() == 1 {
                    text::plan(
                        &account.plan,
                        member.label().as_deref(),
                        detail(args.show_documents),
                        &mut text,
                    );
                }
                let status = match account.plan.is_empty() {
                    _ if args.strict && account.plan.not_read.is_some() => ExitStatus::Incomplete,
                    true => ExitStatus::Success,
                    false => ExitStatus::Differs,
                };
                let part = AccountReport::planned(&account.plan).with_roles(&account.observed);
                report.add(member, status, text, part);
            }
            Err(failure) => report.add_failure(member, failure),
        }
    }
    console.result(&report.rendered())?;
    console.will_explain(codes_told(&plans, |verdict| Some(&verdict.after)));
    if as_commands {
        for account in plans.iter().filter_map(|plan| plan.account.as_ref().ok()) {
            console.print(&commands(&account.plan)?)?;
        }
    }
    if let (
        Some(file),
        [
            MemberPlan {
                account: Ok(account),
                ..
            },
        ],
    ) = (&args.out, plans.as_slice())
    {
        saved_plan::write(&account.saved(), file, environment, console)?;
    }
    let status = report.status(failures(&plans), console)?;
    if let Some(broken) = broken(&plans) {
        console.failure(&broken);
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

/// Why `apply` will refuse the plans whatever is allowed, if it will.
fn broken(plans: &[MemberPlan]) -> Option<Failure> {
    let of_account = |MemberPlan { member, account }: &MemberPlan| {
        let refusals = forbidden(&account.as_ref().ok()?.plan);
        let label = member.label().filter(|_| plans.len() > 1);
        (!refusals.is_empty()).then(|| refused(&refusals).of_account(label.as_deref()).problems())
    };
    let problems: Vec<_> = plans.iter().filter_map(of_account).flatten().collect();
    (!problems.is_empty()).then(|| Failure::all(ExitStatus::Refused, problems))
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
