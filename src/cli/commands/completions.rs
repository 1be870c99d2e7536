//! `completions`: the completion script of a shell.

use clap::Args;
use clap_complete::{Shell, generate};

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// `interface` is the whole command line.
pub(super) fn run(
    args: &CompletionsArgs,
    mut interface: clap::Command,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let name = interface.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut interface, name, &mut script);
    console.print(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Success)
}
