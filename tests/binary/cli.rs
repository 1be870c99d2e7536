//! The binary against the sandbox: wiring, exit status, output streams, signals.
//!
//! What the words are is in `tests/cli/`: transcripts of whole sessions, and the help of every command. After a
//! wanted change: `UPDATE_GOLDEN=1 cargo test --test binary cli::`.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Instant;

use crate::build_script;
use crate::support::program::finish;
use crate::support::{Golden, Program, Run, Server, plain};
use clap::CommandFactory;
use export_iam::cli::Cli;
use export_iam::sandbox::{FaultPlan, Options, Rule};
use serde_json::{Value, json};

const ROLE: &str = "AliyunECSImageExportDefaultRole";

/// A sandbox in which some calls go wrong, and a user who has its key.
fn faulty(rules: &[&str]) -> (Server, Program) {
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let server = Server::start(Options {
        faults: FaultPlan::new(rules),
        ..Options::default()
    });
    let program = Program::new().with_all(&server.environment());
    (server, program)
}

// Words.

#[test]
fn help_of_every_command_is_as_accepted() {
    let mut golden = Golden::default();
    let mut commands = vec![Vec::new()];
    while let Some(words) = commands.pop() {
        let mut command = Cli::command();
        for word in &words {
            command = command.find_subcommand(word).unwrap().clone();
        }
        let inner = command
            .get_subcommands()
            .map(|inner| inner.get_name().to_owned());
        commands.extend(inner.map(|name| [words.clone(), vec![name]].concat()));
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let run = Program::new().run(&arguments).ends(0);
        assert_eq!(run.err, "");
        let name = [&["export-iam".to_owned()], words.as_slice()]
            .concat()
            .join("-");
        let path = crate::support::golden::root().join(format!("tests/cli/help/{name}.txt"));
        golden.check(&path, &run.out);
    }
    golden.finish("binary cli::");
}

/// Each file in `tests/cli/sessions/` is one session in a fresh folder: lines that begin with `$ ` are run, what
/// follows each is what it said on standard output, then on standard error behind `! `, and its status if not 0.
#[test]
fn sessions_go_as_accepted() {
    let mut golden = Golden::default();
    let folder = crate::support::golden::root().join("tests/cli/sessions");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let session = std::fs::read_to_string(&path).unwrap();
        golden.check(&path, &replayed(&session));
    }
    golden.finish("binary cli::");
}

fn replayed(session: &str) -> String {
    let program = Program::new();
    let mut text: String = session
        .lines()
        .take_while(|line| line.starts_with('#'))
        .fold(String::new(), |text, line| text + line + "\n");
    for line in session.lines().filter(|line| line.starts_with("$ ")) {
        let mut words = line.split_whitespace().skip(1);
        assert_eq!(words.next(), Some("export-iam"), "{line}");
        let Run {
            status, out, err, ..
        } = program.run(&words.collect::<Vec<_>>());
        writeln!(text, "{line}\n{}", out.trim_end()).unwrap();
        let err = err.replace(&*program.path().to_string_lossy(), "@@FOLDER@@");
        err.lines()
            .for_each(|line| writeln!(text, "! {line}").unwrap());
        if status != 0 {
            writeln!(text, "status {status}").unwrap();
        }
        text.push('\n');
    }
    text
}

// Exit status.

#[test]
fn applying_twice_writes_once() {
    let (server, program) = faulty(&[]);
    program
        .run(&["apply", "--yes"])
        .ends(0)
        .says("2 done, 0 failed");
    assert_eq!(server.writes(), 2);
    program
        .run(&["apply", "--yes"])
        .ends(0)
        .says("Nothing to do");
    program.run(&["plan", "--detailed-exitcode"]).ends(0);
    program.run(&["drift"]).ends(0);
    assert_eq!(server.writes(), 2);
}

#[test]
fn pending_changes_are_told_by_the_status_where_that_is_asked_for() {
    let (server, program) = faulty(&[]);
    program.run(&["plan"]).ends(0);
    program.run(&["plan", "--detailed-exitcode"]).ends(2);
    program.run(&["drift"]).ends(2);
    // The role is missing, so exports are blocked.
    program.run(&["drift", "--fail-on", "high"]).ends(2);
    program.run(&["drift", "--fail-on", "critical"]).ends(0);
    assert_eq!(server.writes(), 0);
}

#[test]
fn a_first_write_that_is_refused_fails_and_changes_nothing() {
    let (_server, program) = faulty(&["CreateRole=no-permission"]);
    let run = program.run(&["apply", "--yes"]).ends(1);
    run.says("0 done, 1 failed, 0 unknown, 1 not run")
        .warns("ram:CreateRole");
}

#[test]
fn a_later_write_that_is_refused_stops_part_way() {
    let (server, program) = faulty(&["AttachPolicyToRole#1=no-permission"]);
    let run = program.run(&["apply", "--yes"]).ends(4);
    run.says("1 done, 1 failed")
        .says("done    CreateRole")
        .says("failed  AttachPolicyToRole");
    program
        .run(&["apply", "--yes"])
        .ends(0)
        .says("1 done, 0 failed");
    assert_eq!(server.calls().count("CreateRole"), 1);
}

#[test]
fn what_cannot_be_read_gives_no_clean_answer() {
    let (server, program) = faulty(&["GetRole=no-permission", "GetPolicy=no-permission"]);
    for command in ["plan", "drift", "apply"] {
        let run = program.run(&[command]).ends(5);
        // Both failures are told, not only the first.
        run.warns("GetRole")
            .warns("GetPolicy")
            .says_not("Nothing to do");
    }
    assert_eq!(server.writes(), 0);
}

