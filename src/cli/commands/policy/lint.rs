//! `policy lint`: what is wrong with a document, or likely not meant.

use std::path::PathBuf;

use clap::Args;

use super::documents::text_of;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::policy::lint::{Finding, Options, Severity, lint, rules};
use crate::report::{json, text};

/// `policy lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Permission or trust policies, files
    #[arg(value_name = "DOC", required_unless_present = "rules")]
    pub documents: Vec<PathBuf>,
    /// List the rules instead
    #[arg(long)]
    pub rules: bool,
}

pub(super) fn run(
    args: &LintArgs,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    if args.rules {
        let mut text = String::new();
        text::lint_rules(rules(), &mut text);
        console.print(&text)?;
        return Ok(ExitStatus::Success);
    }
    let mut found: Vec<(String, Vec<Finding>)> = Vec::new();
    for file in &args.documents {
        let text = text_of(file, here)?;
        found.push((file.display().to_string(), lint(&text, &Options::default())));
    }
    let mut text = String::new();
    text::lint(&found, &mut text);
    console.result(&Rendered {
        text,
        json: json::lint(&found),
    })?;
    let worst = found
        .iter()
        .flat_map(|(_, findings)| findings)
        .any(|finding| finding.rule.severity != Severity::Note);
    Ok(if worst {
        ExitStatus::Differs
    } else {
        ExitStatus::Success
    })
}
