//! Policy documents of the command line: read from files, with the reason when one is unreadable.

use std::io::Read;
use std::path::Path;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::policy::text::decode;
use crate::policy::{DocumentKind, PolicyDocument, PolicyError, TrustPolicy};

/// Longest document that is read. Unit: bytes. RAM takes 6,144 characters.
const MAX_LENGTH: u64 = 1 << 20;

/// A document of either kind.
pub(super) enum Document {
    Permission(PolicyDocument),
    Trust(TrustPolicy),
}

/// Reads a file's text; a byte order mark is kept, for readers to note.
pub(super) fn text_of(file: &Path, here: &Environment) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(here.folder.join(file));
    let read = opened.and_then(|opened| opened.take(MAX_LENGTH + 1).read_to_end(&mut bytes));
    let fail =
        |what: &str| Failure::new(ExitStatus::Failed, format!("`{}`: {what}", file.display()));
    match read {
        Ok(length) if length as u64 > MAX_LENGTH => Err(fail("is longer than 1 MiB")),
        Ok(_) => decode(bytes).map_err(|error| fail(error.message).hint(error.hint)),
        Err(error) => Err(fail(&error.to_string())),
    }
}

/// Reads a document as the service would be read: tolerantly, but wholly understood.
pub(super) fn document_of(file: &Path, here: &Environment) -> Result<Document, Failure> {
    let text = text_of(file, here)?;
    let document = match DocumentKind::of(&text) {
        DocumentKind::Permission => PolicyDocument::parse_live(&text).map(Document::Permission),
        DocumentKind::Trust => TrustPolicy::parse_live(&text).map(Document::Trust),
    };
    document.map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &PolicyError) -> Failure {
    let failure = Failure::new(ExitStatus::Failed, format!("`{}`: {error}", file.display()));
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
