//! A full life through every client, from the state `life/state.json`: the steps of `life/steps.json`, and the objects
//! of an export. What each client reads of the answers is kept in `readings/`.

use std::process::Command;

use export_iam::sandbox::World;

use crate::golden::Golden;
use crate::reading::{self, Readings};
use crate::runtime::{folder, node_command, python_command, recorded};

fn seed() -> World {
    World::from_json(include_str!("life/state.json")).unwrap()
}

/// Runs `command` and compares what its client reads with what it read last time somebody looked.
async fn live(client: &str, command: Option<Command>) {
    let Some(command) = command else {
        return;
    };
    let (record, answers) = recorded(command, client, seed()).await;
    let readings = reading::sort(&record, &answers);
    let mut golden = Golden::default();
    let text = serde_json::to_string_pretty(&readings).unwrap() + "\n";
    golden.check(&path(client), &text);
    golden.finish("sdk");
}

fn path(client: &str) -> std::path::PathBuf {
    folder().join(format!("readings/{client}.json"))
}

/// What `client` read last time somebody looked.
pub(crate) fn accepted(client: &str) -> Readings {
    let text = std::fs::read_to_string(path(client)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn python(client: &str) -> Option<Command> {
    let mut command = python_command("life.py")?;
    command.arg(client);
    Some(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_clients_with_signature_3() {
    live("python-v3", python("v3")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_clients_with_signature_1() {
    live("python-v1", python("v1")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_classic_python_clients() {
    live("python-classic", python("classic")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_clients() {
    live("node", node_command("life.js")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_of_oss() {
    live("python-oss", python_command("objects.py")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_client_of_oss() {
    live("node-oss", node_command("objects.js")).await;
}
