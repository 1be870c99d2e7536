//! Runs a credential helper: without a shell, with no input, for a limited time.

use std::process::Stdio;
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Longest output that is read. Unit: bytes.
const LONGEST: u64 = 64 * 1024;

/// What a helper printed; wiped when dropped.
pub type Output = Zeroizing<Vec<u8>>;

/// Runs programs.
pub trait Processes: Send + Sync {
    /// Runs the program `words`, its name and arguments, and gives what it wrote to standard output. When
    /// `limit` has passed, or when the future is dropped, the program and what it started are ended.
    fn run<'a>(
        &'a self,
        words: &'a [SecretString],
        limit: Duration,
    ) -> BoxFuture<'a, Result<Output, ProcessError>>;
}

/// Why a program gave no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessError {
    /// The system did not start it.
    NotStarted(std::io::ErrorKind),
    /// It ended with this status, or by a signal.
    Failed(Option<i32>),
    /// It did not end in time.
    TimedOut,
    /// It wrote more than is read.
    TooLong,
    /// Its output could not be read to the end.
    Unreadable,
}

/// This machine's processes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Children;

impl Processes for Children {
    fn run<'a>(
        &'a self,
        words: &'a [SecretString],
        limit: Duration,
    ) -> BoxFuture<'a, Result<Output, ProcessError>> {
        Box::pin(async move {
            let work = run(words);
            // Dropping the work ends the group.
            timeout(limit, work)
                .await
                .unwrap_or(Err(ProcessError::TimedOut))
        })
    }
}

async fn run(words: &[SecretString]) -> Result<Output, ProcessError> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(ProcessError::NotStarted(std::io::ErrorKind::InvalidInput));
    };
    let mut command = Command::new(program.expose_secret());
    command
        .args(arguments.iter().map(ExposeSecret::expose_secret))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // A helper may print a secret there too.
        .stderr(Stdio::null())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = command
        .spawn()
        .map_err(|error| ProcessError::NotStarted(error.kind()))?;
    let mut group = Group(Some(child));
    let Some(child) = group.0.as_mut() else {
        return Err(ProcessError::Unreadable);
    };
    let pipe = child.stdout.take().ok_or(ProcessError::Unreadable)?;
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let mut output = Zeroizing::new(Vec::with_capacity(
        usize::try_from(LONGEST).unwrap_or(0) + 1,
    ));
    pipe.take(LONGEST + 1)
        .read_to_end(&mut output)
        .await
        .map_err(|_| ProcessError::Unreadable)?;
    if output.len() as u64 > LONGEST {
        return Err(ProcessError::TooLong);
    }
    let status = child.wait().await.map_err(|_| ProcessError::Unreadable)?;
    // It has ended by itself; its number may belong to another process from now on.
    group.0 = None;
    if !status.success() {
        return Err(ProcessError::Failed(status.code()));
    }
    Ok(output)
}

/// A running program, which is ended with its whole process group when this is dropped.
struct Group(Option<Child>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(child) = &self.0
            // No number means that it was waited for, so that the number may be another's by now.
            && let Some(leader) = child.id()
            && let Ok(leader) = i32::try_from(leader)
            && let Some(leader) = rustix::process::Pid::from_raw(leader)
        {
            // Fails only when all have ended.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    async fn shell(script: &str, argument: &str) -> Result<String, ProcessError> {
        let words = ["sh", "-c", script, "sh", argument].map(SecretString::from);
        let output = Children.run(&words, LIMIT).await?;
        Ok(String::from_utf8(output.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn output_is_read_and_input_is_closed() {
        let script = "cat; printf '%s' \"$1\"; echo canary >&2";
        assert_eq!(shell(script, "a b").await.unwrap(), "a b");
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        assert_eq!(
            shell("exit 3", "").await,
            Err(ProcessError::Failed(Some(3)))
        );
        assert_eq!(
            shell("kill -9 $$", "").await,
            Err(ProcessError::Failed(None))
        );
        let long = "head -c 65537 /dev/zero";
        assert_eq!(shell(long, "").await, Err(ProcessError::TooLong));
        let full = "head -c 65536 /dev/zero";
        assert_eq!(shell(full, "").await.unwrap().len(), 65_536);
        let none = ["/no/such/program"].map(SecretString::from);
        let error = Children.run(&none, LIMIT).await.unwrap_err();
        assert_eq!(
            error,
            ProcessError::NotStarted(std::io::ErrorKind::NotFound)
        );
        let error = Children.run(&[], LIMIT).await.unwrap_err();
        assert_eq!(
            error,
            ProcessError::NotStarted(std::io::ErrorKind::InvalidInput)
        );
    }

    /// Tokio's paused clock jumps to the limit as soon as nothing else moves.
    #[tokio::test(start_paused = true)]
    async fn what_does_not_end_is_ended() {
        assert_eq!(shell("sleep 1000", "").await, Err(ProcessError::TimedOut));
    }

    /// The grandchild holds the pipe open for as long as it lives.
    #[tokio::test]
    async fn when_nobody_waits_any_more_grandchildren_end_too() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let (opened, was_opened) = tokio::sync::oneshot::channel();
        let path = pipe.clone();
        let reader = std::thread::spawn(move || {
            let mut file = std::fs::File::open(path).unwrap();
            opened.send(()).unwrap();
            file.read_to_end(&mut Vec::new()).unwrap()
        });
        tokio::select! {
            result = shell("sleep 1000 > \"$1\" & wait", pipe.to_str().unwrap()) => panic!("{result:?}"),
            _ = was_opened => {}
        }
        assert_eq!(reader.join().unwrap(), 0);
    }
}
