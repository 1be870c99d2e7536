//! `report`: work on reports that were written as JSON.

use std::io::Cursor;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::cli::stages::earlier::{read_earlier, read_report};
use crate::report::{json, text};

/// `report …`.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Join the reports of the parts of a fleet into one
    Merge(MergeArgs),
    /// Say how the findings of two reports of `drift` differ
    Diff(DiffArgs),
}

/// `report diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier report
    #[arg(value_name = "A.json")]
    pub before: PathBuf,
    /// The later report
    #[arg(value_name = "B.json")]
    pub after: PathBuf,
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
    match command {
        ReportCommand::Merge(args) => merge(args, here, console),
        ReportCommand::Diff(args) => diff(args, here, console),
    }
}

fn diff(args: &DiffArgs, here: &Environment, console: &mut Console) -> Result<ExitStatus, Failure> {
    let before = read_earlier(&args.before, here)?;
    let change = before.changes_to(&read_earlier(&args.after, here)?);
    let mut rendered = Rendered {
        text: String::new(),
        json: json::difference(&change),
    };
    text::difference(&change, &mut rendered.text);
    console.result(&rendered)?;
    Ok(match (change.not_read.is_empty(), change.is_empty()) {
        (false, _) => ExitStatus::Incomplete,
        (true, false) => ExitStatus::Differs,
        (true, true) => ExitStatus::Success,
    })
}

fn merge(
    MergeArgs { files }: &MergeArgs,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let mut texts = Vec::new();
    for file in files {
        texts.push(read_report(file, here)?);
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
    if !console.reports().take_standard_output() {
        console.print(&merged)?;
    }
    console.write_reports(&mut Cursor::new(&merged))?;
    Ok(ExitStatus::Success)
}
