//! The command line: builds the pieces, walks the line, chooses the exit status.

mod adopt;
mod apply;
mod args;
mod carry_out;
mod connect;
mod console;
mod destroy;
mod discover;
mod drift;
mod ended;
mod environment;
mod exit;
mod failure;
mod fleet;
mod interrupt;
mod observe;
mod outcome;
mod plan;
mod policy;
mod progress;
mod report;
mod sandbox;
mod saved;
mod validate;
mod verbose;
mod whoami;

use std::ffi::OsString;

use clap::Parser;

pub use args::{Cli, EXIT_STATUS};
pub use environment::Environment;
pub use exit::ExitStatus;

use args::{Command, SandboxCommand};
use console::Console;
use failure::Failure;
use interrupt::Signals;

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
    let mut console = match Console::new(&cli.global, signals.clone()) {
        Ok(console) => console,
        Err(failure) => {
            anstream::eprint!("{failure}");
            return failure.status;
        }
    };
    verbose::start(&cli.global);
    let work = dispatch(&cli, environment, &mut console);
    let ended = match looks_after_its_end(&cli.command) {
        true => work.await,
        false => signals.stop(work).await,
    };
    ended.unwrap_or_else(|failure| {
        console.failure(&failure);
        failure.status
    })
}

/// Whether a command has something to do after a signal: those with accounts report on what they have seen or
/// done, and a sandbox that serves is meant to be ended so. Any other can be dropped at any moment.
fn looks_after_its_end(command: &Command) -> bool {
    match command {
        Command::Plan(_)
        | Command::Apply(_)
        | Command::Drift(_)
        | Command::Destroy(_)
        | Command::Sandbox(SandboxCommand::Serve(_)) => true,
        Command::Validate(_)
        | Command::Adopt(_)
        | Command::Whoami
        | Command::Policy(_)
        | Command::Report(_)
        | Command::Sandbox(SandboxCommand::Env(_) | SandboxCommand::Reset) => false,
    }
}

async fn dispatch(
    cli: &Cli,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Plan(args) => plan::run(args, global, environment, console).await,
        Command::Apply(args) => apply::run(args, global, environment, console).await,
        Command::Drift(args) => drift::run(args, global, environment, console).await,
        Command::Destroy(args) => destroy::run(args, global, environment, console).await,
        Command::Validate(args) => validate::run(args, environment, console),
        Command::Adopt(args) => adopt::run(args, global, environment, console).await,
        Command::Whoami => whoami::run(global, environment, console).await,
        Command::Policy(command) => policy::run(command, environment, console),
        Command::Report(command) => report::run(command, environment, console),
        Command::Sandbox(command) => sandbox::run(command, global, environment, console).await,
    }
}

/// clap's own exit status for a bad command line is 2, which here means "differs".
fn usage(error: &clap::Error) -> ExitStatus {
    // The stream may be closed; the status tells all the same.
    let _ = error.print();
    match error.use_stderr() {
        true => ExitStatus::Usage,
        false => ExitStatus::Success,
    }
}
