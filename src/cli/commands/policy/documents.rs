//! Policy documents of the command line: read from files, with the reason when one is unreadable.

use std::io::Read;
use std::path::Path;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::policy::{PolicyDocument, PolicyError, TrustPolicy};

/// Longest document that is read. Unit: bytes. RAM takes 6,144 characters.
const MAX_LENGTH: u64 = 1 << 20;

/// A document of either kind.
pub(super) enum Document {
    Permission(PolicyDocument),
    Trust(TrustPolicy),
}

/// Reads a file's text.
pub(super) fn text_of(file: &Path, here: &Environment) -> Result<String, Failure> {
    let mut text = String::new();
    let opened = std::fs::File::open(here.folder.join(file));
    let read = opened.and_then(|opened| opened.take(MAX_LENGTH + 1).read_to_string(&mut text));
    let fail =
        |what: String| Failure::new(ExitStatus::Failed, format!("`{}`: {what}", file.display()));
    match read {
        Ok(length) if length as u64 > MAX_LENGTH => Err(fail("is longer than 1 MiB".to_owned())),
        Ok(_) => Ok(text),
        Err(error) => Err(fail(error.to_string())),
    }
}

/// Reads a document as the service would be read: tolerantly, but wholly understood.
pub(super) fn document_of(file: &Path, here: &Environment) -> Result<Document, Failure> {
    let text = text_of(file, here)?;
    match PolicyDocument::parse_live(&text) {
        Ok(document) => Ok(Document::Permission(document)),
        Err(permission) => match TrustPolicy::parse_live(&text) {
            Ok(trust) => Ok(Document::Trust(trust)),
            // Which of the two was meant shows in who may be named.
            Err(trust) if text.contains("\"Principal\"") => Err(unreadable(file, &trust)),
            Err(_) => Err(unreadable(file, &permission)),
        },
    }
}

fn unreadable(file: &Path, error: &PolicyError) -> Failure {
    let failure = Failure::new(ExitStatus::Failed, format!("`{}`: {error}", file.display()));
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
