//! How long the program takes beside the shortest time there is, how big it is, and how much memory it needs.
//!
//! `cargo bench --bench wall`. The calls go to `sandbox serve --latency 50ms` in another process. Nobody can be
//! faster than the floor: setting up a connection, and the latency once for each wave of calls that must wait for
//! the one before. Starting the process and everything it computes is on top of that.
//!
//! Figures are medians; nothing fails when an aim is missed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_export-iam");
const LATENCY: Duration = Duration::from_millis(50);
const RUNS: usize = 15;

/// Wall time of a plan over its floor.
const AIM_PLAN: f64 = 1.25;
/// Wall time of a `verify` over its floor.
const AIM_VERIFY: f64 = 1.25;
const AIM_SIZE_MB: f64 = 8.0;
const AIM_VERSION_MS: f64 = 3.0;
const AIM_MEMORY_MB: f64 = 15.0;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path(), None);
    let connect = median(|| {
        let begun = Instant::now();
        TcpStream::connect(&sandbox.address).unwrap();
        begun.elapsed()
    });
    println!("latency {LATENCY:?}, connection set-up {connect:?}, medians of {RUNS} runs\n");
    println!(
        "{:<34}{:>10}{:>10}{:>9}{:>9}",
        "", "wall", "floor", "ratio", "aim"
    );
    let over_floor = |name: &str, waves: u32, wall: Duration, aim: Option<f64>| {
        let floor = connect + LATENCY * waves;
        let ratio = wall.as_secs_f64() / floor.as_secs_f64();
        let aim = aim.map_or(String::new(), |aim| format!("{aim:.2}"));
        println!(
            "{name:<34}{:>8.1}ms{:>8.1}ms{ratio:>9.2}{aim:>9}",
            ms(wall),
            ms(floor)
        );
    };
    let plan = median(|| sandbox.run(&["plan"]));
    over_floor("plan, empty account", 1, plan, Some(AIM_PLAN));
    let apply = median(|| {
        let took = sandbox.run(&["apply", "--yes"]);
        sandbox.run(&["destroy", "--yes"]);
        took
    });
    over_floor("apply, from nothing", 4, apply, None);
    sandbox.run(&["apply", "--yes"]);
    let plan = median(|| sandbox.run(&["plan"]));
    over_floor("plan, in sync", 1, plan, Some(AIM_PLAN));
    let apply = median(|| sandbox.run(&["apply", "--yes"]));
    over_floor("apply, in sync", 1, apply, None);
    let drift = median(|| sandbox.run(&["drift"]));
    over_floor("drift, in sync", 1, drift, None);
    let healthy = Sandbox::start(folder.path(), Some("preset:healthy"));
    let export = ["--region", "cn-hangzhou", "--bucket", "exports-hz"];
    let verify = [&["verify", "--image", "m-bp1app"][..], &export].concat();
    let verify = median(|| healthy.run(&verify));
    // Who asks has to be known before the account can be read.
    over_floor(
        "verify, one export, every layer",
        2,
        verify,
        Some(AIM_VERIFY),
    );

    println!("\n{:<34}{:>12}{:>12}", "", "measured", "aim");
    let against = |name: &str, unit: &str, measured: f64, aim: f64| {
        println!("{name:<34}{measured:>9.2} {unit}{aim:>9.2} {unit}");
    };
    let size = std::fs::metadata(BINARY).unwrap().len();
    #[expect(clippy::cast_precision_loss, reason = "a file's size fits")]
    against("binary", "MB", size as f64 / 1e6, AIM_SIZE_MB);
    let version = median(|| {
        let begun = Instant::now();
        assert!(sandbox.command(&["--version"]).status().unwrap().success());
        begun.elapsed()
    });
    against("--version", "ms", ms(version), AIM_VERSION_MS);
    match sandbox.peak_memory(&["plan"]) {
        Some(peak) => against("peak memory of a plan", "MB", peak, AIM_MEMORY_MB),
        None => println!("peak memory of a plan: not measured, there is no /proc here"),
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut run: impl FnMut() -> Duration) -> Duration {
    // The first warms caches.
    run();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort_unstable();
    times[RUNS / 2]
}

/// A served sandbox, and the variables to use it with.
struct Sandbox<'a> {
    folder: &'a Path,
    child: Child,
    variables: Vec<(String, String)>,
    address: String,
}

impl<'a> Sandbox<'a> {
    /// A sandbox in this state, else an empty one.
    fn start(folder: &'a Path, state: Option<&str>) -> Self {
        let latency = format!("{}ms", LATENCY.as_millis());
        let mut command = Command::new(BINARY);
        command
            .args(["sandbox", "serve", "--latency", &latency])
            .env_clear();
        if let Some(state) = state {
            let file = "--sandbox=seeded.json";
            let mut seed = Command::new(BINARY);
            seed.args(["sandbox", "seed", state, file])
                .env_clear()
                .stdout(Stdio::null());
            assert!(seed.current_dir(folder).status().unwrap().success());
            command.arg(file);
        }
        command
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut variables = Vec::new();
        let mut address = String::new();
        for line in BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap)
        {
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap()
                .split_once('=')
                .unwrap();
            variables.push((name.to_owned(), value.to_owned()));
            if name == "EXPORT_IAM_ENDPOINT_STS" {
                value.trim_start_matches("http://").clone_into(&mut address);
                break;
            }
        }
        Self {
            folder,
            child,
            variables,
            address,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        command
            .args(arguments)
            .env_clear()
            .envs(variables)
            .env("HOME", self.folder);
        command
            .env("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
            .current_dir(self.folder);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Duration {
        let begun = Instant::now();
        let status = self.command(arguments).status().unwrap();
        assert!(status.success(), "{arguments:?} ended with {status}");
        begun.elapsed()
    }

    /// The most memory that was resident, in MB, as last seen before the end.
    fn peak_memory(&self, arguments: &[&str]) -> Option<f64> {
        let mut child = self.command(arguments).spawn().unwrap();
        let file = format!("/proc/{}/status", child.id());
        let mut peak = None;
        while child.try_wait().unwrap().is_none() {
            let status = std::fs::read_to_string(&file).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
            peak = kib.map(|kib| kib * 1024.0 / 1e6).or(peak);
        }
        peak
    }
}

impl Drop for Sandbox<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
