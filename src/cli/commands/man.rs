//! `man`: the manual page of the program or of one command.

use clap::Args;
use clap_mangen::Man;

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;

/// `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command whose page is wanted, such as `policy compare`; left out: the page of the program
    #[arg(value_name = "COMMAND", num_args = 0..)]
    pub command: Vec<String>,
}

/// `interface` is the whole command line.
pub(super) fn run(
    args: &ManArgs,
    mut interface: clap::Command,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    // Names of subcommands and the options that go with each are worked out when the command line is built.
    interface.build();
    let mut chosen = &interface;
    for name in &args.command {
        chosen = chosen.find_subcommand(name).ok_or_else(|| {
            Failure::new(ExitStatus::Usage, format!("there is no command `{name}`"))
                .hint("`export-iam --help` lists the commands")
        })?;
    }
    let page = Man::new(chosen.clone().display_name(full_name(args)));
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| {
        Failure::new(
            ExitStatus::Failed,
            format!("the page cannot be written: {error}"),
        )
    })?;
    console.print(&String::from_utf8_lossy(&text))?;
    Ok(ExitStatus::Success)
}

/// The name of the page, as `git` names its pages: `export-iam-policy-compare`.
fn full_name(args: &ManArgs) -> String {
    let parts = std::iter::once("export-iam").chain(args.command.iter().map(String::as_str));
    parts.collect::<Vec<&str>>().join("-")
}
