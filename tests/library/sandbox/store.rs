//! The state file: what is answered is kept, what is damaged is left alone, one process at a time.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::client::{Client, TRUST, empty, seeded};
use export_iam::sandbox::{Options, Server, StartError, StoreError, World, reset, start};
use serde_json::{Value, json};

async fn open(path: &Path) -> Result<(Server, Client), StartError> {
    let mut client = empty();
    let base = client.with(client.credentials.clone());
    let options = Options {
        state_file: Some(path.to_owned()),
        clock: Arc::new(move || base.now()),
        ..Options::default()
    };
    let running = start(options).await?;
    client.sandbox = Arc::clone(running.sandbox());
    Ok((running, client))
}

fn refusal(result: Result<(Server, Client), StartError>) -> StoreError {
    match result.err().unwrap() {
        StartError::Store(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/state.json");
    let (running, client) = open(&path).await.unwrap();
    client.create_role("Export").await;
    client.create_policy("Grant").await;
    client.create_version("Grant", true).await;
    // On disk before the answer: a kill now loses nothing.
    let kept = fs::read_to_string(&path).unwrap();
    assert!(kept.contains("Export") && kept.contains("Grant"));
    drop(client);
    running.stop().await;

    let (_running, client) = open(&path).await.unwrap();
    let role = client.ok("GetRole", &[("RoleName", "export")]).await;
    assert_eq!(role["Role"]["AssumeRolePolicyDocument"], TRUST);
    let delete = [("PolicyName", "Grant"), ("VersionId", "v1")];
    client.ok("DeletePolicyVersion", &delete).await;
    let third = client.create_version("Grant", false).await;
    assert_eq!(third["PolicyVersion"]["VersionId"], "v3");
}

/// The other half of the next test: writes and says so, until it is killed. Does nothing on its own.
#[tokio::test]
async fn writer_to_be_killed() {
    let Some(path) = std::env::var_os(KILLED) else {
        return;
    };
    let (_running, client) = open(Path::new(&path)).await.unwrap();
    for number in 0.. {
        let name = format!("role-{number}");
        client.create_role(&name).await;
        // Whatever was said was answered before.
        println!("answered {name}");
    }
}

/// Where the writer keeps its state.
const KILLED: &str = "EXPORT_IAM_TEST_KILLED";

#[tokio::test]
async fn nothing_that_was_answered_is_lost_to_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "sandbox::store::writer_to_be_killed",
            "--nocapture",
        ])
        .env(KILLED, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut answered = Vec::new();
    let mut note = |line: std::io::Result<String>| {
        let line = line.unwrap();
        let name = line
            .split_once("answered ")
            .map(|(_, name)| name.to_owned());
        answered.extend(name.filter(|name| name.starts_with("role-")));
        answered.len()
    };
    while note(lines.next().unwrap()) < 20 {}
    // SIGKILL, in the middle of whatever it is doing.
    writer.kill().unwrap();
    writer.wait().unwrap();
    lines.for_each(|line| {
        note(line);
    });
    // The last line may have been cut by the kill.
    answered.pop();

    let (_running, client) = open(&path).await.unwrap();
    for name in &answered {
        client.ok("GetRole", &[("RoleName", name)]).await;
    }
    client.create_role("after").await;
}

#[cfg(unix)]
#[tokio::test]
async fn others_cannot_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (_running, client) = open(&path).await.unwrap();
    client.create_role("a").await;
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn two_sandboxes_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (running, client) = open(&path).await.unwrap();
    let error = refusal(open(&path).await);
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(
        error.to_string().contains("in use by another sandbox"),
        "{error}"
    );
    assert!(reset(&path).is_err());
    client.create_role("a").await;
    drop(client);
    running.stop().await;
    let (_running, client) = open(&path).await.unwrap();
    client.ok("GetRole", &[("RoleName", "a")]).await;
}

