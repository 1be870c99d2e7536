//! Saved plans on disk: written by `plan --out` and `apply --undo-out`, carried out by `apply --plan`.

use std::io::{Read, Write};
use std::path::Path;

use super::plan::PlannedAccount;
use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::Global;
use crate::cli::session::clients::Session;
use crate::cli::session::console::Console;
use crate::model::Scope;
use crate::observe::observe;
use crate::plan::file::{MAX_LENGTH, Moved, SavedPlan, moved};

/// Writes a saved plan and shows its digest. Only the owner may read the file, and it is whole or not there.
///
/// # Errors
/// When it cannot be written (1).
pub(crate) fn write(
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
pub(crate) async fn load(
    file: &Path,
    expected: Option<&str>,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<(Session, PlannedAccount), Failure> {
    let saved = parse(file, expected, here)?;
    let session = Session::open(global, here, console).await?;
    let connection = session.own(Some(saved.account()))?;
    let caller = connection.pinned_caller().await?;
    let scope = Scope::of(&saved.desired);
    let observed = observe(&connection.account, &scope, caller).await?;
    let moved = moved(&saved.observed, &observed);
    if !moved.is_empty() {
        return Err(stale(&moved));
    }
    let account = PlannedAccount::new(connection, saved.desired, observed, saved.origin)?;
    Ok((session, account))
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
