//! Loads the spec that the command line names.

use std::io::Read;
use std::path::PathBuf;

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::SpecArg;
use crate::cli::session::console::Console;
use crate::model::{AccountId, DesiredState, Export};
use crate::shell::quote;
use crate::spec::{MAX_FILE, Spec, SpecSource, load as load_spec};

/// The spec of a folder, used where the command line names none.
const DEFAULT_FILE: &str = "export-iam.yaml";

/// The spec used where the command line names none and the folder has none.
const DEFAULT_PRESET: &str = "image-export";

/// The desired state before the account is known. Names are right for every account; ARNs in generated documents
/// hold a placeholder account.
///
/// # Errors
/// When the spec cannot be right for any account.
pub(crate) fn desired_for_any_account(
    spec: &Spec,
    exports: Option<&[Export]>,
) -> Result<DesiredState, Failure> {
    let account = AccountId::new("0000000000000000").map_err(|error| Failure::bug(&error))?;
    Ok(spec.desired(&account, exports)?)
}

/// The spec as the user named it.
pub(crate) fn shown_name(args: &SpecArg, environment: &Environment) -> String {
    match args.spec.as_deref() {
        Some("-") => "standard input".to_owned(),
        Some(text) => text.to_owned(),
        None if has_default_file(environment) => DEFAULT_FILE.to_owned(),
        None => format!("preset:{DEFAULT_PRESET}"),
    }
}

/// The command line that does `command` with the same spec.
pub(crate) fn command_line(command: &str, args: &SpecArg) -> String {
    let spec = args.spec.as_deref();
    let spec = spec.map(|spec| format!(" {}", quote(spec)));
    format!("export-iam {command}{}", spec.unwrap_or_default())
}

fn has_default_file(environment: &Environment) -> bool {
    environment.folder.join(DEFAULT_FILE).exists()
}

/// Loads the spec that the command line asks for, and shows its warnings.
///
/// # Errors
/// With every mistake of the spec.
pub(crate) fn load(
    args: &SpecArg,
    environment: &Environment,
    console: &mut Console,
) -> Result<Spec, Failure> {
    let source = source(args, environment)?;
    if args.spec.is_none() && matches!(source, SpecSource::Preset(_)) {
        console.note(&format!(
            "no {DEFAULT_FILE} here; using preset:{DEFAULT_PRESET}"
        ));
    }
    let spec = load_spec(&source, &environment.folder)?;
    for warning in spec.warnings() {
        console.warning(warning);
    }
    Ok(spec)
}

fn source(args: &SpecArg, environment: &Environment) -> Result<SpecSource, Failure> {
    match args.spec.as_deref() {
        Some("-") => read_stdin().map(SpecSource::Stdin),
        Some(text) => match text.strip_prefix("preset:") {
            Some(name) => Ok(SpecSource::Preset(name.to_owned())),
            None => Ok(SpecSource::Path(PathBuf::from(text))),
        },
        None if has_default_file(environment) => Ok(SpecSource::Path(PathBuf::from(DEFAULT_FILE))),
        None => Ok(SpecSource::Preset(DEFAULT_PRESET.to_owned())),
    }
}

fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    // One byte more than the limit lets the loader see that it was passed.
    let read = std::io::stdin()
        .lock()
        .take(MAX_FILE + 1)
        .read_to_end(&mut text);
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::new(
            ExitStatus::Failed,
            format!("standard input could not be read: {error}"),
        )),
    }
}