/// As a kill in the middle of a write, or an editor, may leave them.
#[tokio::test]
async fn a_damaged_file_is_refused_with_its_place_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let whole = World::empty().unwrap().to_json().unwrap();
    for (text, said) in [
        (&whole[..whole.len() / 2], "line "),
        ("", "line 1"),
        ("[]", "line 1"),
        (
            r#"{"format":1,"accounts":[],"more":1}"#,
            "unknown field `more`",
        ),
        (r#"{"format":1,"accounts":[]}"#, "there is no account"),
        (
            r#"{"accounts":[{"roles":[{"name":"a b","trust":{}}]}]}"#,
            "role `a b`: role name `a b` contains ` `",
        ),
        (
            r#"{"accounts":[{"roles":[{"name":"a","trust":{}},{"name":"A","trust":{}}]}]}"#,
            "role A is there twice; letter case does not count",
        ),
        (
            r#"{"accounts":[{"policies":[{"name":"p","versions":[],"default":"v3"}]}]}"#,
            "policy `p`: it has no version v3",
        ),
        (
            r#"{"accounts":[{"roles":[{"name":"a","trust":{},"attachments":[{"policy":"custom:x"}]}]}]}"#,
            "role `a`: attachment `custom:x`: there is no such policy",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let error = refusal(open(&path).await);
        let words = error.to_string();
        assert!(matches!(error, StoreError::Damaged { .. }), "{words}");
        assert!(
            words.contains(said) && words.contains("state.json"),
            "{words}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    reset(&path).unwrap();
    open(&path).await.unwrap();
}

#[tokio::test]
async fn a_newer_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let text = r#"{"format":3,"something":"else"}"#;
    fs::write(&path, text).unwrap();
    let error = refusal(open(&path).await);
    assert!(
        error
            .to_string()
            .contains("has format 3, this program knows up to 2"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

/// What could not be kept did not happen.
#[cfg(unix)]
#[tokio::test]
async fn a_write_that_cannot_be_kept_is_refused_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    let path = inner.join("state.json");
    let (_running, client) = open(&path).await.unwrap();
    fs::remove_dir_all(&inner).unwrap();
    let create = [("RoleName", "a"), ("AssumeRolePolicyDocument", TRUST)];
    client
        .refused("CreateRole", &create, 500, "InternalError")
        .await;
    client
        .refused("GetRole", &create[..1], 404, "EntityNotExist.Role")
        .await;
    fs::create_dir(&inner).unwrap();
    client.ok("CreateRole", &create).await;
}

#[tokio::test]
async fn only_loopback_is_served() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let options = Options {
            address: address.parse().unwrap(),
            ..Options::default()
        };
        let error = start(options).await.err().unwrap();
        assert!(error.to_string().contains("is not loopback"), "{error}");
    }
}

#[tokio::test]
async fn a_seed_says_only_what_matters_and_survives_the_file() {
    let client = seeded(&json!({
        "roles": [{
            "name": "Export",
            "trust": { "Version": "1", "Statement": [] },
            "tags": { "team": "images" },
            "attachments": [
                { "policy": "system:AliyunECSImageExportRolePolicy" },
                { "policy": "custom:Grant", "resource_group": "rg-1" },
            ],
        }],
        "policies": [{
            "name": "Grant",
            "versions": [{ "document": "{ \"Version\" : \"1\" }" }, { "id": "v4", "document": {} }],
            "default": "v1",
        }],
        "system_policies": [{ "name": "AliyunECSImageExportRolePolicy", "document": { "changed": true } }],
        "users": [{ "name": "alice", "attachments": [{ "policy": "system:AdministratorAccess" }] }],
        "quota": { "roles": 7 },
        "control_policy": { "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] },
    }));
    let policy = [("PolicyName", "grant"), ("PolicyType", "Custom")];
    let got = client.ok("GetPolicy", &policy).await;
    // Text stays as it is; an object becomes compact text.
    assert_eq!(
        got["DefaultPolicyVersion"]["PolicyDocument"],
        "{ \"Version\" : \"1\" }"
    );
    let system = [
        ("PolicyName", "AliyunECSImageExportRolePolicy"),
        ("PolicyType", "System"),
    ];
    let got = client.ok("GetPolicy", &system).await;
    assert_eq!(
        got["DefaultPolicyVersion"]["PolicyDocument"],
        "{\"changed\":true}"
    );
    assert_eq!(got["Policy"]["DefaultVersion"], "v2");
    let next = client.create_version("Grant", false).await;
    assert_eq!(next["PolicyVersion"]["VersionId"], "v5");

    let kept = client.sandbox.world().to_json().unwrap();
    let again = World::from_json(&kept).unwrap().to_json().unwrap();
    assert_eq!(kept, again);
}

/// `state-format-1.json` was written by a program of that format; the texts in it are to stay as they are.
#[test]
fn a_state_file_of_an_older_format_is_read_whole() {
    let old = include_str!("state-format-1.json");
    let world = World::from_json(old).unwrap();
    let again: Value = serde_json::from_str(&world.to_json().unwrap()).unwrap();
    let old: Value = serde_json::from_str(old).unwrap();
    assert_same(&old, &again, "");
}

/// Everything that `old` says is in `new`, but for the format's number and what equals its default.
fn assert_same(old: &Value, new: &Value, place: &str) {
    match (old, new) {
        (Value::Object(old_members), Value::Object(new_members)) => {
            for (name, value) in old_members {
                let place = format!("{place}/{name}");
                let created = old_members.get("created");
                match new_members.get(name) {
                    _ if name == "format" => {}
                    // What was never changed was last changed when it was made.
                    None if name == "updated" => assert_eq!(Some(value), created, "{place}"),
                    // The main account is the default.
                    None if name == "account" => assert_eq!(value, "1234567890123456", "{place}"),
                    Some(new) => assert_same(value, new, &place),
                    None => panic!("{place} is lost"),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len(), "{place}");
            for (number, (old, new)) in old.iter().zip(new).enumerate() {
                assert_same(old, new, &format!("{place}/{number}"));
            }
        }
        _ => assert_eq!(old, new, "{place}"),
    }
}
