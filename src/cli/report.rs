//! `report`: work on reports that were written as JSON.

use super::args::{MergeArgs, ReportCommand};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use crate::report::json;

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
