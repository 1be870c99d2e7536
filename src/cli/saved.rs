//! Saved plans on disk: written by `plan --out` and `apply --undo-out`, carried out by `apply --plan`.

use std::io::{Read, Write};
use std::path::Path;

use super::args::Global;
use super::connect::Hub;
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::{Member, Seen};
use super::observe::{Subject, unread};
use crate::model::Scope;
use crate::observe::observe;
use crate::plan::file::{MAX_LENGTH, Moved, SavedPlan, moved};

/// Writes a saved plan and tells its digest. Only the owner may read the file, and it is whole or not there.
///
/// # Errors
/// When it cannot be written (1).
pub(super) fn write(
    saved: &SavedPlan,
    file: &Path,
    here: &Environment,
    console: &mut Console,
) -> Result<(), Failure> {
    let shown = file.display();
    let (text, digest) = saved
        .to_text()
        .map_err(|error| Failure::new(ExitStatus::Failed, error.to_string()))?;
    let path = here.folder.join(file);
    let folder = path.parent().unwrap_or(&here.folder);
    // A temporary file is made readable by its owner alone.
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut temporary| {
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(&path).map_err(|error| error.error)
    });
    written.map_err(|error| {
        Failure::new(
            ExitStatus::Failed,
            format!("`{shown}` could not be written: {error}"),
        )
    })?;
    console.note(&format!("saved to {shown}, digest {digest}"));
    Ok(())
}

/// Loads a saved plan and reads its account again.
///
/// # Errors
/// When the file cannot be read (1), is no plan that may be carried out, its digest is not the expected one, the
/// account is another one or has moved (3), or something could not be read (5).
pub(super) async fn load(
    file: &Path,
    expected: Option<&str>,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<Seen, Failure> {
    let saved = parse(file, expected, here)?;
    let hub = Hub::open(global, here, console).await?;
    let connection = hub.own(Some(saved.account()))?;
    console.keep(hub);
    let caller = connection.pinned_caller().await?;
    let scope = Scope::of(&saved.desired);
    let observed = observe(&connection.account, &scope, caller)
        .await
        .map_err(|error| unread(&error))?;
    let moved = moved(&saved.observed, &observed);
    if !moved.is_empty() {
        return Err(stale(&moved));
    }
    let subject = Subject::new(connection, saved.desired, observed, saved.origin)?;
    Ok(Seen {
        member: Member {
            index: 0,
            entry: None,
        },
        subject: Ok(subject),
    })
}

fn parse(file: &Path, expected: Option<&str>, here: &Environment) -> Result<SavedPlan, Failure> {
    let shown = file.display();
    let fail = |status, what: String| Failure::new(status, format!("saved plan `{shown}`: {what}"));
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(here.folder.join(file));
    opened
        .and_then(|file| file.take(MAX_LENGTH + 1).read_to_end(&mut bytes))
        .map_err(|error| fail(ExitStatus::Failed, error.to_string()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| fail(ExitStatus::Refused, "is not text".to_owned()))?;
    let (saved, digest) = SavedPlan::parse(&text).map_err(|error| {
        fail(ExitStatus::Refused, error.to_string())
            .hint("make the plan again with `export-iam plan --out FILE`")
    })?;
    match expected.is_none_or(|expected| expected == digest) {
        true => Ok(saved),
        false => Err(fail(
            ExitStatus::Refused,
            format!("its digest is {digest}, not the expected one"),
        )
        .hint("carry out the plan that was reviewed, or review this one")),
    }
}

/// Shows what the account was when the plan was made, and what it is.
fn stale(moved: &[Moved]) -> Failure {
    let problems = moved.iter().map(|Moved { address, what, planned_from, is_now }| {
        let message = format!("stale plan: {what} of `{address}` has changed: planned from {planned_from}, is now {is_now}");
        (message, None)
    });
    let hint =
        "nothing was changed; make the plan again with `export-iam plan --out FILE`".to_owned();
    Failure::all(
        ExitStatus::Refused,
        problems.chain([(
            "the account has moved since the plan was made".to_owned(),
            Some(hint),
        )]),
    )
}
