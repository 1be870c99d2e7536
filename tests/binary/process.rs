//! The real binary against a real sandbox, two processes on loopback, when things go wrong.
//!
//! What is here is only what the simulation cannot show: signals, sockets, processes. All waits are short.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::program::finish;
use crate::support::{Program, Run};
use serde_json::{Value, json};

/// Six writes from nothing, in three waves.
const SPEC: &str = r#"
version: 1
policies:
  - name: reads
    description: What may be read.
    document: { Version: "1", Statement: [ { Effect: Allow, Action: "oss:GetObject", Resource: "*" } ] }
roles:
  - name: first
    trust: { service: ecs.aliyuncs.com }
    policies: [ { custom: reads }, { system: AliyunECSImageExportRolePolicy } ]
    extra_policies: detach
  - name: second
    description: The other one.
    trust: { service: oss.aliyuncs.com }
    policies: [ { custom: reads } ]
    extra_policies: detach
"#;
const WRITES: u64 = 6;

/// The same names with other contents.
const OTHER: &str = r#"
version: 1
policies:
  - name: reads
    description: What may be listed.
    document: { Version: "1", Statement: [ { Effect: Allow, Action: "oss:ListBuckets", Resource: "*" } ] }
roles:
  - name: first
    trust: { service: oss.aliyuncs.com }
    policies: [ { custom: reads } ]
    extra_policies: detach
"#;

/// A sandbox in a process of its own.
struct Served {
    child: Child,
    program: Program,
    address: String,
}

impl Served {
    fn new(faults: Value) -> Self {
        Self::slow(faults, "0ms")
    }

    fn slow(faults: Value, latency: &str) -> Self {
        let program = Program::new()
            .file("spec.yaml", SPEC)
            .file("other.yaml", OTHER);
        Self::start(program, &faults, latency)
    }

    /// The same account, served again without faults.
    fn restarted(mut self) -> Self {
        self.end();
        Self::start(
            std::mem::replace(&mut self.program, Program::new()),
            &json!([]),
            "0ms",
        )
    }

    fn start(program: Program, faults: &Value, latency: &str) -> Self {
        let program = program.file("faults.json", json!({ "faults": faults }).to_string());
        let arguments = [
            "sandbox",
            "serve",
            "--faults",
            "faults.json",
            "--latency",
            latency,
        ];
        let mut child = program
            .command(&arguments)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut served = Self {
            child,
            program,
            address: String::new(),
        };
        let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        for _ in export_iam::sandbox::environment(anywhere, "", "") {
            let line = lines.next().expect("it serves").unwrap();
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap()
                .split_once('=')
                .unwrap();
            if let Some(address) = value.strip_prefix("http://") {
                served.address = address.to_owned();
            }
            let program = std::mem::replace(&mut served.program, Program::new());
            served.program = program.with(name, value);
        }
        served
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What the sandbox was asked so far.
    fn calls(&self) -> Vec<Value> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "GET /_sandbox/calls HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let log: Value = serde_json::from_str(body).unwrap();
        log["calls"].as_array().unwrap().clone()
    }

    /// How many writes it did.
    fn writes(&self) -> u64 {
        let is_write = |call: &&Value| {
            let operation = call["operation"].as_str().unwrap();
            !crate::support::is_read(operation) && call["status"] == 200
        };
        self.calls().iter().filter(is_write).count() as u64
    }

    /// The account, as it is kept on disk.
    fn account(&self) -> Value {
        let state: Value =
            serde_json::from_str(&self.program.read(".export-iam/sandbox.json")).unwrap();
        state["accounts"][0].clone()
    }

    fn apply(&self) -> Run {
        self.program
            .run(&["apply", "spec.yaml", "--yes", "--allow", "transient"])
    }

    /// One more apply puts everything right, and one after that writes nothing.
    fn converges(&self) {
        self.apply().ends(0);
        let writes = self.writes();
        self.apply().ends(0);
        assert_eq!(self.writes(), writes);
        self.program
            .run(&["plan", "spec.yaml", "--detailed-exitcode"])
            .ends(0);
        self.is_whole();
    }

