//! What `integrations/` holds does what it says: its scripts are run as a CI system would, with inputs that a shell could
//! read more into.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use export_iam::sandbox::{Fleet, Options, World};
use serde_json::{Value, json};

use crate::support::golden::root;
use crate::support::program::finish;
use crate::support::{Program, Run, Server, StandIn};

/// A path that is a file name to a program and much more to a careless shell.
const ODD: &str = "-x $(touch hacked) `touch hacked`; touch hacked.yaml";

const SPEC: &str = "version: 1
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
";

/// Stands for `gh`: notes its words, and answers with the comments that are there.
const GH: &str = "#!/bin/sh
printf '%s\\n' \"$*\" >> gh-calls
[ ! -e gh-fails ] || exit 1
case \"$*\" in
  *--paginate*) cat comments ;;
esac
";

fn user(server: &Server) -> Program {
    let folder = Path::new(env!("CARGO_BIN_EXE_export-iam"))
        .parent()
        .unwrap();
    let program = Program::new().with_all(&server.environment());
    let bin = program.path().join("bin");
    let path = format!("{}:{}:/usr/bin:/bin", bin.display(), folder.display());
    let program = program
        .with("PATH", &path)
        .file("bin/gh", GH)
        .file("comments", "")
        .file(ODD, SPEC);
    std::fs::set_permissions(bin.join("gh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}

fn shell(program: &Program, name: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new(name);
    program.prepare(&mut command);
    let started = Instant::now();
    let run = finish(command.args(arguments).spawn().unwrap(), started);
    assert!(!program.path().join("hacked").exists(), "{arguments:?}");
    assert!(
        !program.path().join("hacked.yaml").exists(),
        "{arguments:?}"
    );
    run
}

/// Runs a script of the GitHub Action.
fn action(program: &Program, script: &str) -> Run {
    let path = root().join("integrations/github").join(script);
    shell(program, "bash", &[path.to_str().unwrap()])
}

fn github(server: &Server, fail_on: &str, spec: &str) -> Program {
    let program = user(server);
    let folder = program.path().to_str().unwrap().to_owned();
    program
        .with("RUNNER_TEMP", &folder)
        .with("GITHUB_OUTPUT", &format!("{folder}/outputs"))
        .with("GITHUB_EVENT_PATH", &format!("{folder}/event.json"))
        .with("GITHUB_REPOSITORY", "example/accounts")
        .with("REPORTS", &format!("{folder}/export-iam-reports"))
        .with("FAIL_ON", fail_on)
        .with("SPEC", spec)
        .file("event.json", r#"{"pull_request": {"number": 7}}"#)
}

#[test]
fn the_action_leaves_reports_and_the_status() {
    let server = Server::start(Options::default());
    let program = github(&server, "low", ODD);
    let run = action(&program, "drift.sh");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let outputs = program.read("outputs");
    assert!(outputs.contains("status=2\n"), "{outputs}");
    assert!(outputs.contains("\nsarif="), "{outputs}");
    let sarif: Value =
        serde_json::from_str(&program.read("export-iam-reports/drift.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(
        program
            .read("export-iam-reports/drift.xml")
            .contains("<testsuite")
    );
    let program = github(&server, "low", "missing.yaml");
    action(&program, "drift.sh");
    let outputs = program.read("outputs");
    assert!(
        outputs.contains("status=1\n") && !outputs.contains("sarif="),
        "{outputs}"
    );
}

#[test]
fn the_action_keeps_one_comment_up_to_date() {
    let server = Server::start(Options::default());
    let program = github(&server, "critical", ODD);
    action(&program, "drift.sh");
    assert!(
        program
            .read("export-iam-reports/drift.md")
            .starts_with("<!-- export-iam drift -->")
    );
    let body = program.path().join("export-iam-reports/drift.md");
    let body = body.display();
    let comments = "repos/example/accounts/issues/7/comments";
    assert_eq!(action(&program, "comment.sh").status, 0);
    let calls = program.read("gh-calls");
    let posted = format!("api --silent --method POST {comments} --field body=@{body}");
    assert_eq!(calls.lines().last(), Some(posted.as_str()), "{calls}");
    let program = program.file("comments", "42\n43\n");
    assert_eq!(action(&program, "comment.sh").status, 0);
    let calls = program.read("gh-calls");
    let changed = format!(
        "api --silent --method PATCH repos/example/accounts/issues/comments/42 --field body=@{body}"
    );
    assert_eq!(calls.lines().last(), Some(changed.as_str()), "{calls}");
    // Only a bot's comment that begins with our line is ours.
    let listing = calls
        .lines()
        .find(|line| line.contains("--paginate"))
        .unwrap();
    let filter = listing.split_once("--jq ").unwrap().1;
    let marked = "<!-- export-iam drift -->\nold";
    let there = json!([
        { "id": 1, "user": { "type": "User" }, "body": marked },
        { "id": 2, "user": { "type": "Bot" }, "body": format!("> {marked}") },
        { "id": 3, "user": { "type": "Bot" }, "body": marked },
    ]);
    let program = program.file("there.json", there.to_string());
    assert_eq!(shell(&program, "jq", &[filter, "there.json"]).out, "3\n");
    // Without the right to write, the status of drift still counts.
    let program = program.file("gh-fails", "");
    let run = action(&program, "comment.sh");
    assert_eq!(run.status, 0);
    assert!(run.out.starts_with("::warning::"), "{}", run.out);
    let program = program.file("event.json", "{}").file("gh-calls", "");
    assert_eq!(action(&program, "comment.sh").status, 0);
    assert_eq!(program.read("gh-calls"), "");
}

fn documents(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("integrations").join(file)).unwrap();
    let documents = text.split("\n---\n");
    documents
        .map(|text| serde_yaml::from_str(text).unwrap())
        .collect()
}

#[test]
fn the_gitlab_job_leaves_its_reports() {
    let job = &documents("gitlab/drift.gitlab-ci.yml")[0]["export-iam-drift"];
    let script = job["script"][0].as_str().unwrap();
    let server = Server::start(Options::default());
    for (spec, status) in [(ODD, 2), ("missing.yaml", 1)] {
        let program = user(&server)
            .with("EXPORT_IAM_SPEC", spec)
            .with("EXPORT_IAM_FAIL_ON", "low");
        let run = shell(&program, "sh", &["-c", &format!("set -e\n{script}")]);
        assert_eq!(run.status, status, "{}{}", run.out, run.err);
        let reports = job["artifacts"]["reports"].as_object().unwrap().values();
        let paths = job["artifacts"]["paths"]
            .as_array()
            .unwrap()
            .iter()
            .chain(reports);
        for path in paths.filter(|_| status == 2) {
            assert!(!program.read(path.as_str().unwrap()).is_empty(), "{path}");
        }
    }
}

const NOTES: &str = "/api/v4/projects/12/merge_requests/7/notes";
const TOKEN: &str = "glpat-CanaryToken_9.x";

/// Stands for GitLab, where these notes are on the merge request and the token is that of user 5.
fn gitlab(notes: Vec<Value>) -> StandIn {
    StandIn::start(move |asked| {
        let reply = |status, value: Value| (status, Vec::new(), value.to_string());
        if asked.headers["private-token"] != TOKEN {
            return reply(401, json!({ "message": "401 Unauthorized" }));
        }
        match (asked.method.as_str(), asked.path.split('?').next().unwrap()) {
            ("GET", "/api/v4/user") => {
                reply(200, json!({ "id": 5, "username": "project_12_bot_1" }))
            }
            ("GET", NOTES) => {
                let page = asked.path.split("page=").last().unwrap();
                let first = (page.parse::<usize>().unwrap() - 1) * 100;
                let page: Vec<_> = notes.iter().skip(first).take(100).cloned().collect();
                reply(200, json!(page))
            }
            ("POST", NOTES) => reply(201, json!({ "id": 99 })),
            ("PUT", path) if path.starts_with(NOTES) => reply(200, json!({ "id": 42 })),
            _ => reply(404, json!({ "message": "404 Not Found" })),
        }
    })
}

fn note(id: u32, author: u32, body: &str) -> Value {
    json!({ "id": id, "author": { "id": author }, "body": body, "system": false })
}

/// A job on a merge request that has left this report.
fn merge_request(gitlab: &StandIn, report: &str) -> Program {
    Program::new()
        .with("PATH", "/usr/bin:/bin")
        .with("CI_API_V4_URL", &format!("{}/api/v4", gitlab.url()))
        .with("CI_PROJECT_ID", "12")
        .with("CI_MERGE_REQUEST_IID", "7")
        .file("drift.md", report)
}

fn comment(program: &Program) -> Run {
    let script = root().join("integrations/gitlab/comment.sh");
    let run = shell(program, "sh", &[script.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.told());
    assert!(!run.told().contains("Canary"), "{}", run.told());
    run
}

/// The last thing that was asked: method, path and the text of the note.
fn written(gitlab: &StandIn) -> (String, String, String) {
    let asked = gitlab.asked().pop().unwrap();
    assert_eq!(asked.headers["content-type"], "application/json");
    let sent: Value = serde_json::from_str(&asked.body).unwrap();
    (
        asked.method,
        asked.path,
        sent["body"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn the_gitlab_job_keeps_one_note_up_to_date() {
    let report = format!("<!-- export-iam drift -->\n## {ODD} \"é\"\n\\n\n");
    let old = "<!-- export-iam drift -->\nold";
    let gitlab = gitlab_with_strangers(0);
    let program = merge_request(&gitlab, &report).with("EXPORT_IAM_GITLAB_TOKEN", TOKEN);
    assert_eq!(comment(&program).out, "");
    let made = ("POST".to_owned(), NOTES.to_owned(), report.clone());
    assert_eq!(written(&gitlab), made);
    // The note of last time is on the third page.
    let mut notes = strangers(230);
    notes.extend([note(42, 5, old), note(43, 5, old)]);
    let gitlab = self::gitlab(notes);
    let program = merge_request(&gitlab, &report).with("EXPORT_IAM_GITLAB_TOKEN", TOKEN);
    assert_eq!(comment(&program).out, "");
    let changed = ("PUT".to_owned(), format!("{NOTES}/42"), report);
    assert_eq!(written(&gitlab), changed);
}

/// Notes that are not ours, though some look so.
fn strangers(count: u32) -> Vec<Value> {
    let bodies = [
        "<!-- export-iam drift -->\nnot by the bot",
        "> <!-- export-iam drift -->",
    ];
    let ours = note(1, 5, bodies[1]);
    let others = (2..=count).map(|id| note(id, 6, bodies[0]));
    std::iter::once(ours).chain(others).collect()
}

fn gitlab_with_strangers(count: u32) -> StandIn {
    gitlab(strangers(count))
}

#[test]
fn without_a_token_or_a_report_the_gitlab_job_says_so_and_asks_nothing() {
    let report = "<!-- export-iam drift -->\n";
    let gitlab = gitlab(Vec::new());
    let run = comment(&merge_request(&gitlab, report));
    assert!(
        run.out.contains("EXPORT_IAM_GITLAB_TOKEN is not set"),
        "{}",
        run.told()
    );
    let odd = format!("{TOKEN}\"\nurl = \"http://127.0.0.1:9/");
    let run = comment(&merge_request(&gitlab, report).with("EXPORT_IAM_GITLAB_TOKEN", &odd));
    assert!(run.out.contains("is not a token"), "{}", run.told());
    let run = comment(&merge_request(&gitlab, "").with("EXPORT_IAM_GITLAB_TOKEN", TOKEN));
    assert!(run.out.contains("drift left no report"), "{}", run.told());
    let program = merge_request(&gitlab, report).with("EXPORT_IAM_GITLAB_TOKEN", TOKEN);
    let run = comment(&program.with("CI_MERGE_REQUEST_IID", ""));
    assert_eq!(run.out, "");
    assert!(gitlab.asked().is_empty());
}

#[test]
fn a_gitlab_token_that_may_not_write_leaves_the_status_of_drift_alone() {
    let gitlab = gitlab(Vec::new());
    let program = merge_request(&gitlab, "<!-- export-iam drift -->\n");
    let run = comment(&program.with("EXPORT_IAM_GITLAB_TOKEN", "glpat-CanaryOther"));
    assert!(run.out.contains("could not be written"), "{}", run.told());
    assert!(gitlab.asked().iter().all(|asked| asked.method == "GET"));
}

#[test]
fn the_image_has_the_script_that_the_gitlab_job_runs() {
    let job = &documents("gitlab/drift.gitlab-ci.yml")[0]["export-iam-drift"];
    let after = job["after_script"].as_array().unwrap();
    let [after] = after.as_slice() else {
        panic!("{after:?}");
    };
    let image = std::fs::read_to_string(root().join("integrations/docker/Dockerfile")).unwrap();
    let copied = format!(
        "integrations/gitlab/comment.sh /usr/local/bin/{}\n",
        after.as_str().unwrap()
    );
    assert!(image.contains(&copied), "{copied}");
}

#[test]
fn the_pods_of_the_job_work_on_all_accounts_between_them() {
    let documents = documents("kubernetes/drift.yaml");
    let job = &documents[2]["spec"];
    let container = &job["template"]["spec"]["containers"][0];
    let script = container["args"][0].as_str().unwrap();
    let variables = container["env"].as_array().unwrap().iter();
    let parts = variables
        .filter(|variable| variable["name"] == "PARTS")
        .map(|variable| variable["value"].as_str().unwrap());
    let completions = job["completions"].as_u64().unwrap();
    assert_eq!(parts.collect::<Vec<_>>(), [completions.to_string()]);
    let server = Server::start(Options {
        seed: Some(
            World::fleet(Fleet {
                members: 12,
                ..Fleet::default()
            })
            .unwrap(),
        ),
        ..Options::default()
    });
    let program = user(&server)
        .file(
            "fleet.yaml",
            format!("{SPEC}discover: {{ resource_directory: true }}\n"),
        )
        .with("SPEC", "fleet.yaml")
        .with("REPORTS", ".")
        .with("PARTS", &completions.to_string());
    let mut merged = vec![
        "report".to_owned(),
        "merge".to_owned(),
        "--format".to_owned(),
        "json".to_owned(),
    ];
    for index in 0..completions {
        let script = format!("JOB_COMPLETION_INDEX={index}; {script}");
        let run = shell(&program, "sh", &["-c", &script]);
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        merged.push(format!("part-{index}.json"));
    }
    let merged: Vec<&str> = merged.iter().map(String::as_str).collect();
    let report = program.run(&merged).json();
    assert_eq!(report["accounts"].as_array().unwrap().len(), 12);
}
