//! Everything that may be wrong with what comes in, from specs to networks: one clear error, the right exit
//! status, nothing written, soon.

use std::thread;
use std::time::Duration;

use crate::support::mishaps::MISHAPS;
use crate::support::{Program, Run, Server};
use serde_json::json;

/// The longest that a user should have to wait for bad news.
const SOON: Duration = Duration::from_secs(10);

/// What holds of every failure, whatever went wrong.
fn problems(run: &Run, status: i32, says: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    if run.status != status {
        problems.push(format!("should end with {status}"));
    }
    if run.took > SOON {
        problems.push("took too long".to_owned());
    }
    if !run.err.lines().any(|line| line.starts_with("error: ")) {
        problems.push("shows no error".to_owned());
    }
    if !run.out.is_empty() {
        problems.push("has a result".to_owned());
    }
    let missing = says.iter().filter(|words| !run.err.contains(**words));
    problems.extend(missing.map(|words| format!("does not say `{words}`")));
    if run.err.contains("panicked") || run.err.contains("bug in export-iam") {
        problems.push("takes itself for broken".to_owned());
    }
    if run.err.chars().any(|c| c.is_control() && c != '\n') {
        problems.push("prints control characters".to_owned());
    }
    problems
}

/// Fails with everything that is wrong with any of the runs.
fn judge(wrong: Vec<(String, Vec<String>, Run)>) {
    let told: Vec<String> = wrong
        .iter()
        .filter(|(_, problems, _)| !problems.is_empty())
        .map(|(name, problems, run)| format!("## {name}: {}\n{}", problems.join(", "), run.told()))
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn whatever_happens_on_the_way_is_told_and_nothing_is_written() {
    let tries = MISHAPS
        .iter()
        .flat_map(|mishap| [(mishap, "plan"), (mishap, "apply")]);
    // Side by side: some of them wait for a deadline.
    let runs: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = tries
            .map(|(mishap, command)| {
                scope.spawn(move || {
                    let (place, program) = mishap.happens();
                    let mut arguments = vec![command];
                    arguments.extend((command == "apply").then_some("--yes"));
                    arguments.extend(mishap.arguments);
                    let run = program.run(&arguments);
                    let mut problems = problems(&run, mishap.status, mishap.says);
                    if place.writes() > 0 {
                        problems.push("wrote".to_owned());
                    }
                    (format!("{command}: {}", mishap.name), problems, run)
                })
            })
            .collect();
        running.into_iter().map(|run| run.join().unwrap()).collect()
    });
    judge(runs);
}

/// A spec file that is wrong, and what is said about it.
struct BadSpec {
    name: &'static str,
    text: Vec<u8>,
    says: &'static [&'static str],
}

