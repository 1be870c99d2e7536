//! `schema`: the JSON Schemas of specs and reports.

use clap::{Args, ValueEnum};

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::Console;
use crate::report::json::{ReportKind, schema_of};
use crate::spec::SCHEMA;

/// `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// What the schema is of
    #[arg(value_name = "KIND", value_enum)]
    pub kind: SchemaKind,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// A spec
    Spec,
    /// The JSON report of `plan`
    Plan,
    /// The JSON report of `apply`
    Apply,
    /// The JSON report of `destroy`
    Destroy,
    /// The JSON report of `drift`
    Drift,
    /// The JSON report of `verify`
    Verify,
}

pub(super) fn run(args: &SchemaArgs, console: &mut Console) -> Result<ExitStatus, Failure> {
    let report = match args.kind {
        SchemaKind::Spec => {
            console.print(SCHEMA)?;
            return Ok(ExitStatus::Success);
        }
        SchemaKind::Plan => ReportKind::Plan,
        SchemaKind::Apply => ReportKind::Apply,
        SchemaKind::Destroy => ReportKind::Destroy,
        SchemaKind::Drift => ReportKind::Drift,
        SchemaKind::Verify => ReportKind::Verify,
    };
    let schema = schema_of(report).map_err(|error| Failure::bug(&error))?;
    console.print(&schema)?;
    Ok(ExitStatus::Success)
}