#[test]
fn another_account_is_refused_before_anything_else_is_asked() {
    for command in ["plan", "apply", "drift", "destroy", "adopt", "whoami"] {
        let (server, program) = faulty(&[]);
        let run = program
            .run(&[command, "--account", "6543210987654321"])
            .ends(3);
        run.warns("1234567890123456")
            .warns("6543210987654321")
            .warns("hint: ");
        let calls: Vec<_> = server
            .calls()
            .records()
            .map(|call| call.operation)
            .collect();
        assert_eq!(calls, ["GetCallerIdentity"], "{command}");
    }
    let (server, program) = faulty(&[]);
    program
        .run(&["apply", "--yes", "--account", "1234567890123456"])
        .ends(0);
    assert_eq!(server.calls().count("GetCallerIdentity"), 1);
}

#[test]
fn bad_command_lines_end_with_64_and_touch_nothing() {
    for arguments in [
        &["plann"][..],
        &["plan", "--bogus"],
        &["plan", "a.yaml", "b.yaml"],
        &["plan", "--format", "yaml"],
        &["plan", "--report", "json="],
        &["plan", "--report", "pdf=x"],
        &["plan", "--deadline", "0"],
        &["plan", "--endpoint", "ram"],
        &["plan", "--endpoint", "ram=http://ram.example.com"],
        &["plan", "--account", "prod"],
        &["plan", "-q", "-v"],
        &["apply", "--allow", "everything"],
        &["sandbox"],
        &["sandbox", "serve", "--latency", "soon"],
    ] {
        let (server, program) = faulty(&[]);
        let run = program.run(arguments).ends(64);
        assert!(run.out.is_empty(), "{arguments:?}: {}", run.told());
        assert!(
            run.err.contains("error: ") || run.err.contains("Usage: "),
            "{}",
            run.told()
        );
        assert_eq!(server.calls().records().len(), 0, "{arguments:?}");
    }
}

#[test]
fn without_an_access_key_it_says_where_one_can_be_put() {
    let run = Program::new().run(&["plan"]).ends(1);
    run.warns("no access key")
        .warns("ALIBABA_CLOUD_ACCESS_KEY_ID")
        .warns("--sandbox");
}

// Asking.

#[test]
fn without_a_terminal_to_ask_it_refuses() {
    let (server, program) = faulty(&[]);
    program
        .run_with(&["apply"], b"y\n")
        .ends(3)
        .says("CreateRole")
        .warns("--yes");
    assert_eq!(server.writes(), 0);
    // With nothing to do there is nothing to ask.
    program.run(&["apply", "--yes"]).ends(0);
    program.run(&["apply"]).ends(0);
    program.run(&["destroy"]).ends(3);
}

/// Runs a command line on a terminal of its own and types `typed`; both streams come out on one.
#[cfg(target_os = "linux")]
fn on_terminal(program: &Program, arguments: &str, typed: &str) -> Run {
    let mut command = std::process::Command::new("script");
    let line = format!("{} {arguments}", crate::support::program::BINARY);
    command.args([
        "--quiet",
        "--return",
        "--flush",
        "--echo",
        "never",
        "--command",
        &line,
        "/dev/null",
    ]);
    program.prepare(&mut command);
    command
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .stdin(Stdio::piped());
    command.env("PATH", "/usr/bin:/bin");
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    // Kept open until the end: a terminal that is hung up interrupts.
    let mut keys = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut keys, typed.as_bytes()).unwrap();
    finish(child, started)
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_asks_and_goes_by_the_answer() {
    for (typed, status, writes) in [
        ("y\n", 0, 2),
        ("yes\n", 0, 2),
        ("YES\n", 0, 2),
        ("n\n", 3, 0),
        ("\n", 3, 0),
        ("yess\n", 3, 0),
        ("\u{4}", 3, 0),
    ] {
        let (server, program) = faulty(&[]);
        let run = on_terminal(&program, "apply", typed).ends(status);
        run.says("Carry out these 2 steps? [y/N]");
        assert_eq!(server.writes(), writes, "{typed:?}");
    }
}

// Looks.

#[test]
fn pipes_get_no_escapes_unless_they_are_asked_for() {
    let (_server, program) = faulty(&[]);
    let has_escapes = |run: &Run| run.out.contains('\u{1b}') || run.err.contains('\u{1b}');
    for arguments in [
        &["plan"][..],
        &["plan", "--color", "auto"],
        &["plan", "nofile"],
        &["drift"],
    ] {
        assert!(!has_escapes(&program.run(arguments)), "{arguments:?}");
    }
    let coloured = program.run(&["plan", "--color", "always"]);
    assert!(has_escapes(&coloured));
    assert_eq!(plain(&coloured.out), program.run(&["plan"]).out);
    let json = program.run(&["plan", "--color", "always", "--format", "json"]);
    assert!(!json.out.contains('\u{1b}'));
}