fn bad(name: &'static str, text: impl AsRef<[u8]>, says: &'static [&'static str]) -> BadSpec {
    BadSpec {
        name,
        text: text.as_ref().to_vec(),
        says,
    }
}

fn bad_specs() -> Vec<BadSpec> {
    let role = "version: 1\nroles:\n- name: Nightly\n  trust: { service: ecs.aliyuncs.com }\n";
    let with = |text: &str| format!("{role}{text}");
    let laughs: String = (1..30)
        .map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1))
        .fold("version: 1\na0: &a0 [x]\n".to_owned(), |text, line| {
            text + &line
        });
    let broken =
        "  policies: [ { custom: P } ]\npolicies: [ { name: P, document: ../doc.json } ]\n";
    vec![
        bad("empty", "", &["spec.yaml: the spec is empty", "hint: "]),
        bad(
            "only a comment",
            "# nothing\n",
            &["spec.yaml: the spec is empty"],
        ),
        bad("null", "~\n", &["spec.yaml"]),
        bad("a list", "- version: 1\n", &["spec.yaml"]),
        bad(
            "huge",
            format!("version: 1\n#{}\n", "x".repeat(2 << 20)),
            &["spec.yaml:", "is larger than 1 MiB"],
        ),
        bad(
            "nested lists",
            format!("version: 1\nroles: {}\n", "[".repeat(100_000)),
            &["spec.yaml:2:"],
        ),
        bad(
            "nested maps",
            format!("version: 1\nroles: {}\n", "{a: ".repeat(100_000)),
            &["spec.yaml:2:"],
        ),
        bad(
            "nested blocks",
            (0..2000).fold("version: 1\nroles:\n".to_owned(), |text, n| {
                text + &" ".repeat(n) + "- \n"
            }),
            &["spec.yaml:"],
        ),
        bad(
            "aliases of aliases",
            laughs,
            &["spec.yaml: expands to far more", "hint: "],
        ),
        bad(
            "key twice",
            with("version: 1\n"),
            &["spec.yaml:5:", "version"],
        ),
        bad(
            "role twice",
            with("- name: NIGHTLY\n  trust: { service: ecs.aliyuncs.com }\n"),
            &["spec.yaml:5:", "NIGHTLY"],
        ),
        bad(
            "unknown key",
            with("  polices: []\n"),
            &["spec.yaml:5:", "polices", "did you mean `policies`?"],
        ),
        bad(
            "account id without quotes",
            with("accounts: [ { id: 1234567890123456 } ]\n"),
            &["spec.yaml:5:", "1234567890123456", "hint: "],
        ),
        bad("no such document", with(broken), &["doc.json"]),
        bad(
            "document outside",
            with(&broken.replace("../doc.json", "../../doc.json")),
            &["spec.yaml:6:", "../../doc.json"],
        ),
        bad(
            "document at an absolute path",
            with(&broken.replace("../doc.json", "/etc/passwd")),
            &["spec.yaml:6:", "/etc/passwd"],
        ),
        bad(
            "document behind a link",
            with(&broken.replace("../doc.json", "link.json")),
            &["spec.yaml:6:", "link.json"],
        ),
        bad(
            "document that is a folder",
            with(&broken.replace("../doc.json", ".")),
            &["spec.yaml:6:"],
        ),
        bad(
            "document that never ends",
            with(&broken.replace("../doc.json", "zero.json")),
            &["spec.yaml:6:", "zero.json"],
        ),
        bad(
            "not text",
            b"version: 1\nroles: \xff\xfe\n",
            &["spec.yaml:2:", "UTF-8"],
        ),
        bad(
            "UTF-16",
            b"\xff\xfev\0e\0r\0",
            &["spec.yaml:1:1: is UTF-16 text"],
        ),
        bad(
            "control characters",
            "version: 1\nroles: \"\u{1b}[31m\u{7}\"\n",
            &["spec.yaml:", "control characters"],
        ),
        bad("two documents", with("---\nversion: 1\n"), &["spec.yaml:"]),
        bad("broken YAML", "version: 1\nroles: [\n", &["spec.yaml:"]),
        bad(
            "a tag that makes objects",
            "version: !!python/object/apply:os.system [id]\n",
            &["spec.yaml:1:"],
        ),
        bad("later version", "version: 2\n", &["spec.yaml:1:"]),
    ]
}

#[test]
fn whatever_is_wrong_with_a_spec_is_told_with_its_place_and_nothing_is_called() {
    let server = Server::of("{}");
    let mut runs = Vec::new();
    for BadSpec { name, text, says } in bad_specs() {
        let program = Program::new()
            .with_all(&server.environment())
            .file("specs/in/spec.yaml", text);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/passwd", program.path().join("specs/in/link.json"))
                .unwrap();
            std::os::unix::fs::symlink("/dev/zero", program.path().join("specs/in/zero.json"))
                .unwrap();
        }
        for command in [&["plan"][..], &["apply", "--yes"], &["validate"]] {
            let run = program.run(&[command, &["specs/in/spec.yaml"]].concat());
            runs.push((
                format!("{}: {name}", command[0]),
                problems(&run, 1, says),
                run,
            ));
        }
    }
    judge(runs);
    assert_eq!(server.calls().records().count(), 0);
}

