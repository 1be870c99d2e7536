//! SIGINT and SIGTERM.

use std::time::Duration;

use tokio::sync::watch;

use super::args::{Command, SandboxCommand};
use crate::apply::Pace;

/// How long calls in flight may still take after the first signal.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for the next signal to stop.
pub(super) async fn received() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Whether a command can be dropped at any moment. One that writes looks after its own end, and one that serves
/// is meant to be ended so.
pub(super) fn may_stop_at_once(command: &Command) -> bool {
    match command {
        Command::Apply(_) | Command::Destroy(_) | Command::Sandbox(SandboxCommand::Serve(_)) => {
            false
        }
        Command::Plan(_)
        | Command::Drift(_)
        | Command::Validate(_)
        | Command::Adopt(_)
        | Command::Whoami
        | Command::Policy(_)
        | Command::Report(_)
        | Command::Sandbox(_) => true,
    }
}

/// Slows a running apply: the first signal lets calls in flight end, for five seconds at most; a second one, or
/// the end of the patience, abandons them. Never returns.
pub(super) async fn slow_down(pace: watch::Sender<Pace>) -> std::convert::Infallible {
    received().await;
    pace.send_replace(Pace::Finish);
    tokio::select! {
        () = received() => {}
        () = tokio::time::sleep(PATIENCE) => {}
    }
    pace.send_replace(Pace::Abandon);
    std::future::pending().await
}
