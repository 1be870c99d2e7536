//! `policy check`: would documents do for exporting into a bucket.

use crate::cli::args::CheckArgs;
use crate::cli::console::Console;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;

pub(super) fn run(
    args: &CheckArgs,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let _ = (args, here, console);
    Ok(ExitStatus::Success)
}
