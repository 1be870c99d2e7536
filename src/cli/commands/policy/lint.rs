//! `policy lint`: what is wrong with a document, or likely not meant.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::documents::{one_standard_input, shown_name, text_of};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::Global;
use crate::cli::session::console::{Console, Rendered};
use crate::policy::lint::{Finding, Options, Severity, lint, rules};
use crate::report::{json, text};

/// `policy lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// Permission, trust or bucket policies: files, `-` for standard input, or system:NAME for a documented one
    #[arg(value_name = "DOC", required_unless_present = "rules")]
    pub documents: Vec<PathBuf>,
    /// List the rules instead
    #[arg(long)]
    pub rules: bool,
    /// Exit with 2 only for findings at least this severe
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
}

/// How bad a finding must be to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// RAM refuses the document, or what it is for cannot work, or anyone gets in
    Error,
    /// Surely not what was meant, or wider than it looks
    Warning,
    /// Works as written; could be said better
    Note,
}

impl FailOn {
    fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

pub(super) fn run(
    args: &LintArgs,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    if args.rules {
        let mut text = String::new();
        text::lint_rules(rules(), &mut text);
        console.print(&text)?;
        return Ok(ExitStatus::Success);
    }
    let options = Options {
        account: global.account.as_deref(),
        now: Some(Timestamp::now()),
        ..Options::default()
    };
    let arguments: Vec<&Path> = args.documents.iter().map(PathBuf::as_path).collect();
    one_standard_input(&arguments)?;
    let mut found: Vec<(String, Vec<Finding>)> = Vec::new();
    for file in &args.documents {
        let text = text_of(file, here)?;
        found.push((shown_name(file), lint(&text, &options)));
    }
    let mut text = String::new();
    text::lint(&found, &mut text);
    console.result(&Rendered {
        text,
        json: json::lint(&found),
    })?;
    // The worst severity is the least.
    let counts = |finding: &Finding| finding.rule.severity <= args.fail_on.severity();
    let fails = found.iter().flat_map(|(_, findings)| findings).any(counts);
    Ok(if fails {
        ExitStatus::Differs
    } else {
        ExitStatus::Success
    })
}
