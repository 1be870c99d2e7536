//! `export` against the sandbox: what is printed, how it ends, and what a signal does.

use std::io::Read;
use std::process::{Child, Command};
use std::time::Instant;

use serde_json::{Value, json};

use crate::support::healthy::healthy;
use crate::support::program::finish;
use crate::support::{Program, Run, Schema};

const EXPORT: [&str; 7] = [
    "export",
    "--sandbox",
    "--region",
    "cn-hangzhou",
    "--bucket",
    "exports-hz",
    "--image",
];
const IMAGE: &str = "m-bp1app";

/// A program whose sandbox holds the healthy state after `change`, with exports that take so many seconds.
fn with_state(seconds: u32, change: impl FnOnce(&mut Value)) -> Program {
    healthy(|state| {
        let account = &mut state["accounts"][0];
        account["exports"] = json!({ "seconds": seconds });
        change(account);
    })
}

fn export(program: &Program, more: &[&str]) -> Run {
    let mut arguments = EXPORT.to_vec();
    arguments.push(IMAGE);
    arguments.extend(more);
    program.run(&arguments)
}

fn follow(program: &Program, task: &str, more: &[&str]) -> Run {
    let mut arguments = EXPORT[..4].to_vec();
    arguments.extend(["--task", task]);
    arguments.extend(more);
    program.run(&arguments)
}