#[cfg(target_os = "linux")]
#[test]
fn terminals_get_colour_unless_it_is_declined() {
    let (server, program) = faulty(&[]);
    assert!(
        on_terminal(&program, "plan", "")
            .ends(0)
            .out
            .contains("\u{1b}[32m")
    );
    assert!(
        !on_terminal(&program, "plan --color never", "")
            .out
            .contains("\u{1b}[3")
    );
    let declined = Program::new()
        .with_all(&server.environment())
        .with("NO_COLOR", "1");
    assert!(
        !on_terminal(&declined, "plan", "")
            .ends(0)
            .out
            .contains("\u{1b}[3")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn lines_fit_the_terminal_and_nothing_is_lost() {
    let (server, program) = faulty(&[]);
    let spec = "preset:image-export-scoped";
    let piped = program.run(&["plan", spec]).ends(0).out;
    assert!(piped.lines().any(|line| line.chars().count() > 60));
    let script = program.path().join("narrow.sh");
    let binary = crate::support::program::BINARY;
    std::fs::write(
        &script,
        format!("stty cols 60 rows 24\nexec {binary} plan {spec}\n"),
    )
    .unwrap();
    let mut command = std::process::Command::new("script");
    command.args(["--quiet", "--return", "--command"]);
    command
        .arg(format!("/bin/sh {}", script.display()))
        .arg("/dev/null");
    program.prepare(&mut command);
    command
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped());
    let run = finish(command.spawn().unwrap(), Instant::now()).ends(0);
    let shown = plain(&run.out);
    for line in shown.lines() {
        // A name stays whole, so that it can be copied.
        let is_one_word = line.split_whitespace().count() == 1;
        assert!(
            line.trim_end().chars().count() <= 60 || is_one_word,
            "{line}"
        );
    }
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&shown), words(&piped));
    assert!(shown.contains("\n        "), "{shown}");
    assert_eq!(server.writes(), 0);
}

/// A name and a description with a letter of the tag block, which no terminal shows.
#[test]
fn what_has_no_visible_form_is_escaped_for_people_and_for_programs() {
    const HIDDEN: &str = "seen\u{e0041}\u{200b}\u{202e}";
    const SHOWN: &str = "seen\\u{e0041}\\u{200b}\\u{202e}";
    let seed = serde_json::json!({
        "roles": [{
            "name": ROLE,
            "trust": crate::support::account::TRUST,
            "description": HIDDEN,
            "attachments": [{ "policy": "system:AliyunECSImageExportRolePolicy" }],
        }],
    });
    let server = Server::of(&seed.to_string());
    let program = Program::new().with_all(&server.environment());
    let spec = "version: 1\nroles:\n  - name: AliyunECSImageExportDefaultRole\n    description: new\n    trust: { service: ecs.aliyuncs.com }\n    policies: [ { system: AliyunECSImageExportRolePolicy } ]\n";
    let program = program.file("spec.yaml", spec);
    let is_clean = |run: &Run| {
        let all = format!("{}{}", run.out, run.err);
        assert!(
            !all.contains(['\u{e0041}', '\u{200b}', '\u{202e}']),
            "{all:?}"
        );
    };
    for arguments in [
        &["plan", "spec.yaml", "-vv"][..],
        &["plan", "spec.yaml", "--show-documents"],
        &["drift", "spec.yaml"],
    ] {
        let run = program.run(arguments);
        is_clean(&run);
        run.says(SHOWN);
    }
    let json = program
        .run(&["plan", "spec.yaml", "--format", "json"])
        .ends(0);
    is_clean(&json);
    let changes = &json.json()["accounts"][0]["changes"];
    assert!(changes.to_string().contains(HIDDEN));
    let adopted = program.run(&["adopt"]).ends(0);
    is_clean(&adopted);
    for arguments in [
        &["plan", HIDDEN][..],
        &[HIDDEN],
        &["plan", "--profile", HIDDEN],
        &["validate", HIDDEN, "-vv"],
    ] {
        is_clean(&program.run(arguments));
    }
    let copied = program.file("adopted.yaml", &adopted.out);
    copied
        .run(&["plan", "adopted.yaml", "--detailed-exitcode"])
        .ends(0);
}

#[test]
fn quiet_leaves_standard_error_empty() {
    let program = Program::new();
    for arguments in [
        &["apply", "--sandbox", "--yes", "-q"][..],
        &["plan", "--sandbox", "-q"],
        &["drift", "--sandbox", "--quiet"],
        &["adopt", "--sandbox", "-q"],
        &["destroy", "--sandbox", "--yes", "-q"],
    ] {
        let run = program.run(arguments).ends(0);
        assert_eq!(run.err, "", "{arguments:?}");
    }
    program
        .run(&["plan", "nofile", "-q"])
        .ends(1)
        .warns("error: nofile: there is no such file");
}

#[test]
fn verbose_shows_each_call_on_standard_error() {
    let (_server, program) = faulty(&[]);
    let run = program.run(&["plan", "-vv"]).ends(0);
    for operation in [
        "GetRole",
        "ListPoliciesForRole",
        "GetPolicy",
        "GetCallerIdentity",
    ] {
        assert!(run.err.contains(operation), "{}", run.told());
        assert!(
            !run.out.contains(&format!("operation=\"{operation}")),
            "{}",
            run.told()
        );
    }
}

#[test]
fn verbose_shows_our_own_calls_attempts_waits_and_read_backs_and_nothing_else() {
    let shown = |level: &str| {
        let (_server, program) = faulty(&["CreateRole#1=drop-after", "GetPolicy#1=throttle"]);
        program.run(&["apply", "--yes", level]).ends(0).err
    };
    let (once, twice) = (shown("-v"), shown("-vv"));
    for (event, is_in_once) in [
        ("answered operation=\"AttachPolicyToRole\"", true),
        ("failed operation=\"GetPolicy\"", true),
        ("trying again operation=\"GetPolicy\"", true),
        (
            "reading back what became of the call operation=\"CreateRole\"",
            true,
        ),
        ("sending operation=\"GetPolicy\"", false),
        ("waiting wait_ms=", false),
    ] {
        assert_eq!(once.contains(event), is_in_once, "{event}\n{once}");
        assert!(twice.contains(event), "{event}\n{twice}");
    }
    for words in ["connecting to", "idle connection", "handshake"] {
        assert!(!once.contains(words), "{once}");
        assert!(!twice.contains(words), "{twice}");
    }
}

