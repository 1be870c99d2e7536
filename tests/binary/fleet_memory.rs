//! What stays of an account once it is done: its line of the summary. And in which order parts leave that came in another.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::time::{Duration, Instant};

use crate::support::program::finish;
use crate::support::{Program, Server};
use export_iam::sandbox::{FaultPlan, Fleet, Options, World};

const SPEC: &str = "version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: detach
exports: [ { region: cn-hangzhou, bucket: exports-hz } ]
discover: { resource_directory: true }
";

fn world(members: u64, faults: &[&str]) -> (Server, Program) {
    let fleet = Fleet {
        members,
        ..Fleet::default()
    };
    let rules = faults.iter().map(|rule| rule.parse().unwrap());
    let server = Server::start(Options {
        seed: Some(World::fleet(fleet).unwrap()),
        faults: FaultPlan::new(rules.collect()),
        ..Options::default()
    });
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", SPEC);
    (server, program)
}

/// The most memory that a run over so many accounts holds. Unit: KB.
#[cfg(target_os = "linux")]
fn peak(members: u64, arguments: &[&str]) -> u64 {
    let (_server, program) = world(members, &[]);
    let mut child = program
        .command(arguments)
        .args(["--parallel", "10", "--report", "json=report.json", "-q"])
        .stdout(std::fs::File::create(program.path().join("out")).unwrap())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(resident(&child));
        std::thread::sleep(Duration::from_millis(2));
    }
    let report: serde_json::Value = serde_json::from_str(&program.read("report.json")).unwrap();
    let accounts = report["accounts"].as_array().unwrap().len();
    assert_eq!(accounts, usize::try_from(members).unwrap());
    peak
}

/// The high-water mark, which the system keeps. Unit: KB.
#[cfg(target_os = "linux")]
fn resident(child: &Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_accounts() {
    for arguments in [["drift", "--deterministic"], ["apply", "--yes"]] {
        let (few, many) = (peak(40, &arguments), peak(240, &arguments));
        let grown = many.saturating_sub(few);
        // Spools keep up to 1 MiB each before they go to disk. Held as a whole, an account takes 30 KB and more.
        assert!(
            grown < 4_000,
            "{arguments:?}: {few} KB for 40 accounts, {many} KB for 240"
        );
    }
}

#[test]
fn where_no_temporary_file_can_be_made_everything_stays_in_memory() {
    let (_server, program) = world(60, &[]);
    let program = program.with("TMPDIR", "/nonexistent");
    let drift = program.run(&["drift", "--format", "json"]).ends(2);
    assert_eq!(drift.json()["accounts"].as_array().unwrap().len(), 60);
    program
        .run(&["apply", "--yes"])
        .ends(0)
        .says("60 accounts: 60 done");
}

#[test]
fn parts_leave_in_the_order_of_the_spec_whoever_ends_first() {
    let delays = ["GetRole#1=delay:300", "GetRole#4=delay:100"];
    for arguments in [
        &["plan"][..],
        &["plan", "--format", "json"],
        &["drift"],
        &["drift", "--format", "json"],
        &["drift", "--report", "json=-"],
        &["drift", "--report", "markdown=-"],
        &["verify"],
        &["verify", "--format", "json"],
        &["apply", "--yes"],
        &["apply", "--yes", "--format", "json"],
        &["destroy", "--yes", "--format", "json"],
    ] {
        let run = |parallel: &str, faults: &[&str]| {
            let (_server, program) = world(12, faults);
            let arguments = [arguments, &["--parallel", parallel, "--deterministic"]].concat();
            let run = program.run(&arguments);
            (run.status, run.out)
        };
        let one_by_one = run("1", &[]);
        assert!(one_by_one.1.len() > 100, "{arguments:?}: {one_by_one:?}");
        assert_eq!(run("50", &delays), one_by_one, "{arguments:?}");
    }
}

/// Reads one line of standard output while the run goes on.
fn first_line(child: &mut Child) -> (String, BufReader<impl Read + use<>>) {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    (line, out)
}

#[test]
fn what_is_known_is_shown_while_others_are_read_and_a_reader_who_takes_his_time_holds_up_nothing() {
    let (server, program) = world(150, &[]);
    let started = Instant::now();
    let mut child = program
        .command(&["drift", "--format", "json", "--parallel", "4"])
        .spawn()
        .unwrap();
    let (line, mut out) = first_line(&mut child);
    assert_eq!(line, "{\n");
    let sessions = server.calls().count("AssumeRole");
    assert!(
        sessions < 150,
        "{sessions} of 150 accounts when the first was shown"
    );
    // More than a pipe holds waits for us; calls go on all the same.
    let limit = Instant::now() + Duration::from_secs(40);
    while server.calls().count("AssumeRole") < 150 {
        assert!(Instant::now() < limit, "calls wait for the reader");
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let report: serde_json::Value = serde_json::from_str(&(line + &rest)).unwrap();
    assert_eq!(report["accounts"].as_array().unwrap().len(), 150);
    assert_eq!(finish(child, started).status, 2);
}
