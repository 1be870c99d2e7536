//! The binary, run as a user would: own home, own folder, and nothing of this machine's environment.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::plain;

/// Longest that any run may take. No test needs a tenth of it on an idle machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_export-iam");

/// A user's folder, with the variables that are set in it.
pub(crate) struct Program {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How one run ended.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The exit status, or 128 + the signal that ended it.
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

impl Program {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// The folder it runs in.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn with_all(self, variables: &[(&'static str, String)]) -> Self {
        let set = |program: Self, (name, value): &(&'static str, String)| program.with(name, value);
        variables.iter().fold(self, set)
    }

    /// Writes a file into the folder.
    pub(crate) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Every file that is there, with its bytes.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut folders = vec![self.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), std::fs::read(path).unwrap()));
                }
            }
        }
        files
    }

    /// The command line, with standard input closed and output kept.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        self.prepare(&mut command);
        command.args(arguments);
        command
    }

    /// Puts any command into the folder and its environment.
    pub(crate) fn prepare(&self, command: &mut Command) {
        let home = self.path().join("home");
        command
            .env_clear()
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            // The one source of credentials that is neither a variable nor a file would ask the network.
            .env("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    /// Runs it with `input` on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may end without having read everything.
        let _ = stdin.write_all(input);
        drop(stdin);
        finish(child, started)
    }
}

/// Collects what `child` says until it ends.
pub(crate) fn finish(mut child: Child, started: Instant) -> Run {
    let (sender, ended) = mpsc::channel();
    let out = collect(child.stdout.take(), sender.clone());
    let err = collect(child.stderr.take(), sender);
    for _ in 0..2 {
        let left = LIMIT.saturating_sub(started.elapsed());
        if ended.recv_timeout(left).is_err() {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it did not end within {LIMIT:?}");
        }
    }
    let status = child.wait().unwrap();
    Run {
        status: code(status),
        out: out.join().unwrap(),
        err: err.join().unwrap(),
        took: started.elapsed(),
    }
}

fn code(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap()
}

fn collect(
    stream: Option<impl Read + Send + 'static>,
    ended: mpsc::Sender<()>,
) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).unwrap();
        }
        let _ = ended.send(());
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Run {
    /// Fails unless it ended with `status`; gives itself, so that one can go on asking.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}", self.told());
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            plain(&self.out).contains(text),
            "no `{text}`\n{}",
            self.told()
        );
        self
    }

    #[track_caller]
    pub(crate) fn says_not(self, text: &str) -> Self {
        assert!(
            !plain(&self.out).contains(text),
            "`{text}`\n{}",
            self.told()
        );
        self
    }

    #[track_caller]
    pub(crate) fn warns(self, text: &str) -> Self {
        assert!(
            plain(&self.err).contains(text),
            "no `{text}`\n{}",
            self.told()
        );
        self
    }

    /// The checks of the only one of `exports` or `imports`, `count` of them, that failed or depend: each with its answer
    /// and the error that it would cause.
    #[track_caller]
    pub(crate) fn open_checks(&self, what: &str, count: usize) -> Vec<(String, String, String)> {
        let report = self.json();
        let checks = report["accounts"][0][what][0]["checks"].as_array().unwrap();
        assert_eq!(checks.len(), count, "{}", self.told());
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let open = checks
            .iter()
            .filter(|check| matches!(check["answer"].as_str(), Some("failed" | "depends")));
        open.map(|check| {
            (
                text(&check["check"]),
                text(&check["answer"]),
                text(&check["error"]),
            )
        })
        .collect()
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}", self.told()))
    }

    /// Everything it said.
    pub(crate) fn told(&self) -> String {
        let Self {
            status,
            out,
            err,
            took,
        } = self;
        format!("status {status} after {took:?}\n--- out\n{out}--- err\n{err}")
    }
}