#[test]
fn the_version_names_the_commit_where_that_is_known() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let version = env!("CARGO_PKG_VERSION");
    let expected = match build_script::commit(folder) {
        Some(commit) => format!("export-iam {version} ({commit})\n"),
        None => format!("export-iam {version}\n"),
    };
    let run = Program::new().run(&["--version"]).ends(0);
    assert_eq!(run.out, expected);
}

#[test]
fn the_commit_is_of_the_package_or_of_a_repository_whose_root_it_is() {
    let packaged = Program::new().file(
        ".cargo_vcs_info.json",
        r#"{"git":{"sha1":"0123456789abcdef0123456789abcdef01234567"},"path_in_vcs":""}"#,
    );
    let commit = build_script::commit(packaged.path());
    assert_eq!(commit.as_deref(), Some("0123456789ab"));
    assert_eq!(build_script::commit(Program::new().path()), None);
    // A folder of a repository, as an archive that was unpacked there.
    let inside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert_eq!(build_script::commit(&inside), None);
}

// Reports.

#[track_caller]
fn has_keys(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value.get(key).is_some(), "no `{key}` in {value:#}");
    }
}

#[test]
fn json_has_the_documented_keys() {
    let (_server, program) = faulty(&[]);
    let planned = program.run(&["plan", "--format", "json"]).ends(0).json();
    let applied = program
        .run(&["apply", "--yes", "--format", "json"])
        .ends(0)
        .json();
    let again = program
        .run(&["apply", "--yes", "--format", "json"])
        .ends(0)
        .json();
    let gone = program
        .run(&["destroy", "--yes", "--format", "json"])
        .ends(0)
        .json();
    for (report, kind) in [
        (&planned, "plan"),
        (&applied, "apply"),
        (&again, "apply"),
        (&gone, "destroy"),
    ] {
        has_keys(report, &["format_version", "kind", "accounts", "summary"]);
        assert_eq!(report["format_version"], "1.0");
        assert_eq!(report["kind"], kind);
        let account = &report["accounts"][0];
        has_keys(account, &["id", "changes", "steps", "summary"]);
        assert_eq!(account["id"], "1234567890123456");
    }
    assert_eq!(
        planned["accounts"][0]["steps"][0]["operation"],
        "CreateRole"
    );
    assert_eq!(planned["accounts"][0]["steps"][0]["subject"]["role"], ROLE);
    assert_eq!(applied["accounts"][0]["steps"][0]["outcome"], "done");
    assert_eq!(applied["accounts"][0]["in_sync"], true);
    assert_eq!(again["accounts"][0]["steps"], serde_json::json!([]));
    let drift = program.run(&["drift", "--format", "json"]).ends(2).json();
    assert_eq!(drift["kind"], "drift");
    has_keys(
        &drift["accounts"][0]["findings"][0],
        &["id", "state", "address", "part", "kind", "severity"],
    );
    let severities = serde_json::json!({ "critical": 0, "high": 1, "medium": 2, "low": 0 });
    assert_eq!(drift["summary"]["severities"], severities);
    assert_eq!(drift["summary"]["in_sync"], false);
    let whoami = program.run(&["whoami", "--format", "json"]).ends(0).json();
    assert_eq!(whoami["account"], "1234567890123456");
    assert_eq!(whoami["access_key_id"], "sandbox-key");
}

#[test]
fn an_apply_that_stops_says_in_json_what_became_of_each_step() {
    let (_server, program) = faulty(&["AttachPolicyToRole=no-permission"]);
    let report = program
        .run(&["apply", "--yes", "--format", "json"])
        .ends(4)
        .json();
    let steps = &report["accounts"][0]["steps"];
    assert_eq!(steps[0]["outcome"], "done");
    assert_eq!(steps[1]["outcome"], "failed");
    has_keys(
        &steps[1]["error"],
        &["message", "code", "http_status", "request_id"],
    );
}

