//! `validate`: is the spec right, without any network. Also how every command loads its spec.

use std::io::Read;
use std::path::PathBuf;

use super::args::SpecArg;
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use crate::model::{AccountId, DesiredState, Export};
use crate::spec::{Diagnostic, MAX_FILE, Spec, SpecErrors, SpecSource, load as load_spec};

/// The spec of a folder, used where the command line names none.
const DEFAULT_FILE: &str = "export-iam.yaml";

/// The spec used where the command line names none and the folder has none.
const DEFAULT_PRESET: &str = "image-export";

pub(super) fn run(
    args: &SpecArg,
    environment: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let spec = load(args, environment, console)?;
    // Where only accounts have exports of their own, the first stands for all.
    let own = spec
        .accounts()
        .iter()
        .find_map(|entry| entry.exports.as_deref());
    let exports = own.filter(|_| spec.exports().is_empty());
    let desired = anywhere(&spec, exports)?;
    let accounts = match (spec.accounts().len(), spec.discover()) {
        (0, None) => "the caller's own account".to_owned(),
        (1, None) => "1 account".to_owned(),
        (n, None) => format!("{n} accounts"),
        (n, Some(_)) => format!("{n} accounts and those discovered"),
    };
    let count =
        |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let roles = count(desired.roles.len(), "role", "roles");
    let policies = count(desired.policies.len(), "custom policy", "custom policies");
    let exports = count(desired.exports.len(), "export", "exports");
    let name = shown(args, environment);
    console.print(&format!(
        "{name} is valid: {roles}, {policies}, {exports}, for {accounts}\n"
    ))?;
    Ok(ExitStatus::Success)
}

/// What the spec asks for whatever the account. The names in it are the true ones; only the ARNs in generated
/// documents hold the account.
///
/// # Errors
/// When the spec cannot be right for any account.
pub(super) fn anywhere(spec: &Spec, exports: Option<&[Export]>) -> Result<DesiredState, Failure> {
    let account = AccountId::new("0000000000000000").map_err(|error| Failure::bug(&error))?;
    spec.desired(&account, exports)
        .map_err(|errors| wrong(&errors))
}

fn shown(args: &SpecArg, environment: &Environment) -> String {
    match args.spec.as_deref() {
        Some("-") => "standard input".to_owned(),
        Some(text) => text.to_owned(),
        None if has_default_file(environment) => DEFAULT_FILE.to_owned(),
        None => format!("preset:{DEFAULT_PRESET}"),
    }
}

fn has_default_file(environment: &Environment) -> bool {
    environment.folder.join(DEFAULT_FILE).exists()
}

/// Loads the spec that the command line asks for, and shows its warnings.
///
/// # Errors
/// With every mistake of the spec.
pub(super) fn load(
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
    let spec = load_spec(&source, &environment.folder).map_err(|errors| wrong(&errors))?;
    for warning in spec.warnings() {
        console.warn(&warning.to_string());
        if let Some(hint) = &warning.hint {
            console.note(&format!("hint: {hint}"));
        }
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

/// Every mistake of a spec, each with its place and hint.
pub(super) fn wrong(errors: &SpecErrors) -> Failure {
    let problem = |error: &Diagnostic| (error.to_string(), error.hint.clone());
    Failure::all(ExitStatus::Failed, errors.errors().iter().map(problem))
}
