//! Policy documents of the command line: files, standard input, and documented policies by name.

use std::io::{self, Read};
use std::path::Path;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::policy::documented::{self, Documented, SYSTEM};
use crate::policy::text::decode;
use crate::policy::{BucketPolicy, DocumentKind, PolicyDocument, PolicyError, TrustPolicy};

/// Longest document that is read. Unit: bytes. RAM takes 6,144 characters.
const MAX_LENGTH: u64 = 1 << 20;

/// A document of any kind.
pub(super) enum Document {
    Permission(PolicyDocument),
    Trust(TrustPolicy),
    Bucket(BucketPolicy),
}

impl Document {
    /// The words for its kind.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Permission(_) => "a permission policy",
            Self::Trust(_) => "a trust policy",
            Self::Bucket(_) => "a bucket policy",
        }
    }
}

/// Refuses two documents from standard input, of which the second would be empty.
pub(super) fn one_standard_input(arguments: &[&Path]) -> Result<(), Failure> {
    let is_input = |argument: &&&Path| **argument == Path::new("-");
    match arguments.iter().filter(is_input).count() {
        0 | 1 => Ok(()),
        _ => Err(Failure::new(
            ExitStatus::Usage,
            "`-` stands for standard input, which holds one document",
        )
        .hint("give the other document as a file")),
    }
}

/// What the document is called in reports.
pub(super) fn shown_name(argument: &Path) -> String {
    match argument == Path::new("-") {
        true => "standard input".to_owned(),
        false => argument.display().to_string(),
    }
}

/// The system policy of this name.
pub(super) fn system(name: &str) -> Result<&'static Documented, Failure> {
    documented::system(name).ok_or_else(|| {
        let names: Vec<&str> = SYSTEM.iter().map(|documented| documented.name).collect();
        let message = format!("`{name}` is not built in");
        Failure::new(ExitStatus::Failed, message).hint(format!("these are: {}", names.join(", ")))
    })
}

/// Reads the text that `argument` names; a byte order mark is kept, for readers to note.
pub(super) fn text_of(argument: &Path, here: &Environment) -> Result<String, Failure> {
    let name = argument
        .to_str()
        .and_then(|text| text.strip_prefix("system:"));
    if let Some(name) = name {
        return Ok(system(name)?.document.to_owned());
    }
    let mut bytes = Vec::new();
    let read = if argument == Path::new("-") {
        io::stdin()
            .lock()
            .take(MAX_LENGTH + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(here.folder.join(argument))
            .and_then(|opened| opened.take(MAX_LENGTH + 1).read_to_end(&mut bytes))
    };
    let fail = |what: &str| {
        Failure::new(
            ExitStatus::Failed,
            format!("`{}`: {what}", shown_name(argument)),
        )
    };
    match read {
        Ok(length) if length as u64 > MAX_LENGTH => Err(fail("is longer than 1 MiB")),
        Ok(_) => decode(bytes).map_err(|error| fail(error.message).hint(error.hint)),
        Err(error) => Err(fail(&error.to_string())),
    }
}

/// Reads a document as the service would be read: tolerantly, but wholly understood.
pub(super) fn document_of(argument: &Path, here: &Environment) -> Result<Document, Failure> {
    let text = text_of(argument, here)?;
    let document = match DocumentKind::of(&text) {
        DocumentKind::Permission => PolicyDocument::parse_live(&text).map(Document::Permission),
        DocumentKind::Trust => TrustPolicy::parse_live(&text).map(Document::Trust),
        DocumentKind::Bucket => BucketPolicy::parse_live(&text).map(Document::Bucket),
    };
    document.map_err(|error| unreadable(argument, &error))
}

fn unreadable(argument: &Path, error: &PolicyError) -> Failure {
    let message = format!("`{}`: {error}", shown_name(argument));
    let failure = Failure::new(ExitStatus::Failed, message);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
