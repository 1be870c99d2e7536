//! The commands, one file each: its arguments, and its stretch of the line
//! spec → desired → observe → plan → approve → apply → report.

mod adopt;
mod apply;
mod completions;
mod destroy;
mod drift;
mod explain;
mod export;
mod man;
mod permissions;
mod plan;
mod policy;
mod report;
mod sandbox;
mod schema;
mod validate;
mod verify;
mod whoami;

use clap::Subcommand;

use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::options::{Format, Global, SpecArg};
use super::session::console::Console;
use adopt::AdoptArgs;
use apply::ApplyArgs;
use completions::CompletionsArgs;
use destroy::DestroyArgs;
use drift::DriftArgs;
use explain::ExplainArgs;
use export::ExportCommandArgs;
use man::ManArgs;
use permissions::PermissionsCommand;
use plan::PlanArgs;
use policy::PolicyCommand;
use report::ReportCommand;
use sandbox::SandboxCommand;
use schema::SchemaArgs;
use verify::VerifyArgs;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what would change, without changing it
    Plan(PlanArgs),
    /// Plan, ask, carry out, and check that nothing is left to do
    Apply(ApplyArgs),
    /// Report where accounts differ from the spec; for CI
    Drift(DriftArgs),
    /// Ask ECS and OSS too whether ExportImage would work; changes nothing
    Verify(VerifyArgs),
    /// Export an image, and follow it to its objects
    Export(ExportCommandArgs),
    /// Remove exactly what the spec names, after asking
    Destroy(DestroyArgs),
    /// Check a spec without any network
    Validate(SpecArg),
    /// Print a spec that describes what the account holds now
    Adopt(AdoptArgs),
    /// Show whose access key is in use and where it came from
    Whoami,
    /// Print the smallest RAM policy under which a command works, without any network
    #[command(subcommand)]
    Permissions(PermissionsCommand),
    /// Compare, check and lint policy documents, without any network
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Say what an error code means, what causes it, and what settles each cause
    Explain(ExplainArgs),
    /// Work on reports that were written as JSON
    #[command(subcommand)]
    Report(ReportCommand),
    /// Run or look after the built-in look-alike of the services
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Print the JSON Schema of specs or of a command's reports
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Print the manual page of the program or of one command
    Man(ManArgs),
}

impl Command {
    /// Whether the command handles signals itself: those with accounts report on what they have read or done, and
    /// a sandbox that serves ends on a signal. Any other can be dropped at any moment.
    pub(super) fn handles_signals(&self) -> bool {
        match self {
            Self::Plan(_)
            | Self::Apply(_)
            | Self::Drift(_)
            | Self::Verify(_)
            | Self::Export(_)
            | Self::Destroy(_)
            | Self::Sandbox(SandboxCommand::Serve(_)) => true,
            Self::Validate(_)
            | Self::Adopt(_)
            | Self::Whoami
            | Self::Permissions(_)
            | Self::Policy(_)
            | Self::Explain(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Report(_)
            | Self::Sandbox(
                SandboxCommand::Env(_) | SandboxCommand::Reset | SandboxCommand::Seed(_),
            ) => false,
        }
    }

    /// Whether the result is a report on accounts.
    fn reports_on_accounts(&self) -> bool {
        match self {
            Self::Plan(_)
            | Self::Apply(_)
            | Self::Drift(_)
            | Self::Destroy(_)
            | Self::Verify(_)
            | Self::Export(_)
            | Self::Report(ReportCommand::Merge(_)) => true,
            Self::Report(ReportCommand::Diff(_)) => false,
            Self::Validate(_)
            | Self::Adopt(_)
            | Self::Whoami
            | Self::Permissions(_)
            | Self::Policy(_)
            | Self::Explain(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Sandbox(_) => false,
        }
    }

    /// Runs the command. `interface` describes the whole command line, for those who write about it.
    ///
    /// # Errors
    /// With what is to be said on standard error, and the exit status.
    pub(super) async fn run(
        &self,
        global: &Global,
        environment: &Environment,
        console: &mut Console,
        interface: fn() -> clap::Command,
    ) -> Result<ExitStatus, Failure> {
        if global.format == Format::Aliyun && !matches!(self, Self::Plan(_)) {
            let message = "`--format aliyun` is for `plan`";
            return Err(Failure::new(ExitStatus::Usage, message)
                .hint("a plan shows the steps that `apply` would carry out"));
        }
        if let Some(format) = console.reports().need_accounts()
            && !self.reports_on_accounts()
        {
            let message = format!("`--report {format}=…` is for runs over accounts");
            return Err(Failure::new(ExitStatus::Usage, message).hint(
                "they are plan, apply, drift, destroy and verify, and `report merge`, which writes them from JSON reports",
            ));
        }
        match self {
            Self::Plan(args) => plan::run(args, global, environment, console).await,
            Self::Apply(args) => apply::run(args, global, environment, console).await,
            Self::Drift(args) => drift::run(args, global, environment, console).await,
            Self::Export(args) => export::run(args, global, environment, console).await,
            Self::Verify(args) => verify::run(args, global, environment, console).await,
            Self::Destroy(args) => destroy::run(args, global, environment, console).await,
            Self::Validate(args) => validate::run(args, environment, console),
            Self::Adopt(args) => adopt::run(args, global, environment, console).await,
            Self::Whoami => whoami::run(global, environment, console).await,
            Self::Permissions(command) => {
                permissions::run(command, global, environment, console).await
            }
            Self::Policy(command) => policy::run(command, global, environment, console),
            Self::Explain(args) => explain::run(args, console),
            Self::Report(command) => report::run(command, environment, console),
            Self::Schema(args) => schema::run(args, console),
            Self::Completions(args) => completions::run(args, interface(), console),
            Self::Man(args) => man::run(args, interface(), console),
            Self::Sandbox(command) => sandbox::run(command, global, environment, console).await,
        }
    }
}
