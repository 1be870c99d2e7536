//! `policy`: the policy engine, offline.

mod check;
mod compare;
mod documents;
mod lint;
mod show;

use clap::Subcommand;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::Global;
use crate::cli::session::console::Console;
use check::CheckArgs;
use compare::CompareArgs;
use lint::LintArgs;
use show::ShowArgs;

/// `policy …`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show what access WANTED gives beyond LIVE, and the reverse
    ///
    /// By meaning, not text: documents that give the same access are equal however they are written. Exits with 0
    /// when equal, 2 when not, 5 when that could not be settled.
    Compare(CompareArgs),
    /// Say whether documents together allow ExportImage into a bucket
    Check(CheckArgs),
    /// Show what is wrong with a document, or likely not meant
    Lint(LintArgs),
    /// Show a built-in system policy or a document, and what it gives
    Show(ShowArgs),
}

pub(super) fn run(
    command: &PolicyCommand,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    match command {
        PolicyCommand::Compare(args) => compare::run(args, here, console),
        PolicyCommand::Check(args) => check::run(args, here, console),
        PolicyCommand::Lint(args) => lint::run(args, global, here, console),
        PolicyCommand::Show(args) => show::run(args, here, console),
    }
}
