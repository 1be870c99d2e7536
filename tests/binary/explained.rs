//! Whoever meets an error of a service is told how to have it explained: the last lines of standard error name the
//! command, once for each code, for an error of any command. `tests/explain/printed.txt` shows how that looks.

use std::fmt::Write as _;

use export_iam::explain::all;
use export_iam::sandbox::{Fleet, Options, World};
use serde_json::json;

use crate::support::golden::root;
use crate::support::healthy::SPEC;
use crate::support::{Golden, Program, Run, Server, StandIn};

/// The codes that the last lines of standard error explain.
fn explained(run: &Run) -> Vec<String> {
    let line = |line: &str| {
        line.strip_prefix("explain: export-iam explain ")
            .map(str::to_owned)
    };
    let mut codes: Vec<String> = run.err.lines().rev().map_while(line).collect();
    codes.reverse();
    let count = run.err.matches("explain: ").count();
    assert_eq!(count, codes.len(), "not at the end: {}", run.told());
    codes
}

/// Asks who is calling of a service that answers with `code`.
fn refused_with(code: &str, status: u16) -> Run {
    let body = json!({ "RequestId": "r", "HostId": "h", "Code": code, "Message": "no" });
    // A wait of a millisecond before each repeat.
    let headers = || vec![("x-acs-retry-after", "1".to_owned())];
    let service = StandIn::start(move |_| (status, headers(), body.to_string()));
    Program::new()
        .with("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAImadeup")
        .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "made-up")
        .with("EXPORT_IAM_ENDPOINT_STS", service.url())
        .run(&["whoami"])
}

/// Where calls are throttled the program waits for real; the unit tests of `cli/failure.rs` have those codes too.
#[test]
fn an_error_with_any_known_code_names_the_command() {
    let known = all().iter().flat_map(|known| {
        let status = known.status[0];
        known.names().map(move |code| (code, status))
    });
    for (code, status) in known.filter(|(code, _)| !code.contains("Throttling")) {
        let run = refused_with(code, status);
        assert!(![0, 2].contains(&run.status), "{code}: {}", run.told());
        assert_eq!(explained(&run), [code], "{}", run.told());
    }
}

#[test]
fn an_error_that_nobody_can_explain_names_no_command() {
    let run = refused_with("Made.Up", 400);
    assert!(run.err.contains("Made.Up"), "{}", run.told());
    assert_eq!(explained(&run), Vec::<String>::new());
}

/// A user of a sandbox with these faults.
fn with_faults(seed: Option<World>, faults: &[&str]) -> (Program, Server) {
    let rules = faults.iter().map(|rule| rule.parse().unwrap()).collect();
    let server = Server::start(Options {
        seed,
        faults: export_iam::sandbox::FaultPlan::new(rules),
        ..Options::default()
    });
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", SPEC);
    (program, server)
}

fn state(name: &str) -> Option<World> {
    let text = std::fs::read_to_string(root().join("states").join(name)).unwrap();
    Some(World::from_json(&text).unwrap())
}

/// The text without the numbers of its requests, which go by the order in which those came.
fn without_ids(text: &str) -> String {
    let mut parts = text.split("(request id ");
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        let _ = write!(shown, "(request id …{}", &part[part.find(')').unwrap()..]);
    }
    shown
}

