//! SIGINT and SIGTERM, heard on a thread of their own.
//!
//! The run looks for them wherever it waits. Where it cannot look, as in a write to a pipe that nobody reads, the
//! thread ends the process in its place.

use std::future::{Future, pending};
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::watch;

use super::exit::ExitStatus;
use super::failure::Failure;
use crate::apply::Pace;

/// How long calls in flight may still take after the first signal.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the run may take to notice a signal before the process is ended. Long enough for a busy machine, short
/// enough for a person at the keyboard.
const GRACE: Duration = Duration::from_secs(1);

/// What is said on the first signal while calls that change something may be under way.
pub(super) const FINISHING: &str =
    "interrupted: finishing the call under way (5 s at most); again to stop at once";

/// The signals that came since the run began.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    heard: watch::Receiver<u32>,
    noticed: Arc<AtomicU32>,
}

impl Signals {
    /// Hears every signal from now on. Where the system does not let us, signals keep their usual effect.
    pub(super) fn listen() -> Self {
        let (sender, heard) = watch::channel(0);
        let noticed = Arc::new(AtomicU32::new(0));
        let signals = Self {
            heard,
            noticed: Arc::clone(&noticed),
        };
        let (ready, is_ready) = mpsc::channel();
        let listening = std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || count(&sender, &noticed, &ready));
        if listening.is_ok() {
            // Ends also when the thread does.
            let _ = is_ready.recv();
        }
        signals
    }

    /// Waits until there was a signal.
    pub(super) async fn first(&self) {
        self.wait_for(1).await;
    }

    async fn second(&self) {
        self.wait_for(2).await;
    }

    async fn wait_for(&self, number: u32) {
        let mut heard = self.heard.clone();
        if heard.wait_for(|heard| *heard >= number).await.is_err() {
            pending::<()>().await;
        }
        self.noticed.fetch_max(number, Ordering::SeqCst);
    }

    /// Drops `work`, which changes nothing, on a signal.
    ///
    /// # Errors
    /// With status 130 after a signal.
    pub(super) async fn stop<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.first() => Err(interrupted()),
            ended = work => ended,
        }
    }
}

/// How a run ends that was stopped before it changed anything.
pub(super) fn interrupted() -> Failure {
    Failure::new(ExitStatus::Interrupted, "interrupted; nothing was changed")
}

/// Counts signals, and ends the process when one goes unnoticed.
fn count(sender: &watch::Sender<u32>, noticed: &AtomicU32, ready: &mpsc::Sender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let Some(mut hearing) = Hearing::new() else {
            return;
        };
        let _ = ready.send(());
        let mut heard = 0;
        loop {
            let is_unnoticed = || noticed.load(Ordering::SeqCst) < heard;
            tokio::select! {
                () = hearing.next() => {
                    heard += 1;
                    sender.send_replace(heard);
                }
                () = tokio::time::sleep(GRACE), if is_unnoticed() => {
                    if is_unnoticed() {
                        end_process();
                    }
                }
            }
        }
    });
}

#[expect(
    clippy::exit,
    reason = "the main thread is stuck, so no status can be returned through it"
)]
fn end_process() {
    anstream::eprintln!("error: interrupted");
    exit(i32::from(ExitStatus::Interrupted.code()));
}

#[cfg(unix)]
struct Hearing {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Hearing {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self {
            interrupt: signal(SignalKind::interrupt()).ok()?,
            terminate: signal(SignalKind::terminate()).ok()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Hearing(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Hearing {
    fn new() -> Option<Self> {
        tokio::signal::windows::ctrl_c().ok().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// Slows a running apply: the first signal lets calls in flight end, for five seconds at most; a second one, or
/// the end of the patience, abandons them. `on_first` is told of the first. Never returns.
pub(super) async fn slow_down(
    signals: &Signals,
    pace: watch::Sender<Pace>,
    on_first: impl FnOnce(),
) -> std::convert::Infallible {
    signals.first().await;
    pace.send_replace(Pace::Finish);
    on_first();
    tokio::select! {
        () = signals.second() => {}
        () = tokio::time::sleep(PATIENCE) => {}
    }
    pace.send_replace(Pace::Abandon);
    pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals() -> (watch::Sender<u32>, Signals) {
        let (sender, heard) = watch::channel(0);
        let noticed = Arc::default();
        (sender, Signals { heard, noticed })
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_changes_nothing_is_dropped_on_a_signal_also_on_an_earlier_one() {
        let (sender, signals) = signals();
        assert_eq!(signals.stop(async { Ok(7) }).await, Ok(7));
        let waiting = signals.stop(pending::<Result<(), Failure>>());
        let (ended, _) = tokio::join!(waiting, async { sender.send_replace(1) });
        assert_eq!(
            ended.map_err(|failure| failure.status),
            Err(ExitStatus::Interrupted)
        );
        let late = signals.stop(async { Ok(7) }).await;
        assert_eq!(late, Err(interrupted()));
        assert_eq!(signals.noticed.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_under_way_have_five_seconds_or_until_the_second_signal() {
        for (second, most) in [(None, PATIENCE), (Some(1), Duration::from_secs(1))] {
            let (sender, signals) = signals();
            let (pace, mut seen) = watch::channel(Pace::Run);
            let mut told = 0;
            let started = tokio::time::Instant::now();
            let script = async {
                assert_eq!(*seen.borrow_and_update(), Pace::Run);
                sender.send_replace(1);
                seen.changed().await.unwrap();
                assert_eq!(*seen.borrow_and_update(), Pace::Finish);
                if let Some(after) = second {
                    tokio::time::sleep(Duration::from_secs(after)).await;
                    sender.send_replace(2);
                }
                seen.changed().await.unwrap();
                assert_eq!(*seen.borrow_and_update(), Pace::Abandon);
            };
            tokio::select! {
                never = slow_down(&signals, pace, || told += 1) => match never {},
                () = script => {}
            }
            assert_eq!(told, 1);
            assert_eq!(started.elapsed(), most);
        }
    }
}