#[test]
fn reports_go_to_files_beside_the_text() {
    let (_server, program) = faulty(&[]);
    let run = program
        .run(&["plan", "--report", "json=a.json", "--report", "json=b.json"])
        .ends(0);
    run.says("CreateRole");
    let report: Value = serde_json::from_str(&program.read("a.json")).unwrap();
    assert_eq!(report["kind"], "plan");
    assert_eq!(program.read("a.json"), program.read("b.json"));
    let json = program
        .run(&["plan", "--format", "json", "--report", "json=c.json"])
        .ends(0);
    assert_eq!(json.out, program.read("c.json"));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_with_its_name() {
    let (_server, program) = faulty(&[]);
    let program = program.file("blocked", "");
    let run = program
        .run(&["plan", "--report", "json=blocked/r.json"])
        .ends(1);
    run.says("CreateRole").warns("blocked/r.json");
}

#[test]
fn every_format_is_written_into_a_folder_that_is_made() {
    let (_server, program) = faulty(&[]);
    let formats = [
        "json", "sarif", "junit", "markdown", "github", "gitlab", "html",
    ];
    let run_all = |folder: &str| {
        let mut arguments = vec!["drift".to_owned(), "--deterministic".to_owned()];
        for format in formats {
            arguments.extend([
                "--report".to_owned(),
                format!("{format}={folder}/x/{format}"),
            ]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program.run(&arguments).ends(2).says("is missing");
    };
    run_all("first");
    run_all("second");
    for format in formats {
        let text = program.read(&format!("first/x/{format}"));
        assert!(
            text.contains("AliyunECSImageExportDefaultRole"),
            "{format}: {text}"
        );
        assert_eq!(
            text,
            program.read(&format!("second/x/{format}")),
            "{format}"
        );
    }
    let files = program.files();
    let of_first = files
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains("first/x/"));
    assert_eq!(of_first.count(), formats.len());
}

#[test]
fn a_report_may_take_the_place_of_the_result() {
    let (_server, program) = faulty(&[]);
    let run = program.run(&["drift", "--report", "gitlab=-"]).ends(2);
    let issues: Value = serde_json::from_str(&run.out).unwrap();
    assert!(!issues.as_array().unwrap().is_empty());
    run.warns("is missing");
    for arguments in [
        &["drift", "--report", "gitlab=-", "--format", "json"][..],
        &["drift", "--report", "gitlab=-", "--report", "json=-"],
        &["whoami", "--report", "sarif=x.sarif"],
        &["drift", "--report", "sarif"],
    ] {
        program.run(arguments).ends(64);
    }
}

#[test]
fn a_github_job_gets_annotations_and_its_summary() {
    let (_server, program) = faulty(&[]);
    let program = program
        .file("summary.md", "# mine\n")
        .with("GITHUB_STEP_SUMMARY", "summary.md");
    let run = program.run(&["drift", "--report", "github=-"]).ends(2);
    let is_command = |line: &str| line.starts_with("::error ") || line.starts_with("::warning ");
    assert!(run.out.lines().all(is_command), "{}", run.out);
    let summary = program.read("summary.md");
    assert!(
        summary.starts_with("# mine\n<!-- export-iam drift -->"),
        "{summary}"
    );
}

// Specs.

const SMALL: &str = "version: 1\nroles:\n- name: Nightly\n  trust: { service: ecs.aliyuncs.com }\n";

#[test]
fn the_spec_comes_from_a_file_standard_input_a_preset_or_the_folder() {
    let (_server, program) = faulty(&[]);
    let program = program.file("specs/small.yaml", SMALL);
    program
        .run(&["plan", "specs/small.yaml"])
        .ends(0)
        .says("CreateRole Nightly");
    program
        .run_with(&["plan", "-"], SMALL.as_bytes())
        .ends(0)
        .says("CreateRole Nightly");
    program
        .run(&["plan", "preset:image-import"])
        .ends(0)
        .says("AliyunECSImageImportDefaultRole");
    program
        .run(&["plan"])
        .ends(0)
        .says(ROLE)
        .warns("preset:image-export");
    let program = program.file("export-iam.yaml", SMALL);
    let run = program.run(&["plan"]).ends(0).says("CreateRole Nightly");
    assert_eq!(run.err, "");
    program
        .run(&["validate"])
        .ends(0)
        .says("export-iam.yaml is valid");
}

#[test]
fn what_adopt_cannot_describe_is_named_and_ends_with_five() {
    let trust = json!({ "Version": "1", "Statement": [ { "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "ecs.aliyuncs.com" }, "Resource": "*" } ] });
    let role = json!({ "name": ROLE, "trust": trust.to_string() });
    let server = Server::of(&json!({ "roles": [role] }).to_string());
    let program = Program::new().with_all(&server.environment());
    let run = program.run(&["adopt"]).ends(5);
    let run = run.says("version: 1").says("# Left out: role `");
    run.warns(&format!(
        "not in the spec: role `{ROLE}`: cannot interpret: unknown member `Resource`"
    ));
    let run = program.run(&["adopt", "--format", "json"]).ends(64);
    run.warns("`adopt` prints a spec, which is YAML, in no other format");
}

#[test]
fn an_adopted_spec_plans_nothing() {
    let (_server, program) = faulty(&[]);
    program
        .run(&["apply", "--yes", "preset:image-export-custom"])
        .ends(0);
    let adopted = program.run(&["adopt"]).ends(0).out;
    program
        .run_with(&["plan", "--detailed-exitcode", "-"], adopted.as_bytes())
        .ends(0);
    program
        .run(&["adopt", "--role", "NoSuchRole"])
        .ends(1)
        .warns("NoSuchRole");
}

// The sandbox as a command.

/// `sandbox serve` as a process, with what it prints to begin with.
struct Serving {
    child: Child,
    variables: Vec<(String, String)>,
}

impl Serving {
    fn start(program: &Program, arguments: &[&str]) -> Self {
        let mut command = program.command(&["sandbox", "serve"]);
        let mut child = command.args(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut variables = Vec::new();
        for line in lines.map(Result::unwrap) {
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap()
                .split_once('=')
                .unwrap();
            variables.push((name.to_owned(), value.to_owned()));
            if name == "EXPORT_IAM_ENDPOINT_STS" {
                break;
            }
        }
        Self { child, variables }
    }

    /// Someone with these variables.
    fn client(&self) -> Program {
        let set = |program: Program, (name, value): &(String, String)| program.with(name, value);
        self.variables.iter().fold(Program::new(), set)
    }
}

#[cfg(unix)]
impl Serving {
    /// The way it is meant to be ended.
    fn interrupt(mut self) {
        signal(&self.child, "INT");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn served_sandboxes_are_used_with_the_printed_variables_and_keep_their_state() {
    let program = Program::new();
    let serving = Serving::start(&program, &["--sandbox=state.json"]);
    serving.client().run(&["apply", "--yes"]).ends(0);
    serving.interrupt();
    let run = program.run(&["plan", "--sandbox=state.json"]).ends(0);
    run.says("Nothing to do");
}

#[test]
fn a_state_file_has_one_user_at_a_time() {
    let program = Program::new();
    let _serving = Serving::start(&program, &["--sandbox=state.json"]);
    for command in [
        &["plan"][..],
        &["apply", "--yes"],
        &["sandbox", "reset"],
        &["sandbox", "serve"],
    ] {
        let arguments = [command, &["--sandbox=state.json"]].concat();
        let run = program.run(&arguments).ends(1);
        run.warns("state.json` is in use by another sandbox");
    }
    program.run(&["plan", "--sandbox=other.json"]).ends(0);
}

#[test]
fn reset_forgets_everything() {
    let program = Program::new();
    program.run(&["apply", "--sandbox", "--yes"]).ends(0);
    program
        .run(&["sandbox", "reset"])
        .ends(0)
        .says(".export-iam/sandbox.json");
    program
        .run(&["plan", "--sandbox", "--detailed-exitcode"])
        .ends(2);
}

#[test]
fn a_state_is_loaded_from_a_file_or_a_built_in_one() {
    let state = r#"{"accounts":[{"id":"2222222222222222"}]}"#;
    let program = Program::new()
        .file("state.json", state)
        .file("bad.json", r#"{"accounts":[{"id":"x"}]}"#);
    program
        .run(&["sandbox", "seed", "state.json"])
        .ends(0)
        .says(".export-iam/sandbox.json holds `state.json` now");
    program
        .run(&["whoami", "--sandbox"])
        .ends(0)
        .says("2222222222222222");
    program.run(&["sandbox", "seed", "preset:healthy"]).ends(0);
    program
        .run(&["plan", "--sandbox", "--detailed-exitcode"])
        .ends(0);
    for (wrong, said) in [
        ("preset:helthy", "the built-in states are `healthy`"),
        (
            "none.json",
            "hint: give a file, or a built-in state as `preset:healthy`",
        ),
        ("healthy", "hint: the built-in state is `preset:healthy`"),
        ("bad.json", "`bad.json`: seed: account: account id"),
    ] {
        program.run(&["sandbox", "seed", wrong]).ends(1).warns(said);
    }
    // What was there is still there.
    program
        .run(&["plan", "--sandbox", "--detailed-exitcode"])
        .ends(0);
}

#[test]
fn a_profile_is_named_by_who_asks_for_it_and_the_sandbox_takes_none() {
    let spec = "version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
accounts: [ { id: \"1234567890123456\", profile: lab } ]
";
    let program = Program::new()
        .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tExample")
        .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
        .file("export-iam.yaml", spec);
    program
        .run(&["plan"])
        .ends(1)
        .warns("`profile` of the spec asks for `lab`, but there is no file with profiles")
        .warns("hint: make one with `aliyun configure --profile lab`");
    program
        .run(&["plan", "--profile", "test"])
        .ends(1)
        .warns("`--profile` asks for `test`, but there is no file with profiles");
    program.run(&["plan", "--sandbox"]).ends(0);
}

/// Members of the built-in directory can be entered.
#[test]
fn a_fleet_can_be_tried_on_the_sandbox() {
    let program = Program::new().file(
        "fleet.yaml",
        "version: 1\nroles:\n- name: AliyunECSImageExportDefaultRole\n  trust: { service: ecs.aliyuncs.com }\n  \
         policies: [ { system: AliyunECSImageExportRolePolicy } ]\naccounts:\n- { id: \"2000000000000001\", \
         assume_role: ResourceDirectoryAccountAccessRole }\n- { id: \"2000000000000002\", assume_role: \
         ResourceDirectoryAccountAccessRole }\n",
    );
    program.run(&["sandbox", "seed", "preset:fleet"]).ends(0);
    program
        .run(&["apply", "fleet.yaml", "--sandbox", "--yes"])
        .ends(0);
    program.run(&["drift", "fleet.yaml", "--sandbox"]).ends(0);
}

#[test]
fn env_prints_what_a_client_of_that_port_needs() {
    let run = Program::new()
        .run(&["sandbox", "env", "--port", "4321"])
        .ends(0);
    run.says("export EXPORT_IAM_ENDPOINT_RAM=http://127.0.0.1:4321\n")
        .says("export EXPORT_IAM_ENDPOINT_OSS=http://127.0.0.1:4321\n")
        .says("export ALIBABA_CLOUD_ENDPOINT_ECS=127.0.0.1:4321\n")
        .says("export ALIBABA_CLOUD_ACCESS_KEY_ID=sandbox-key\n");
}

#[test]
fn a_damaged_state_file_is_told_and_left_as_it_is() {
    for damaged in ["", "{", "[]", "{\"format\":99}", "\u{1}\u{2}"] {
        let program = Program::new().file("state.json", damaged);
        let run = program.run(&["plan", "--sandbox=state.json"]).ends(1);
        run.warns("state.json`");
        assert_eq!(program.read("state.json"), damaged);
    }
}

// Signals and closed pipes.

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let mut kill = std::process::Command::new("kill");
    kill.args([&format!("-{name}"), &child.id().to_string()]);
    assert!(kill.status().unwrap().success());
}

/// Waits for a line on the stream that says `text`.
fn await_line(stream: &mut impl BufRead, text: &str) {
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        assert!(
            stream.read_line(&mut line).unwrap() > 0,
            "it ended without `{text}`"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_plan_ends_with_130() {
    for name in ["INT", "TERM"] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let program = Program::new()
            .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "x")
            .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "y")
            .with("EXPORT_IAM_ENDPOINT_RAM", &url)
            .with("EXPORT_IAM_ENDPOINT_STS", &url);
        let started = Instant::now();
        let child = program.command(&["plan"]).spawn().unwrap();
        // It is calling, and will not be answered.
        let _held = listener.accept().unwrap();
        signal(&child, name);
        finish(child, started).ends(130).warns("interrupted");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_apply_lets_calls_in_flight_end_and_begins_nothing_new() {
    let (server, program) = faulty(&["CreateRole=delay:300"]);
    let mut command = program.command(&["apply", "--yes", "-vv", "preset:image-export-custom"]);
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    // Both are sent together, and the role is not answered yet.
    await_line(&mut errors, "operation=\"CreatePolicy\"");
    signal(&child, "INT");
    let run = finish(child, started).ends(130);
    run.says("2 done, 0 failed, 0 unknown, 1 not run");
    assert_eq!(server.writes(), 2);
    program
        .run(&["apply", "--yes", "preset:image-export-custom"])
        .ends(0)
        .says("1 done");
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_abandons_calls_in_flight() {
    let (_server, program) = faulty(&["AttachPolicyToRole#1=delay:60000"]);
    let mut command = program.command(&["apply", "--yes", "-vv"]);
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    // Before it is on its way, it would be left out and not abandoned.
    let mut log = BufReader::new(child.stderr.take().unwrap());
    await_line(&mut log, "AttachPolicyToRole");
    signal(&child, "INT");
    // One alone would be waited out for five seconds; how soon the first is noticed is not for us to know.
    while child.try_wait().unwrap().is_none() {
        signal(&child, "INT");
    }
    await_line(&mut output, "1 unknown");
    finish(child, started).ends(130);
    program.run(&["apply", "--yes"]).ends(0);
}

/// Killed after each line of its log in turn, so at many different moments; the next run must finish the job.
#[cfg(unix)]
#[test]
fn an_apply_that_is_killed_is_finished_by_the_next() {
    for lines in 1..=8 {
        let program = Program::new();
        let apply = [
            "apply",
            "--sandbox",
            "--yes",
            "-vv",
            "preset:image-export-custom",
        ];
        let mut child = program.command(&apply).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let seen = errors.by_ref().take(lines).count();
        assert_eq!(seen, lines, "the log has only {seen} lines");
        child.kill().unwrap();
        child.wait().unwrap();
        program.run(&apply).ends(0);
        let again = program.run(&[
            "plan",
            "--sandbox",
            "--detailed-exitcode",
            "preset:image-export-custom",
        ]);
        again.ends(0).says("Nothing to do");
    }
}

/// As with `| head -1`: the reader goes away, the work is done all the same, and nothing panics.
#[test]
fn a_reader_that_goes_away_does_not_stop_an_apply() {
    let (server, program) = faulty(&[]);
    let started = Instant::now();
    let mut child = program.command(&["apply", "--yes"]).spawn().unwrap();
    drop(child.stdout.take());
    let run = finish(child, started).ends(0);
    assert!(!run.err.contains("panicked"), "{}", run.told());
    assert_eq!(server.writes(), 2);
    for arguments in [
        &["plan"][..],
        &["--help"],
        &["plan", "--help"],
        &["whoami"],
        &["bogus"],
    ] {
        let mut child = program.command(arguments).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        let status = child.wait().unwrap().code();
        assert!(matches!(status, Some(0 | 64)), "{arguments:?}: {status:?}");
    }
}

#[test]
fn a_risk_nobody_knows_is_a_usage_error_before_anything_is_read() {
    let program = Program::new();
    for command in ["apply", "destroy"] {
        let run = program
            .run(&[command, "no-such-spec.yaml", "--allow", "transiet"])
            .ends(64);
        assert!(run.err.contains("'transient'"), "{}", run.told());
        assert!(!run.err.contains("no-such-spec"), "{}", run.told());
    }
}

#[test]
fn a_path_that_is_the_name_of_a_preset_is_told_so() {
    let program = Program::new();
    for (given, meant) in [
        ("image-export", "image-export"),
        ("image-imprt", "image-import"),
        ("fleet", "fleet"),
    ] {
        program
            .run(&["plan", given])
            .ends(1)
            .warns("there is no such file")
            .warns(&format!(
                "hint: did you mean the built-in spec, `preset:{meant}`?"
            ));
    }
    program
        .run(&["plan", "specs/nightly.yaml"])
        .ends(1)
        .warns("hint: give a path, `-` for standard input, or `preset:NAME`");
    let with_file = Program::new().file("image-export", "version: 1\n");
    with_file.run(&["validate", "image-export"]).ends(0);
}

#[test]
fn the_state_file_is_named_as_it_was_given() {
    let program = Program::new().file(".export-iam/sandbox.json", "{");
    let run = program.run(&["plan", "--sandbox"]).ends(1);
    run.warns("error: `.export-iam/sandbox.json` is damaged");
    let mut serving = program
        .command(&["sandbox", "serve", "--sandbox=state.json"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(serving.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    let run = program.run(&["plan", "--sandbox=state.json"]);
    let reset = program.run(&["sandbox", "reset", "--sandbox=./state.json"]);
    serving.kill().unwrap();
    serving.wait().unwrap();
    run.ends(1)
        .warns("error: `state.json` is in use by another sandbox");
    reset
        .ends(1)
        .warns("state.json` is in use by another sandbox");
}

#[test]
fn every_variable_that_the_help_names_has_its_effect() {
    let help = Program::new().run(&["--help"]).ends(0).out;
    let mut named: Vec<&str> = help
        .split("[env:")
        .skip(1)
        .flat_map(|rest| rest.split(']').next().unwrap().split(','))
        .map(str::trim)
        .collect();
    named.sort_unstable();
    let effects = [
        (
            "ALIBABA_CLOUD_CA_BUNDLE",
            "CA bundle `no/such file` could not be read",
        ),
        (
            "ALIBABA_CLOUD_REGION_ID",
            "`ALIBABA_CLOUD_REGION_ID` is `no/such file`, which is no region",
        ),
    ];
    let known: Vec<&str> = effects.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, known);
    for (name, effect) in effects {
        Program::new()
            .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
            .with(name, "no/such file")
            .run(&["whoami"])
            .ends(1)
            .warns(effect);
    }
}

#[test]
fn a_cause_that_all_reads_share_is_told_once() {
    let run = Program::new()
        .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
        .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
        .run(&[
            "plan",
            "--endpoint",
            "ram=http://127.0.0.1:9",
            "--endpoint",
            "sts=http://127.0.0.1:9",
        ])
        .ends(5);
    assert_eq!(
        run.err.matches("refuses connections").count(),
        1,
        "{}",
        run.told()
    );
    assert!(
        run.err.contains("more reads failed for the same reason"),
        "{}",
        run.told()
    );
}

const FOR_GROUPS: &str = r#"{ "roles": [{
    "name": "AliyunECSImageExportDefaultRole",
    "trust": "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":[\"ecs.aliyuncs.com\"]},\"Action\":[\"sts:AssumeRole\"]}]}",
    "attachments": [
        { "policy": "system:AliyunECSImageExportRolePolicy" },
        { "policy": "system:AdministratorAccess", "resource_group": "rg-acfm1" }
    ] }] }"#;

const EXPORT_SPEC: &str = "version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
";

#[test]
fn a_policy_attached_for_a_resource_group_is_drift_and_is_detached_there() {
    let server = Server::of(FOR_GROUPS);
    let program = Program::new()
        .with_all(&server.environment())
        .file("spec.yaml", EXPORT_SPEC)
        .file(
            "detach.yaml",
            format!("{EXPORT_SPEC}    extra_policies: detach\n"),
        )
        .file(
            "keep.yaml",
            format!("{EXPORT_SPEC}    extra_policies: keep\n"),
        );
    let address = "role/AliyunECSImageExportDefaultRole/system:AdministratorAccess@rg-acfm1";
    program
        .run(&["drift", "spec.yaml"])
        .ends(2)
        .says(address)
        .says("is attached but not in the spec");
    let json = program
        .run(&["drift", "spec.yaml", "--format", "json"])
        .json();
    let finding = &json["accounts"][0]["findings"][0];
    assert_eq!(finding["address"], address, "{json:#}");
    assert_eq!(finding["severity"], "critical", "{json:#}");
    program.run(&["drift", "keep.yaml"]).ends(0);
    program
        .run(&["plan", "detach.yaml"])
        .ends(0)
        .says(&format!("- {address} is not in the spec, detach it"))
        .says("on the resources of group rg-acfm1 only")
        .says("DetachPolicyFromRole system:AdministratorAccess from AliyunECSImageExportDefaultRole for group rg-acfm1");
    program.run(&["apply", "detach.yaml", "--yes"]).ends(0);
    program.run(&["drift", "spec.yaml"]).ends(0);
    let world = server.sandbox().world().to_json().unwrap();
    assert!(world.contains("AliyunECSImageExportRolePolicy"));
    assert!(!world.contains("rg-acfm1"), "{world}");
}

#[test]
fn a_policy_that_is_there_for_a_group_only_is_missing_account_wide() {
    let seed = FOR_GROUPS
        .replace(
            "{ \"policy\": \"system:AliyunECSImageExportRolePolicy\" },",
            "",
        )
        .replace("AdministratorAccess", "AliyunECSImageExportRolePolicy");
    let server = Server::of(&seed);
    let program = Program::new()
        .with_all(&server.environment())
        .file("spec.yaml", EXPORT_SPEC);
    program
        .run(&["plan", "spec.yaml"])
        .ends(0)
        .says("is missing, attach it")
        .says("missing account-wide, there for group rg-acfm1");
    program.run(&["apply", "spec.yaml", "--yes"]).ends(0);
    program.run(&["drift", "spec.yaml"]).ends(0);
}

#[test]
fn attachments_that_may_not_be_looked_at_are_named_and_stop_only_who_is_strict() {
    let server = Server::of(FOR_GROUPS);
    let program = Program::new()
        .with_all(&server.environment())
        .with("EXPORT_IAM_ENDPOINT_RESOURCEMANAGER", "http://127.0.0.1:9")
        .file("spec.yaml", EXPORT_SPEC);
    let what =
        "what is attached for single resource groups was not looked at: ListPolicyAttachments: ";
    for command in ["plan", "drift"] {
        program.run(&[command, "spec.yaml"]).ends(0).says(what);
        program
            .run(&[command, "spec.yaml", "--strict"])
            .ends(5)
            .says(what);
        let json = program
            .run(&[command, "spec.yaml", "--format", "json"])
            .json();
        let said = json["accounts"][0]["not_read"].as_str().unwrap();
        assert!(said.starts_with(what), "{json:#}");
    }
    let writes = server.writes();
    for undo in [&[][..], &["--undo-out", "undo.json"]] {
        let arguments = [&["apply", "spec.yaml", "--yes", "--strict"], undo].concat();
        program.run(&arguments).ends(5).warns(what);
    }
    assert_eq!(server.writes(), writes);
    program.run(&["apply", "spec.yaml", "--yes"]).ends(0);
}

#[test]
fn a_misspelt_code_is_explained_where_it_can_mean_one_only() {
    let program = Program::new();
    program
        .run(&["explain", "InvalidOSSBucket.EncryptUnsuported"])
        .ends(0)
        .says("InvalidOSSBucket.EncryptUnsupported (ECS")
        .warns("`InvalidOSSBucket.EncryptUnsuported` is not a known error code; taken as `InvalidOSSBucket.EncryptUnsupported`");
    program
        .run(&["explain", "NotFound"])
        .ends(1)
        .warns("hint: did you mean one of ");
    program
        .run(&["explain", "Gibberish.Nothing"])
        .ends(1)
        .warns("hint: `export-iam explain` lists the known codes");
}
