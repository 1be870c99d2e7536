//! `policy show`: a built-in document, and what it gives.

use clap::Args;

use super::documents;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::policy::{PolicyDocument, Question, compare};
use crate::report::{json, text};

/// `policy show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The policy's name, such as AliyunECSImageExportRolePolicy
    pub name: String,
}

pub(super) fn run(args: &ShowArgs, console: &mut Console) -> Result<ExitStatus, Failure> {
    let name = args.name.strip_prefix("system:").unwrap_or(&args.name);
    let found = documents::system(name)?;
    let document = PolicyDocument::parse(found.document).map_err(|error| Failure::bug(&error))?;
    let access = compare(&[], &[&document], Question::Effective);
    let mut text = String::new();
    text::document(
        found.name,
        found.description,
        &document.pretty(),
        &access,
        &mut text,
    );
    console.result(&Rendered {
        text,
        json: json::document(found.name, found.description, &document.pretty(), &access),
    })?;
    Ok(ExitStatus::Success)
}