/// What the account holds of tasks.
fn tasks(program: &Program) -> Vec<Value> {
    let state = program.read(".export-iam/sandbox.json");
    let state: Value = serde_json::from_str(&state).unwrap();
    state["accounts"][0]["tasks"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// The part of the report that is about what was started.
fn exported(run: &Run) -> Value {
    let report = run.json();
    assert_eq!(report["kind"], "export");
    assert_eq!(Schema::read().problems(&run.out), Vec::<String>::new());
    report["accounts"][0]["export"].clone()
}

#[test]
fn an_image_is_exported_to_its_objects() {
    let program = with_state(0, |_| {});
    let run = export(&program, &["--yes", "--prefix", "Nightly"]).ends(0);
    let run = run.says("ready\nExported: 2 objects, 66 bytes, in 0 s, task t-sandbox");
    let run = run.says("  Nightly_m-bp1app_system.raw.tar.gz     33 bytes\n");
    assert!(!run.out.contains("x-oss-signature"));
    let run = export(&program, &["--yes", "--format", "json"]).ends(0);
    let export = exported(&run);
    assert_eq!(export["outcome"], "exported");
    let keys: Vec<&str> = export["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            "m-bp1app_data_xvdb.raw.tar.gz",
            "m-bp1app_system.raw.tar.gz"
        ]
    );
    assert_eq!(run.json()["summary"]["in_sync"], true);
}

/// Without a terminal nobody is asked, and nothing is started.
#[test]
fn nothing_is_started_unless_it_is_ready_and_confirmed() {
    let program = with_state(0, |_| {});
    export(&program, &[]).ends(3).warns("add `--yes` to go on");
    let blocked = with_state(0, |account| {
        account["images"][0]["status"] = json!("Creating")
    });
    let run = export(&blocked, &["--yes", "--format", "json"]).ends(2);
    assert_eq!(exported(&run), Value::Null);
    assert_eq!(run.json()["accounts"][0]["exports"][0]["answer"], "blocked");
    export(&blocked, &["--yes", "--force"]).ends(2);
    let policy = json!({ "Version": "1", "Statement": [{ "Effect": "Deny", "Action": "oss:PutObject",
        "Principal": ["*"], "Resource": "*", "Condition": { "Bool": { "acs:SecureTransport": "false" } } }] });
    let depends = with_state(0, |account| account["buckets"][0]["policy"] = policy);
    export(&depends, &["--yes"])
        .ends(5)
        .warns("add `--force` to try");
    for program in [&program, &blocked, &depends] {
        assert_eq!(tasks(program), Vec::<Value>::new());
    }
    export(&depends, &["--yes", "--force"]).ends(0);
}

#[test]
fn each_bad_ending_has_its_words_and_its_status() {
    for (ending, status, outcome, says) in [
        (
            "failed",
            4,
            "failed",
            "failed, so the image is not exported: ",
        ),
        ("incomplete", 4, "failed", "DiskExportFailed: The snapshot"),
        (
            "without-objects",
            4,
            "missing",
            "finished, but these objects are not there: m-bp1app_",
        ),
        (
            "refused",
            1,
            "refused",
            "no export was started: ExportImage `image m-bp1app`: ExportImageFailed",
        ),
    ] {
        let program = with_state(0, |account| account["exports"]["ending"] = json!(ending));
        let run = export(&program, &["--yes", "--format", "json"])
            .ends(status)
            .warns(says);
        assert_eq!(exported(&run)["outcome"], outcome);
        let errors = run.json()["accounts"][0]["errors"].clone();
        assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
    }
}

#[test]
fn a_detached_export_is_taken_up_again_and_a_second_one_told_of_it() {
    let program = with_state(7200, |_| {});
    let run = export(&program, &["--yes", "--detach", "--format", "json"]).ends(0);
    let task = exported(&run)["task"].as_str().unwrap().to_owned();
    let second = export(&program, &["--yes"]).ends(1);
    let second =
        second.warns("no export was started: ExportImage `image m-bp1app`: ImageIsExporting");
    second.warns(&format!(
        "`export-iam export --region cn-hangzhou --task {task}`"
    ));
    // It would take two hours.
    let run = follow(&program, &task, &["--deadline", "1"]).ends(5);
    run.warns(&format!("task {task} can no longer be followed"));
    let program = with_state(0, |_| {});
    let run = export(&program, &["--yes", "--detach"])
        .ends(0)
        .says("Started: task t-");
    let task = run.out.split("task ").last().unwrap().trim().to_owned();
    let run = follow(&program, &task, &["--format", "json"]).ends(0);
    assert_eq!(exported(&run)["outcome"], "exported");
    follow(&program, "t-none", &[])
        .ends(1)
        .warns("there is no task `t-none`");
}

#[test]
fn a_link_is_printed_only_where_it_is_asked_for_and_never_into_a_report() {
    let program = with_state(0, |_| {});
    let run = export(
        &program,
        &["--yes", "--url", "1h", "-vv", "--report", "json=r.json"],
    )
    .ends(0);
    let links = run
        .out
        .lines()
        .filter(|line| line.starts_with("http://127.0.0.1:"));
    assert_eq!(links.count(), 2, "{}", run.told());
    assert!(run.out.contains("x-oss-expires=3600"));
    assert!(!run.err.contains("x-oss-signature"), "{}", run.told());
    assert!(!program.read("r.json").contains("x-oss-signature"));
    export(&program, &["--yes", "--url", "1h", "--format", "json"]).ends(64);
    for life in ["0s", "169h", "soon", "-1h"] {
        let option = format!("--url={life}");
        export(&program, &["--yes", &option]).ends(64);
    }
}

#[test]
fn what_is_not_one_export_is_refused() {
    let program = with_state(0, |_| {});
    program.run(&EXPORT[..6]).ends(64).warns("needs the image");
    program
        .run(&[
            "export",
            "--sandbox",
            "--region",
            "cn-hangzhou",
            "--image",
            IMAGE,
            "--yes",
        ])
        .ends(64)
        .warns("no bucket is named");
    program
        .run(&["export", "--sandbox", "--task", "t-1"])
        .ends(64)
        .warns("--region");
    let spec = "version: 1\nexports:\n  - { region: cn-hangzhou, bucket: exports-hz }\n  \
                - { region: cn-hangzhou, bucket: exports-other }\nroles:\n  \
                - { name: AliyunECSImageExportDefaultRole, trust: { service: ecs.aliyuncs.com }, \
                policies: [{ system: AliyunECSImageExportRolePolicy }] }\n";
    let program = program.file("export-iam.yaml", spec);
    let arguments = ["export", "--sandbox", "--image", IMAGE, "--yes"];
    program
        .run(&arguments)
        .ends(64)
        .warns("several exports here: exports-hz, exports-other");
    assert_eq!(tasks(&program), Vec::<Value>::new());
}

/// Starts an export that takes two hours; gives it once its task runs, with what it said so far.
fn running(program: &Program, more: &[&str]) -> (Child, String) {
    let mut arguments = EXPORT.to_vec();
    arguments.extend([IMAGE, "--yes"]);
    arguments.extend(more);
    let mut child = program.command(&arguments).spawn().unwrap();
    let err = child.stderr.as_mut().unwrap();
    let mut said = Vec::new();
    let mut byte = [0];
    while !said.ends_with(b" runs\n") {
        assert_eq!(
            err.read(&mut byte).unwrap(),
            1,
            "{}",
            String::from_utf8_lossy(&said)
        );
        said.extend(byte);
    }
    (child, String::from_utf8(said).unwrap())
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn a_signal_leaves_the_task_to_run_by_name_or_cancels_it() {
    for (option, status, outcome, says) in [
        (&[][..], Value::Null, "interrupted", "runs on"),
        (
            &["--cancel-on-interrupt"],
            json!("Deleted"),
            "cancelled",
            "is cancelled",
        ),
    ] {
        let program = with_state(7200, |_| {});
        let (child, _) = running(&program, &[option, &["--format", "json"]].concat());
        let started = Instant::now();
        interrupt(&child);
        let run = finish(child, started).ends(130);
        assert!(run.took.as_secs() < 10, "{}", run.told());
        let task = exported(&run)["task"].as_str().unwrap().to_owned();
        assert_eq!(exported(&run)["outcome"], outcome);
        let held = tasks(&program);
        assert_eq!(held.len(), 1);
        assert_eq!(
            (&held[0]["id"], &held[0]["end"]["status"]),
            (&json!(task), &status)
        );
        let run = run.warns(&format!("interrupted; task {task} {says}"));
        assert_eq!(
            run.err.contains("CancelTask"),
            option.is_empty(),
            "{}",
            run.told()
        );
    }
}
