//! `sandbox`: the built-in look-alike for other clients.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::cli::environment::Environment;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::options::Global;
use crate::cli::session::clients::sandbox_failure;
use crate::cli::session::console::Console;
use crate::sandbox::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, FaultPlan, Options, World, environment, ready_states, reset,
    seed, start,
};

/// `sandbox …`.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve the sandbox on a loopback port until interrupted
    Serve(ServeArgs),
    /// Print the variables that point other clients at a sandbox served on a port
    Env(EnvArgs),
    /// Forget everything and start again with an empty account
    Reset,
    /// Forget everything and start again with a state from a file, or a built-in one
    #[command(after_help = SEED_HELP)]
    Seed(SeedArgs),
}

/// `sandbox serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port to listen on; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Answer each call this much later, such as 50ms
    #[arg(long, value_name = "TIME", default_value = "0ms")]
    pub latency: String,
    /// Let calls go wrong as this JSON file says
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
}

/// `sandbox seed`.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// A file of the form of the state file, in which nearly everything may be left out; or `preset:NAME`
    #[arg(value_name = "STATE")]
    pub state: String,
}

const SEED_HELP: &str = "\
Built-in states:
  preset:healthy              exports from image m-bp1app to bucket exports-hz work
  preset:role-missing         there is no export role
  preset:trust-wrong          the role trusts another service
  preset:policy-too-narrow    the policy lacks an action
  preset:bucket-denies        the bucket policy denies what does not come from one VPC
  preset:image-encrypted      a disk of the image is encrypted
  preset:import-role-missing  there is no import role for images/app.raw in bucket imports-hz
  preset:fleet                a resource directory of twenty members in mixed drift";

/// `sandbox env`.
#[derive(Debug, Args)]
pub struct EnvArgs {
    /// The port the sandbox is served on
    #[arg(long, value_name = "PORT")]
    pub port: u16,
}

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
            reset(&path).map_err(|error| sandbox_failure(error, here))?;
            console.print(&format!("{} holds an empty account now\n", file.display()))?;
            Ok(ExitStatus::Success)
        }
        SandboxCommand::Seed(args) => {
            let world = world(&args.state, here)?;
            seed(&path, &world).map_err(|error| sandbox_failure(error, here))?;
            console.print(&format!("{} holds `{}` now\n", file.display(), args.state))?;
            Ok(ExitStatus::Success)
        }
    }
}

/// The state in a file, or the built-in one of `preset:NAME`.
fn world(state: &str, here: &Environment) -> Result<World, Failure> {
    let wrong = |problem: &dyn std::fmt::Display| {
        Failure::new(ExitStatus::Failed, format!("`{state}`: {problem}"))
    };
    if let Some(name) = state.strip_prefix("preset:") {
        let found = World::ready(name).map_err(|error| wrong(&error))?;
        let names: Vec<_> = ready_states().map(|name| format!("`{name}`")).collect();
        return found.ok_or_else(|| {
            wrong(&"there is no such built-in state")
                .hint(format!("the built-in states are {}", names.join(", ")))
        });
    }
    let text = std::fs::read_to_string(here.folder.join(state)).map_err(|error| {
        let failure = wrong(&error);
        match ready_states().any(|name| name == state) {
            true => failure.hint(format!("the built-in state is `preset:{state}`")),
            false => failure.hint("give a file, or a built-in state as `preset:healthy`"),
        }
    })?;
    World::from_json(&text).map_err(|error| wrong(&error))
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
        .map_err(|error| sandbox_failure(error, here))?;
    console.note(&format!(
        "serving account {} on {}, until interrupted",
        running.account_id(),
        running.base_url()
    ));
    console.print(&exports(&running.environment()))?;
    console.signals().first().await;
    Ok(ExitStatus::Success)
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
