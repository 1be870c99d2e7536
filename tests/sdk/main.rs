//! The official SDKs against the sandbox: the judges that we did not write. See `tests/sdk/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests may"
)]

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use export_iam::sandbox::{Fleet, Options, World, start};
use serde_json::{Value, json};

/// Names a Python that has `tests/sdk/requirements.txt` installed.
const PYTHON: &str = "EXPORT_IAM_SDK_PYTHON";

async fn run(script: &str, seed: Option<World>) {
    let Some(python) = env::var_os(PYTHON) else {
        let note = format!(
            "SKIPPED: {script}: set {PYTHON} to a Python with tests/sdk/requirements.txt\n"
        );
        // Past the capture of test output, so that a skipped test is seen.
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return;
    };
    let options = Options {
        seed,
        ..Options::default()
    };
    let running = start(options).await.unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
    let mut command = Command::new(python);
    command
        .arg("-B")
        .arg(folder.join(script))
        .env_clear()
        .env("PYTHONPATH", &folder)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("NO_PROXY", "127.0.0.1")
        .env("SANDBOX_CREDENTIALS_URI", running.credentials_uri())
        .envs(running.environment())
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{wrong}");
    std::io::stderr().write_all(said.as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdks_live_a_whole_life_here() {
    run("life_cycle.py", None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdks_move_between_accounts_here() {
    let members = 12;
    let fleet = World::fleet(Fleet {
        members,
        ..Fleet::default()
    });
    let mut state: Value = serde_json::from_str(&fleet.unwrap().to_json().unwrap()).unwrap();
    let trust = |principal: Value| {
        json!({ "Version": "1", "Statement": [
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }
        ]})
    };
    let main = &mut state["accounts"][0];
    main["roles"] = json!([
        { "name": "Ci", "trust": trust(json!({ "Federated": "acs:ram::1234567890123456:oidc-provider/ci" })) },
        { "name": "Machine", "trust": trust(json!({ "Service": "ecs.aliyuncs.com" })) },
    ]);
    main["oidc_providers"] = json!([
        { "name": "ci", "issuer": "https://issuer.test", "client_ids": ["sts"] }
    ]);
    state["instance"] = json!({ "role": "Machine", "needs_token": true });
    let seed = World::from_json(&state.to_string()).unwrap();
    run("accounts.py", Some(seed)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdks_export_an_image_here() {
    let everyone = json!({ "Version": "1", "Statement": [{
        "Effect": "Deny", "Action": "oss:GetObject", "Principal": ["*"], "Resource": "acs:oss:*:*:encrypted-hz/*",
        "Condition": { "Bool": { "acs:SecureTransport": "false" } }
    }]});
    let role = "AliyunECSImageExportDefaultRole";
    let state = json!({ "accounts": [{
        "roles": [{
            "name": role,
            "trust": include_str!("../../policies/ecs-trust.json"),
            "attachments": [{ "policy": "system:AliyunECSImageExportRolePolicy" }],
        }],
        "images": [{ "id": "m-bp1app", "disks": [
            { "type": "system", "device": "/dev/xvda", "size": 40, "snapshot": "s-1", "encrypted": false },
            { "type": "data", "device": "/dev/xvdb", "size": 100, "snapshot": "s-2", "encrypted": false },
        ]}],
        "snapshots": [{ "id": "s-1" }, { "id": "s-2", "size": 100 }],
        "instance_roles": [{ "instance": "i-1", "role": role }],
        "exports": { "seconds": 1 },
        "buckets": [
            { "name": "exports-hz" },
            { "name": "encrypted-hz", "encryption": "AES256", "policy": everyone },
        ],
    }]});
    let seed = World::from_json(&state.to_string()).unwrap();
    run("export.py", Some(seed)).await;
}
