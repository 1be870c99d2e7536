//! The official SDKs against the sandbox: the judges that we did not write. See `tests/sdk/README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests may"
)]

#[allow(dead_code, reason = "each suite uses a part of it")]
#[path = "../support/golden.rs"]
mod golden;
mod life;
mod page;

mod reading;
mod recorder;
mod runtime;
mod signatures;
mod xml;

use export_iam::sandbox::{Fleet, World};
use serde_json::{Value, json};

use crate::runtime::python;

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
    python("accounts.py", Some(seed)).await;
}