/// What went wrong, for whom, and how it is told.
fn scenes() -> Vec<(&'static str, Run, &'static [&'static str])> {
    let export = |command| {
        let place = [
            "--region",
            "cn-hangzhou",
            "--bucket",
            "exports-hz",
            "--image",
            "m-bp1app",
        ];
        [&[command], place.as_slice()].concat()
    };
    let mut scenes = Vec::new();
    let (program, _server) = with_faults(None, &["GetRole=no-permission"]);
    scenes.push((
        "a read is refused",
        program.run(&["plan"]),
        ["NoPermission"].as_slice(),
    ));
    let quiet = program.run(&["plan", "-q"]);
    scenes.push(("a read is refused, quietly", quiet, &["NoPermission"]));
    let (program, _server) = with_faults(None, &["AttachPolicyToRole=no-permission"]);
    let run = program.run(&["apply", "--yes"]);
    scenes.push(("a write is refused", run, &["NoPermission"]));
    let (program, _server) = with_faults(None, &["ListPolicyAttachments=no-permission"]);
    scenes.push((
        "a part is not looked at",
        program.run(&["plan"]),
        &["NoPermission"],
    ));
    let (program, _server) = with_faults(state("trust-wrong.json"), &[]);
    let run = program.run(&["drift"]);
    scenes.push(("exports are blocked", run, &["NoSetRoletoECSServiceAcount"]));
    let run = program.run(&["destroy"]);
    scenes.push(("nothing is explained that is wanted", run, &[]));
    let faults = [
        "DescribeImages=no-permission",
        "GetBucketPolicy=no-permission",
    ];
    let (program, _server) = with_faults(state("healthy.json"), &faults);
    let run = program.run(&export("verify"));
    scenes.push((
        "layers are not read",
        run,
        &["AccessDenied", "Forbidden.RAM"],
    ));
    let (program, _server) = with_faults(state("image-encrypted.json"), &[]);
    let run = program.run(&export("export"));
    scenes.push(("an image cannot be exported", run, &["ImageNotSupported"]));
    let (program, _server) = with_faults(state("healthy.json"), &["ExportImage=no-permission"]);
    let run = program.run(&[export("export"), vec!["--yes"]].concat());
    scenes.push(("an export is refused", run, &["Forbidden.RAM"]));
    let lacking = json!({ "Version": "1", "Statement": [] });
    let program = Program::new().file("empty.json", lacking.to_string());
    let run = program.run(&["policy", "check", "empty.json", "--bucket", "exports-hz"]);
    scenes.push((
        "a document lacks the actions",
        run,
        &["InvalidOSS.NotAuthorized"],
    ));
    scenes
}

#[test]
fn errors_of_every_command_name_the_command() {
    let mut shown = String::new();
    for (name, run, codes) in scenes() {
        assert_eq!(explained(&run), codes, "{name}: {}", run.told());
        let _ = writeln!(
            shown,
            "## {name} ({})\n\n{}{}",
            run.status, run.out, run.err
        );
    }
    let mut golden = Golden::default();
    golden.check(
        &root().join("tests/explain/printed.txt"),
        &without_ids(&shown),
    );
    golden.finish("binary explained::");
}

#[test]
fn a_hundred_accounts_with_one_error_are_told_once_how_it_is_explained() {
    let fleet = Fleet {
        members: 100,
        ..Fleet::default()
    };
    let (program, _server) = with_faults(
        Some(World::fleet(fleet).unwrap()),
        &["GetRole=no-permission"],
    );
    let program = program.file(
        "export-iam.yaml",
        format!("{SPEC}discover: {{ resource_directory: true }}\n"),
    );
    let run = program.run(&["drift"]).ends(5);
    assert!(
        run.err.matches("NoPermission: ").count() >= 100,
        "{}",
        run.told()
    );
    assert_eq!(explained(&run), ["NoPermission"]);
}

#[test]
fn a_role_that_is_not_given_is_explained() {
    let (program, _server) = with_faults(None, &["AssumeRole=no-permission"]);
    let accounts = "accounts: [ { id: \"1234567890123456\", assume_role: Operator } ]\n";
    let program = program.file("export-iam.yaml", format!("{SPEC}{accounts}"));
    let run = program.run(&["plan"]);
    assert_eq!(explained(&run), ["NoPermission"], "{}", run.told());
}

#[test]
fn in_json_the_hint_of_an_error_names_the_command() {
    let (program, _server) = with_faults(None, &["GetRole=no-permission"]);
    let run = program.run(&["plan", "--format", "json"]).ends(5);
    let hint = run.json()["accounts"][0]["errors"][0]["hint"].clone();
    let hint = hint.as_str().unwrap();
    assert!(
        hint.ends_with("; `export-iam explain NoPermission` says more"),
        "{hint}"
    );
}