#[test]
fn spec_files_that_cannot_be_read_are_told_by_name() {
    let server = Server::of("{}");
    let program = Program::new()
        .with_all(&server.environment())
        .file("folder/x", "");
    let mut named = vec![
        ("missing.yaml", "there is no such file"),
        ("folder", "is a folder"),
        ("folder/x/y", "folder/x/y"),
    ];
    #[cfg(unix)]
    {
        let mut make = std::process::Command::new("mkfifo");
        assert!(
            make.arg(program.path().join("pipe"))
                .status()
                .unwrap()
                .success()
        );
        named.extend([
            ("pipe", "is not a regular file"),
            ("/dev/zero", "is not a regular file"),
        ]);
    }
    let mut runs = Vec::new();
    for (name, says) in named {
        let run = program.run(&["plan", name]);
        runs.push((name.to_owned(), problems(&run, 1, &[name, says]), run));
    }
    let endless = program.run_with(&["plan", "-"], &vec![b'#'; 3 << 20]);
    runs.push((
        "endless input".to_owned(),
        problems(&endless, 1, &["<stdin>", "larger than 1 MiB"]),
        endless,
    ));
    judge(runs);
    assert_eq!(server.calls().records().count(), 0);
}

/// RAM would not take such a document; if it is there all the same, it is shown and not trusted.
#[test]
fn a_live_document_that_is_not_json_is_shown_and_replaced_only_when_that_is_allowed() {
    for text in [
        "allow everything",
        "{\"Version\":",
        "",
        "\u{1b}[31mred",
        "[]",
        "null",
    ] {
        let role = json!({ "name": "AliyunECSImageExportDefaultRole", "trust": text,
            "attachments": [ { "policy": "custom:ImageExportToOss" } ] });
        let policy = json!({ "name": "ImageExportToOss", "versions": [ { "document": text } ] });
        let server = Server::of(&json!({ "roles": [role], "policies": [policy] }).to_string());
        let program = Program::new().with_all(&server.environment());
        let run = program.run(&["plan", "preset:image-export-custom"]).ends(0);
        assert!(!run.out.contains('\u{1b}'), "{}", run.told());
        run.says("CreatePolicyVersion")
            .says("UpdateRole")
            .says("document: the live text cannot be interpreted")
            .says("trust policy: the live text cannot be interpreted");
        let apply = ["apply", "preset:image-export-custom", "--yes"];
        let run = program.run(&apply).ends(3);
        run.warns("refused: policy/ImageExportToOss: its live document cannot be interpreted")
            .warns("refused: role/AliyunECSImageExportDefaultRole: its live trust policy")
            .warns("add `--allow uninterpreted`");
        program
            .run(&["drift", "preset:image-export-custom"])
            .ends(2)
            .says("high");
        assert_eq!(server.writes(), 0);
        program
            .run(&["adopt"])
            .ends(5)
            .warns("not in the spec: role `AliyunECSImageExportDefaultRole`");
        let allowed = ["--allow", "uninterpreted", "--allow", "transient"];
        program.run(&[&apply[..], &allowed].concat()).ends(0);
        program
            .run(&["plan", "preset:image-export-custom", "--detailed-exitcode"])
            .ends(0);
    }
}

#[test]
fn the_line_of_a_mistake_is_shown_with_the_place_underlined_and_nothing_hidden() {
    let spec = "version: 1\nroles:\n  - { name: 导出, truts: 1 } # \u{202e}hidden\naccounts:\n  - { id: 5, external_id: \"half a secret\" }\n";
    let run = Program::new()
        .file("spec.yaml", spec)
        .run(&["validate", "spec.yaml"])
        .ends(1)
        .warns("`roles[0].truts`: unknown key `truts`\n   3 |   - { name: 导出, truts: 1 } # \\u{202e}hidden\n     |                   ^^^^^\nhint: did you mean `trust`?\n");
    assert!(
        run.err.contains("accounts[0].external_id"),
        "{}",
        run.told()
    );
    for hidden in ["\u{202e}", "half a secret"] {
        assert!(!run.err.contains(hidden), "{}", run.told());
    }
}