    /// The account holds what the spec says, once.
    fn is_whole(&self) {
        let account = self.account();
        let held = |role: usize| {
            let attached = account["roles"][role]["attachments"].as_array().unwrap();
            let mut names: Vec<&str> = attached
                .iter()
                .map(|one| one["policy"].as_str().unwrap())
                .collect();
            names.sort_unstable();
            names
        };
        assert_eq!(
            held(0),
            ["custom:reads", "system:AliyunECSImageExportRolePolicy"]
        );
        assert_eq!(held(1), ["custom:reads"]);
        assert_eq!(account["roles"].as_array().unwrap().len(), 2);
        assert_eq!(account["policies"].as_array().unwrap().len(), 1);
    }

    /// Begins an apply, and sends it `signal` when it has told of so many steps.
    fn interrupted(&self, signal: &str, after: usize) -> Run {
        self.interrupted_by(&[signal], Duration::ZERO, after)
    }

    /// The same with several signals, `gap` apart.
    fn interrupted_by(&self, signals: &[&str], gap: Duration, after: usize) -> Run {
        let arguments = ["apply", "spec.yaml", "--yes"];
        let started = Instant::now();
        let mut child = self.program.command(&arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut out = String::new();
        let mut seen = 0;
        let mut is_planned = false;
        // The plan comes first, then a line for each step as it ends.
        while !(is_planned && seen >= after) {
            let Some(line) = lines.next() else { break };
            let line = line.unwrap();
            is_planned = is_planned || line.contains("6 to add") || line.contains("to create");
            seen += usize::from(is_planned && line.trim_start().starts_with("done"));
            out.push_str(&line);
            out.push('\n');
        }
        for (number, signal) in signals.iter().enumerate() {
            if number > 0 {
                thread::sleep(gap);
            }
            send(signal, &child);
        }
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        let run = finish(child, started);
        Run {
            out: out + &rest.join("\n") + "\n",
            ..run
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}

fn rule(operation: &str, more: Value) -> Value {
    let mut rule = more;
    rule["operation"] = json!(operation);
    rule
}

const OPERATIONS: [&str; 3] = ["CreatePolicy", "CreateRole", "AttachPolicyToRole"];

#[test]
fn killed_or_interrupted_after_any_step_it_converges() {
    thread::scope(|scope| {
        for signal in ["-9", "-INT", "-TERM"] {
            scope.spawn(move || {
                for after in 0..6 {
                    let served = Served::slow(json!([]), "30ms");
                    let run = served.interrupted(signal, after);
                    match signal {
                        // The last step may have been the end.
                        "-9" => assert!(matches!(run.status, 137 | 0), "{}", run.told()),
                        _ => assert!(matches!(run.status, 130 | 0), "{}", run.told()),
                    }
                    if run.status == 130 {
                        assert!(run.out.contains(" not run"), "{}", run.told());
                        assert!(run.err.contains("again to stop at once"), "{}", run.told());
                    }
                    served.converges();
                    assert_eq!(served.writes(), WRITES, "{signal} after {after}");
                }
            });
        }
    });
}

#[test]
fn two_signals_in_any_order_give_130_and_a_report_that_agrees() {
    for (signals, gap) in [
        (["-INT", "-INT"], 0),
        (["-INT", "-TERM"], 0),
        (["-TERM", "-INT"], 2),
        (["-TERM", "-TERM"], 20),
    ] {
        for after in [0, 1, 3] {
            let served = Served::slow(json!([]), "30ms");
            let gap = Duration::from_millis(gap);
            let run = served.interrupted_by(&signals, gap, after);
            match run.status {
                130 => assert!(run.err.contains("interrupted"), "{}", run.told()),
                // They came after the last step.
                0 => assert!(run.out.contains(" 0 not run."), "{}", run.told()),
                _ => panic!("{signals:?} after {after}: {}", run.told()),
            }
            served.converges();
        }
    }
}

#[test]
fn an_answer_cut_off_after_the_effect_is_found_out() {
    for (fault, value) in [
        ("drop-after", json!(null)),
        ("cut", json!(0)),
        ("cut", json!(20)),
        ("error-after", json!(503)),
    ] {
        let rules = OPERATIONS.map(|operation| {
            rule(
                operation,
                json!({ "every": 2, "do": fault, "value": value }),
            )
        });
        let served = Served::new(json!(rules));
        served.apply().ends(0);
        assert_eq!(
            served
                .calls()
                .iter()
                .filter(|call| call["code"] == "EntityAlreadyExists.Role")
                .count(),
            0
        );
        served.converges();
    }
}

#[test]
fn connections_that_are_reset_are_made_again() {
    for every in [2, 3, 5] {
        let served = Served::new(json!([{ "every": every, "do": "drop-before" }]));
        let run = served.apply();
        // Tries are not without end, and after a run of resets it may not be known what became of a step.
        assert!(matches!(run.status, 0 | 4), "{}", run.told());
        if run.status == 0 {
            served.is_whole();
        }
        let writes = served.writes();
        let quiet = served.restarted();
        quiet.converges();
        assert_eq!(writes + quiet.writes(), WRITES, "each thing was made once");
    }
}

#[test]
fn throttling_of_a_quarter_of_all_calls_is_waited_out() {
    let preset = ["apply", "preset:image-export", "--yes"];
    thread::scope(|scope| {
        for offset in 0..4_u64 {
            scope.spawn(move || {
                // 13 of 50 calls: 26 %.
                let rules: Vec<Value> = (0..50_u64)
                    .filter(|call| (call + offset) % 4 == 0 || *call == 49)
                    .map(|call| json!({ "nth": call + 1, "do": "throttle", "value": 20 }))
                    .collect();
                let served = Served::new(json!(rules));
                let run = served.program.run(&preset).ends(0);
                let calls = served.calls();
                let throttled = calls
                    .iter()
                    .filter(|call| call["code"] == "Throttling.User");
                let (made, throttled) = (calls.len(), throttled.count());
                let counted =
                    format!("{throttled} of {made} calls were repeats; {throttled} answers said");
                assert!(
                    throttled > 0 && run.out.contains(&counted),
                    "{counted}\n{}",
                    run.told()
                );
                let writes = served.writes();
                served.program.run(&preset).ends(0);
                assert_eq!(served.writes(), writes);
            });
        }
    });
}

#[test]
fn a_clock_that_is_twenty_minutes_off_is_corrected_and_the_run_goes_on() {
    for seconds in [1200, -1200] {
        let served = Served::new(json!([{ "do": "skew", "value": seconds }]));
        served.apply().ends(0).warns("clock");
        served.is_whole();
    }
}

#[test]
fn a_clock_that_is_days_off_is_named_and_nothing_is_written() {
    for seconds in [200_000, -200_000] {
        let served = Served::new(json!([{ "do": "skew", "value": seconds }]));
        let run = served.apply();
        assert!(matches!(run.status, 1 | 5), "{}", run.told());
        assert!(run.err.contains("clock"), "{}", run.told());
        assert_eq!(served.writes(), 0);
    }
}

#[test]
fn a_permission_that_is_missing_stops_it_and_the_report_says_where() {
    let served = Served::new(
        json!([{ "operation": "AttachPolicyToRole", "first": 3, "do": "no-permission" }]),
    );
    served.apply().ends(4).warns("NoPermission");
    assert_eq!(served.writes(), 3);
    served.converges();
}

#[test]
fn stale_reads_are_waited_out() {
    let served = Served::new(json!([
        { "operation": "ListPoliciesForRole", "every": 3, "do": "stale" },
        { "operation": "GetRole", "every": 4, "do": "stale" },
    ]));
    served.apply().ends(0);
    served.is_whole();
}

/// Runs two at once. Where the other one has the last word, they would wait half a minute for theirs to show.
fn both(served: &Served, specs: [&str; 2]) -> [Run; 2] {
    let more = "--yes --format json --allow transient --deadline 8";
    let started = Instant::now();
    let children = specs.map(|spec| {
        let arguments: Vec<&str> = ["apply", spec].into_iter().chain(more.split(' ')).collect();
        served.program.command(&arguments).spawn().unwrap()
    });
    let waiting = children.map(|child| thread::spawn(move || finish(child, started)));
    waiting.map(|thread| thread.join().unwrap())
}

#[test]
fn two_applies_of_the_same_spec_at_once_both_end_well() {
    for round in 0..6 {
        let latency = ["0ms", "2ms", "10ms"][round % 3];
        let served = Served::slow(json!([]), latency);
        for run in both(&served, ["spec.yaml", "spec.yaml"]) {
            assert_eq!(run.status, 0, "{}", run.told());
        }
        assert_eq!(served.writes(), WRITES, "each thing was made once");
        served.converges();
    }
}

#[test]
fn two_applies_of_different_specs_at_once_report_what_is_so() {
    for round in 0..6 {
        let latency = ["0ms", "2ms", "10ms"][round % 3];
        let served = Served::slow(json!([]), latency);
        if round % 2 == 0 {
            served.apply().ends(0);
        }
        let before = served.writes();
        let runs = both(&served, ["spec.yaml", "other.yaml"]);
        let (mut reported, mut unknown) = (0, 0);
        for run in &runs {
            assert!(matches!(run.status, 0 | 1 | 3 | 4 | 5), "{}", run.told());
            let report = run.json();
            let steps = report["accounts"][0]["steps"].as_array().unwrap().clone();
            // "already" is a step whose effect somebody else had brought about.
            let count = |outcome: &str| {
                let found = steps.iter().filter(|step| step["outcome"] == outcome);
                found.count() as u64
            };
            let done = count("done");
            if run.status == 0 {
                assert_eq!(
                    done + count("already"),
                    steps.len() as u64,
                    "{}",
                    run.told()
                );
            }
            if run.status == 1 {
                assert_eq!(done, 0, "{}", run.told());
            }
            reported += done;
            unknown += count("unknown");
        }
        let effects = served.writes() - before;
        assert!(
            (reported..=reported + unknown).contains(&effects),
            "{effects} effects, {reported} reported: {runs:#?}"
        );
        // Whoever comes last is right, and stays so.
        served.converges();
    }
}

#[test]
fn a_sandbox_that_goes_away_half_way_is_no_reason_to_hang() {
    let mut served = Served::slow(json!([]), "20ms");
    let arguments = ["apply", "spec.yaml", "--yes"];
    let started = Instant::now();
    let mut child = served.program.command(&arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The plan is shown once everything is read.
    while lines.next().unwrap().unwrap().trim().is_empty() {}
    served.child.kill().unwrap();
    served.child.wait().unwrap();
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    let run = finish(child, started);
    assert!(
        matches!(run.status, 1 | 4),
        "{}{}",
        run.told(),
        rest.join("\n")
    );
}

#[test]
fn a_second_signal_does_not_wait_for_the_call_under_way() {
    let slow = rule(
        "CreateRole",
        json!({ "nth": 1, "do": "delay", "value": 30_000 }),
    );
    let served = Served::new(json!([slow]));
    let started = Instant::now();
    let mut child = served
        .program
        .command(&["apply", "spec.yaml", "--yes", "-v"])
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    // Sent together with the one that takes so long.
    errors
        .find(|line| matches!(line, Ok(line) if line.contains("CreatePolicy")))
        .unwrap()
        .unwrap();
    send("-TERM", &child);
    errors
        .find(|line| matches!(line, Ok(line) if line.starts_with("interrupted: finishing")))
        .unwrap()
        .unwrap();
    send("-TERM", &child);
    let rest: Vec<String> = errors.map_while(Result::ok).collect();
    let run = finish(child, started)
        .ends(130)
        .says("unknown CreateRole")
        .says("1 unknown, 3 not run.");
    assert!(run.took.as_secs() < 5, "{}", run.told());
    assert!(
        rest.iter()
            .any(|line| line.contains("interrupted; run the same command again")),
        "{rest:#?}"
    );
    served.restarted().converges();
}

// Signals where nothing is written yet.

/// Sends `signal` to a process that was started here.
fn send(signal: &str, child: &Child) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn interrupted_while_reading_it_ends_at_once_and_says_so_on_one_line() {
    let commands: [&[&str]; 8] = [
        &["plan", "--out", "plan.json"],
        &["drift"],
        &["apply", "--yes", "--undo-out", "undo.json"],
        &["destroy", "--yes"],
        &["adopt"],
        &["whoami"],
        &["apply", "--yes", "--plan", "saved.json"],
        &["plan", "fleet.yaml"],
    ];
    let saved = Served::new(json!([]));
    saved.program.run(&["plan", "--out", "plan.json"]).ends(0);
    for (number, arguments) in commands.iter().enumerate() {
        // Connections are taken and never answered.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let fleet = "version: 1\nroles: []\ndiscover: { resource_directory: true }\n";
        let program = Program::new()
            .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
            .with("EXPORT_IAM_ENDPOINT_RAM", &url)
            .with("EXPORT_IAM_ENDPOINT_STS", &url)
            .with("EXPORT_IAM_ENDPOINT_RESOURCEMANAGER", &url)
            .file("saved.json", saved.program.read("plan.json"))
            .file("fleet.yaml", fleet);
        let before = program.files();
        let started = Instant::now();
        let child = program.command(arguments).spawn().unwrap();
        let _asked = silent.accept().unwrap();
        send(["-INT", "-TERM"][number % 2], &child);
        let run = finish(child, started).ends(130);
        let errors: Vec<&str> = run
            .err
            .lines()
            .filter(|line| !line.starts_with("no export-iam.yaml"))
            .collect();
        assert_eq!(
            errors,
            ["error: interrupted; nothing was changed"],
            "{arguments:?}: {}",
            run.told()
        );
        assert_eq!(run.out, "", "{arguments:?}");
        assert!(run.took.as_secs() < 5, "{arguments:?}: {}", run.told());
        assert_eq!(program.files(), before, "{arguments:?}");
    }
}

#[test]
fn interrupted_where_it_cannot_look_it_ends_all_the_same() {
    for signal in ["-INT", "-TERM"] {
        let program = Program::new();
        let started = Instant::now();
        let mut child = program
            .command(&["plan", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // More than a pipe holds: once this is written, it reads.
        input.write_all(&vec![b'#'; 300_000]).unwrap();
        send(signal, &child);
        finish(child, started).ends(130).warns("error: interrupted");
    }
}

/// An apply that asks its question on a terminal.
struct Asking {
    child: Child,
    terminal: File,
    started: Instant,
}

impl Asking {
    fn new(served: &Served) -> Self {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new())
            .unwrap()
            .into_string()
            .unwrap();
        let input = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name)
            .unwrap();
        let mut command = served.program.command(&["apply", "spec.yaml"]);
        let started = Instant::now();
        let mut child = command.stdin(input).spawn().unwrap();
        let err = child.stderr.as_mut().unwrap();
        let mut said = Vec::new();
        let mut byte = [0];
        while !said.ends_with(b"[y/N] ") {
            assert_eq!(
                err.read(&mut byte).unwrap(),
                1,
                "{}",
                String::from_utf8_lossy(&said)
            );
            said.extend(byte);
        }
        assert!(String::from_utf8_lossy(&said).contains("Carry out these 6 steps?"));
        Self {
            child,
            terminal: terminal.into(),
            started,
        }
    }

    fn answered(mut self, text: &str) -> Run {
        self.terminal.write_all(text.as_bytes()).unwrap();
        finish(self.child, self.started)
    }
}

#[test]
fn interrupted_at_the_question_nothing_is_changed() {
    let served = Served::new(json!([]));
    for signal in ["-INT", "-TERM"] {
        let asking = Asking::new(&served);
        send(signal, &asking.child);
        let run = finish(asking.child, asking.started).ends(130);
        assert_eq!(
            run.err,
            "\nerror: interrupted; nothing was changed\n",
            "{}",
            run.told()
        );
        assert!(run.took.as_secs() < 5, "{}", run.told());
    }
    for no in ["n\n", "\n", "maybe\n", "\u{4}"] {
        let run = Asking::new(&served).answered(no).ends(3);
        run.warns("not confirmed; nothing was changed");
    }
    assert_eq!(served.writes(), 0);
    Asking::new(&served).answered("y\n").ends(0);
    assert_eq!(served.writes(), WRITES);
}
