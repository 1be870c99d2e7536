//! The command line: parses it, runs the command, gives the exit status.
//!
//! | part | holds |
//! |---|---|
//! | `commands` | one file a command: its arguments, and its stretch of the line |
//! | `stages` | the stretches that several commands share: load the spec, plan accounts, approve, execute, report |
//! | `session` | what a run works with: clients, accounts, discovery, console, signals, progress |
//!
//! `commands` use `stages`, and both use `session`; never the other way.

mod commands;
mod environment;
mod exit;
mod failure;
mod options;
mod session;
mod stages;

use std::borrow::Cow;
use std::ffi::OsString;

use clap::{CommandFactory, Parser};

pub use environment::Environment;
pub use exit::ExitStatus;

use crate::visible::visible;
use commands::Command;
use options::Global;
use session::console::Console;
use session::logging;
use session::signals::Signals;

/// Plan and apply the RAM role with which ECS exports images to OSS
///
/// ExportImage works only if the account has the role AliyunECSImageExportDefaultRole, trusted to ECS and allowed
/// eight OSS actions. export-iam compares what a short YAML spec asks for with the live account, shows the
/// difference as access gained and lost, makes it so, and says whether ExportImage would succeed.
///
/// Try it without an account: `export-iam apply --sandbox`.
#[derive(Debug, Parser)]
#[command(
    name = "export-iam",
    version = env!("EXPORT_IAM_VERSION"),
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// Options that go with every command
    #[command(flatten)]
    pub global: Global,
}

/// The table of exit statuses, below every help text and in `docs/reference/commands.md`.
pub const EXIT_STATUS: &str = "\
Exit status:
  0    done, in sync, or nothing pending
  1    failed; nothing was changed
  2    changes pending (plan --detailed-exitcode), drift, not ready, or access differs
  3    refused: guard, stale plan, wrong account, or not confirmed
  4    stopped part-way; the report lists what was done
  5    incomplete: something could not be read, so there is no clean answer
  64   bad command line
  130  interrupted";

/// Runs one command line and says how it ended.
pub async fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> ExitStatus {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let signals = Signals::listen();
    let mut console = match Console::new(&cli.global, environment, signals.clone()) {
        Ok(console) => console,
        Err(failure) => {
            anstream::eprint!("{failure}");
            return failure.status;
        }
    };
    logging::start(&cli.global);
    let work = cli
        .command
        .run(&cli.global, environment, &mut console, Cli::command);
    let result = match cli.command.handles_signals() {
        true => work.await,
        false => signals.cancel(work).await,
    };
    let status = result.unwrap_or_else(|failure| {
        console.failure(&failure);
        failure.status
    });
    console.end();
    status
}

/// clap's own exit status for a bad command line is 2, which here means "differs".
fn usage(error: &clap::Error) -> ExitStatus {
    // An argument may hold what a terminal obeys; then clap's own styles are left out with it.
    let plain = error.render().to_string();
    match visible(&plain) {
        Cow::Owned(escaped) => anstream::eprint!("{escaped}"),
        // The stream may be closed; the status tells all the same.
        Cow::Borrowed(_) => drop(error.print()),
    }
    match error.use_stderr() {
        true => ExitStatus::Usage,
        false => ExitStatus::Success,
    }
}
