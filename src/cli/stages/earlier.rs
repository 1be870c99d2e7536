//! Reports of earlier runs, read back.

use std::path::Path;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::drift::Baseline;
use crate::report::json;

/// The text of a report.
///
/// # Errors
/// When the file cannot be read (1).
pub(crate) fn read_report(file: &Path, environment: &Environment) -> Result<String, Failure> {
    std::fs::read_to_string(environment.folder.join(file)).map_err(|error| {
        let message = format!("report `{}` could not be read: {error}", file.display());
        Failure::new(ExitStatus::Failed, message)
    })
}

/// The findings in a report of `drift`.
///
/// # Errors
/// When the file cannot be read, or is no such report (1).
pub(crate) fn read_earlier(file: &Path, environment: &Environment) -> Result<Baseline, Failure> {
    json::baseline(&read_report(file, environment)?).map_err(|problem| {
        let message = format!("report `{}` {problem}", file.display());
        Failure::new(ExitStatus::Failed, message)
            .hint("`export-iam drift --report json=FILE` writes one")
    })
}
