//! `sandbox`: the built-in look-alike for other clients.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::{EnvArgs, Global, SandboxCommand, ServeArgs};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use crate::sandbox::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, FaultPlan, Options, StartError, environment, reset, start,
};

/// Where the state is kept unless `--sandbox=FILE` says otherwise.
pub(super) const STATE_FILE: &str = ".export-iam/sandbox.json";

pub(super) async fn run(
    command: &SandboxCommand,
    global: &Global,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let file = global
        .sandbox
        .clone()
        .unwrap_or_else(|| PathBuf::from(STATE_FILE));
    let path = here.folder.join(&file);
    match command {
        SandboxCommand::Serve(args) => serve(args, &path, here, console).await,
        SandboxCommand::Env(args) => show_environment(args, console),
        SandboxCommand::Reset => {
            reset(&path).map_err(|error| not_started(error, here))?;
            console.print(&format!("{} holds an empty account now\n", file.display()))?;
            Ok(ExitStatus::Success)
        }
    }
}

async fn serve(
    args: &ServeArgs,
    file: &Path,
    here: &Environment,
    console: &mut Console,
) -> Result<ExitStatus, Failure> {
    let options = Options {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)),
        state_file: Some(file.to_owned()),
        latency: latency(&args.latency)?,
        faults: faults(args, here)?,
        ..Options::default()
    };
    let running = start(options)
        .await
        .map_err(|error| not_started(error, here))?;
    console.note(&format!(
        "serving account {} on {}, until interrupted",
        running.account_id(),
        running.base_url()
    ));
    console.print(&exports(&running.environment()))?;
    console.signals().first().await;
    Ok(ExitStatus::Success)
}

/// Why there is no sandbox, with paths as the user gave them.
pub(super) fn not_started(error: StartError, here: &Environment) -> Failure {
    Failure::new(
        ExitStatus::Failed,
        error.seen_from(&here.folder).to_string(),
    )
}

fn show_environment(args: &EnvArgs, console: &mut Console) -> Result<ExitStatus, Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    console.print(&exports(&environment(
        address,
        ACCESS_KEY_ID,
        ACCESS_KEY_SECRET,
    )))?;
    Ok(ExitStatus::Success)
}

/// Lines for a shell.
fn exports(variables: &[(&'static str, String)]) -> String {
    variables
        .iter()
        .map(|(name, value)| format!("export {name}={value}\n"))
        .collect()
}

/// Reads `50ms` or `2s`.
fn latency(text: &str) -> Result<Duration, Failure> {
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let duration = digits.parse::<u64>().ok().and_then(|number| match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    });
    let wrong = || {
        Failure::new(ExitStatus::Usage, format!("`--latency {text}` is no time"))
            .hint("write it as `50ms` or `2s`")
    };
    duration
        .filter(|time| *time <= Duration::from_secs(60))
        .ok_or_else(wrong)
}

fn faults(args: &ServeArgs, here: &Environment) -> Result<FaultPlan, Failure> {
    let Some(file) = &args.faults else {
        return Ok(FaultPlan::default());
    };
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::new(
            ExitStatus::Failed,
            format!("fault plan `{}`: {error}", file.display()),
        )
    };
    let text = std::fs::read_to_string(here.folder.join(file)).map_err(|error| wrong(&error))?;
    FaultPlan::from_json(&text).map_err(|error| wrong(&error))
}
