//! `plan --format aliyun`: a real shell runs the commands, and what reaches the aliyun CLI is what the plan says.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::{Program, Server};
use export_iam::sandbox::{Fleet, Options, World};
use serde_json::{Value, json};

/// Everything that a shell, or the CLI itself, could read more into.
const ODD: &str = "-it's \"$(touch hacked)\" `touch hacked` $HOME \\ ; & | > hacked # !x * 镜像 = :\nsecond --line";

/// Stands for the aliyun CLI: notes its words, one behind the other, and fails where a file says so.
const NOTES: &str = "#!/bin/sh
for word in \"$@\"; do printf '%s\\0' \"$word\" >> words; done
printf '\\0' >> words
[ ! -e fail ]
";

fn spec() -> String {
    let spec = json!({
        "version": 1,
        "policies": [{
            "name": "ToOss", "description": ODD, "tags": { "it's": ODD },
            "document": { "Version": "1", "Statement": [{
                "Effect": "Allow", "Action": "oss:PutObject", "Resource": "acs:oss:*:*:exports-hz/it's $HOME `x`*"
            }]},
        }],
        "roles": [{
            "name": "Exporter", "description": ODD, "trust": { "service": "ecs.aliyuncs.com" },
            "policies": [{ "custom": "ToOss" }],
        }],
    });
    spec.to_string()
}

fn user(server: &Server) -> Program {
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", spec())
        .file("bin/aliyun", NOTES);
    let path = program.path().join("bin/aliyun");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// What the shell hands to the CLI, one list of words for each command.
fn words(program: &Program, shell: &str, script: &str) -> Option<Vec<Vec<String>>> {
    let path = format!("{}:/usr/bin:/bin", program.path().join("bin").display());
    let status = Command::new(shell)
        .arg("-c")
        .arg(script)
        .current_dir(program.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", "/home/of/somebody")
        .status()
        .ok()?;
    assert_eq!(
        status.success(),
        !program.path().join("fail").exists(),
        "{shell}"
    );
    let noted = program.read("words");
    std::fs::remove_file(program.path().join("words")).unwrap();
    let commands = noted.split_terminator("\0\0");
    Some(
        commands
            .map(|command| command.split('\0').map(str::to_owned).collect())
            .collect(),
    )
}

/// The parameters as the CLI reads them: `--NAME=VALUE`, split at the first `=` or `:`.
fn parameters(words: &[String]) -> Vec<(&str, &str)> {
    let flags = words.iter().map(|word| word.strip_prefix("--").unwrap());
    flags
        .map(|flag| flag.split_once(['=', ':']).unwrap())
        .collect()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn shells_hand_on_every_value_unchanged() {
    let server = Server::of("{}");
    let program = user(&server);
    let run = program.run(&["plan", "--format", "aliyun"]).ends(0);
    assert!(
        run.err.contains("Exporter"),
        "the plan is shown beside: {}",
        run.err
    );
    assert!(
        run.out
            .starts_with("# account 1234567890123456\naliyun ram "),
        "{}",
        run.out
    );
    assert_eq!(server.writes(), 0);
    let mut shells = 0;
    for shell in ["sh", "dash", "bash", "zsh", "ksh"] {
        let Some(commands) = words(&program, shell, &run.out) else {
            continue;
        };
        shells += 1;
        let operations: Vec<&str> = commands.iter().map(|words| words[1].as_str()).collect();
        assert_eq!(
            operations,
            ["CreatePolicy", "CreateRole", "AttachPolicyToRole"],
            "{shell}"
        );
        assert!(commands.iter().all(|words| words[0] == "ram"));
        let policy = parameters(&commands[0][2..]);
        assert_eq!(policy[0], ("Description", ODD), "{shell}");
        assert_eq!(policy[1].0, "PolicyDocument");
        assert_eq!(
            parsed(policy[1].1)["Statement"][0]["Resource"],
            json!(["acs:oss:*:*:exports-hz/it's $HOME `x`*"])
        );
        assert_eq!(policy[2], ("PolicyName", "ToOss"));
        assert_eq!(policy[3].0, "Tag");
        assert_eq!(
            parsed(policy[3].1),
            json!([{ "Key": "it's", "Value": ODD }])
        );
        let role = parameters(&commands[1][2..]);
        assert_eq!(role[0].0, "AssumeRolePolicyDocument");
        assert_eq!(
            parsed(role[0].1)["Statement"][0]["Principal"],
            json!({ "Service": ["ecs.aliyuncs.com"] })
        );
        assert_eq!(role[1..], [("Description", ODD), ("RoleName", "Exporter")]);
        assert_eq!(
            parameters(&commands[2][2..]),
            [
                ("PolicyName", "ToOss"),
                ("PolicyType", "Custom"),
                ("RoleName", "Exporter")
            ]
        );
        assert!(!program.path().join("hacked").exists(), "{shell}");
    }
    assert!(shells > 0);
}

#[test]
fn a_command_that_fails_stops_the_rest() {
    let server = Server::of("{}");
    let program = user(&server).file("fail", "");
    let run = program.run(&["plan", "--format", "aliyun"]).ends(0);
    assert_eq!(words(&program, "sh", &run.out).unwrap().len(), 1);
}

#[test]
fn nothing_to_do_is_no_command() {
    let server = Server::of("{}");
    let program = user(&server);
    program.run(&["apply", "--yes"]).ends(0);
    let run = program.run(&["plan", "--format", "aliyun"]).ends(0);
    assert_eq!(run.out, "# account 1234567890123456: nothing to do\n");
}

#[test]
fn commands_are_for_one_account_and_for_plan() {
    let fleet = World::fleet(Fleet {
        members: 2,
        ..Fleet::default()
    });
    let server = Server::start(Options {
        seed: Some(fleet.unwrap()),
        ..Options::default()
    });
    let all = "version: 1\ndiscover: { resource_directory: true }\nroles: []\n";
    let program = Program::new()
        .with_all(&server.environment())
        .file("export-iam.yaml", all);
    let run = program.run(&["plan", "--format", "aliyun"]).ends(64);
    run.warns("`--format aliyun` prints the commands of one account");
    let run = program.run(&["drift", "--format", "aliyun"]).ends(64);
    let run = run.warns("`--format aliyun` is for `plan`");
    assert!(run.out.is_empty());
}
