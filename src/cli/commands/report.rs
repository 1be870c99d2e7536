//! `report`: work on reports that were written as JSON.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;
use crate::report::json;

/// `report …`.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Join the reports of the parts of a fleet into one
    Merge(MergeArgs),
}

/// `report merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Reports written by `--format json` or `--report json=FILE`
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

pub(super) fn run(
    command: &ReportCommand,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let ReportCommand::Merge(MergeArgs { files }) = command;
    let mut texts = Vec::new();
    for file in files {
        let read = std::fs::read_to_string(here.folder.join(file));
        texts.push(read.map_err(|error| {
            Failure::new(
                ExitStatus::Failed,
                format!("report `{}` could not be read: {error}", file.display()),
            )
        })?);
    }
    let merged = json::merge(&texts).map_err(|error| {
        let file = files
            .get(error.report)
            .map(|file| file.display().to_string())
            .unwrap_or_default();
        Failure::new(
            ExitStatus::Failed,
            format!("report `{file}`: {}", error.problem),
        )
    })?;
    console.print(&merged)?;
    Ok(ExitStatus::Success)
}
