//! `policy show`: a document, and what it gives.

use std::path::Path;

use clap::Args;

use super::documents::{self, Document};
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::console::{Console, Rendered};
use crate::policy::{Comparison, PolicyDocument, Question, TrustPolicy, compare, compare_trust};
use crate::report::text::Origin;
use crate::report::{json, text};

/// `policy show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The policy's name, such as AliyunECSImageExportRolePolicy, or a document: a file, or `-` for standard input
    pub name: String,
}

pub(super) fn run(
    args: &ShowArgs,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let shown = match of_document(args, here)? {
        Some(shown) => shown,
        None => built_in(&args.name)?,
    };
    let Shown {
        name,
        description,
        origin,
        pretty,
        access,
    } = shown;
    let mut text = String::new();
    text::document(&name, &description, origin, &pretty, &access, &mut text);
    console.result(&Rendered {
        text,
        json: json::document(&name, &description, &pretty, &access),
    })?;
    Ok(ExitStatus::Success)
}

struct Shown {
    name: String,
    description: String,
    origin: Origin,
    pretty: String,
    access: Comparison,
}

fn built_in(name: &str) -> Result<Shown, Failure> {
    let name = name.strip_prefix("system:").unwrap_or(name);
    let found = documents::system(name)?;
    let document = PolicyDocument::parse(found.document).map_err(|error| Failure::bug(&error))?;
    Ok(Shown {
        name: found.name.to_owned(),
        description: found.description.to_owned(),
        origin: Origin::BuiltIn,
        pretty: document.pretty(),
        access: compare(&[], &[&document], Question::Effective),
    })
}

/// The document that the name is the file of, if it is one.
fn of_document(args: &ShowArgs, here: &Environment) -> Result<Option<Shown>, Failure> {
    let file = Path::new(&args.name);
    if args.name != "-" && !here.folder.join(file).is_file() {
        return Ok(None);
    }
    let document = documents::document_of(file, here)?;
    let granted = |document: &PolicyDocument| compare(&[], &[document], Question::Effective);
    let (pretty, access) = match &document {
        Document::Permission(document) => (document.pretty(), granted(document)),
        Document::Bucket(policy) => (policy.pretty(), granted(&policy.by_principal())),
        Document::Trust(policy) => {
            let nobody = TrustPolicy::new(Vec::new());
            (policy.pretty(), compare_trust(&nobody, policy))
        }
    };
    Ok(Some(Shown {
        name: documents::shown_name(file),
        description: document.kind().to_owned(),
        origin: Origin::Given,
        pretty,
        access,
    }))
}
