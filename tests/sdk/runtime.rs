//! Runs scripts against a sandbox, in the languages of the clients.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use export_iam::sandbox::{Options, World, environment, start};

use crate::recorder::{Answer, Recorder};

/// Names a Python that has `tests/sdk/requirements.txt` installed.
const PYTHON: &str = "EXPORT_IAM_SDK_PYTHON";

/// Names a folder `node_modules` that has what `tests/sdk/node/package-lock.json` names.
const NODE_MODULES: &str = "EXPORT_IAM_SDK_NODE_MODULES";

/// The folder of this suite.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk")
}

/// The value of `variable`; without it, says past the capture of test output that `script` was skipped.
fn installed(variable: &str, script: &str) -> Option<OsString> {
    let value = env::var_os(variable);
    if value.is_none() {
        let note = format!("SKIPPED: {script}: set {variable}, see tests/sdk/README.md\n");
        std::io::stderr().write_all(note.as_bytes()).unwrap();
    }
    value
}

/// A Python that has the clients, with an environment of its own, about to run `script`.
pub(crate) fn python_command(script: &str) -> Option<Command> {
    let mut command = Command::new(installed(PYTHON, script)?);
    command.env_clear().arg("-B").arg(folder().join(script));
    command.env("PYTHONPATH", folder());
    Some(command)
}

/// A Node that has the clients, with an environment of its own, about to run `script`.
pub(crate) fn node_command(script: &str) -> Option<Command> {
    let modules = installed(NODE_MODULES, script)?;
    let mut command = Command::new("node");
    command.env_clear().arg(folder().join("node").join(script));
    command.env("NODE_PATH", modules);
    Some(command)
}

/// Waits for `command`, which must end well, and passes on what it says.
pub(crate) async fn finish(mut command: Command) {
    command
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("NO_PROXY", "127.0.0.1")
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

/// Runs the Python script `script` against a sandbox.
pub(crate) async fn python(script: &str, seed: Option<World>) {
    let Some(mut command) = python_command(script) else {
        return;
    };
    let running = start(Options {
        seed,
        ..Options::default()
    });
    let running = running.await.unwrap();
    command
        .env("SANDBOX_CREDENTIALS_URI", running.credentials_uri())
        .envs(running.environment());
    finish(command).await;
}

/// Runs `command` with a recorder before the sandbox; gives what it wrote to the file `SANDBOX_RECORD`, and the
/// answers that the sandbox gave.
pub(crate) async fn recorded(
    mut command: Command,
    name: &str,
    seed: World,
) -> (String, BTreeMap<String, Answer>) {
    let (recorder, sandbox, address) = Recorder::start(seed).await;
    let (id, secret) = (sandbox.access_key_id(), sandbox.access_key_secret());
    let record = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.jsonl"));
    command
        .env("SANDBOX_RECORD", &record)
        .envs(environment(address, id, secret));
    finish(command).await;
    (std::fs::read_to_string(record).unwrap(), recorder.answers())
}
