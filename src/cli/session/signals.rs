//! SIGINT and SIGTERM, received on a thread of their own.
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

use crate::apply::Shutdown;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;

/// How long calls in flight may still take after the first signal.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the run may take to notice a signal before the process is ended. Long enough for a busy machine, short
/// enough for a person at the keyboard.
const GRACE: Duration = Duration::from_secs(1);

/// What is said on the first signal while calls that change something may be under way.
pub(crate) const FINISHING: &str =
    "interrupted: finishing the call under way (5 s at most); again to stop at once";

/// The signals that came since the run began.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    received: watch::Receiver<u32>,
    shutdown: Arc<watch::Sender<Shutdown>>,
    noticed: Arc<AtomicU32>,
}

impl Signals {
    /// Hears every signal from now on. Where the system does not let us, signals keep their usual effect.
    pub(crate) fn listen() -> Self {
        let (sender, received) = watch::channel(0);
        let shutdown = Arc::new(watch::Sender::new(Shutdown::None));
        let noticed = Arc::new(AtomicU32::new(0));
        let signals = Self {
            received,
            shutdown: Arc::clone(&shutdown),
            noticed: Arc::clone(&noticed),
        };
        let (ready, is_ready) = mpsc::channel();
        let listening = std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || count(&sender, &shutdown, &noticed, &ready));
        if listening.is_ok() {
            // Ends also when the thread does.
            let _ = is_ready.recv();
        }
        signals
    }

    /// Waits until there was a signal.
    pub(crate) async fn first(&self) {
        self.wait_for(1).await;
    }

    /// Waits until there was a second signal.
    pub(crate) async fn second(&self) {
        self.wait_for(2).await;
    }

    /// How far an apply may still go. It follows each signal at once, not only when the run is polled again: a call
    /// that fails at the same moment must not look as if nobody had interrupted.
    pub(crate) fn shutdown(&self) -> watch::Receiver<Shutdown> {
        self.shutdown.subscribe()
    }

    async fn wait_for(&self, number: u32) {
        let mut received = self.received.clone();
        if received
            .wait_for(|received| *received >= number)
            .await
            .is_err()
        {
            pending::<()>().await;
        }
        self.noticed.fetch_max(number, Ordering::SeqCst);
    }

    /// Cancels `work`, which changes nothing, on a signal.
    ///
    /// # Errors
    /// With status 130 after a signal.
    pub(crate) async fn cancel<T>(
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
pub(crate) fn interrupted() -> Failure {
    Failure::new(ExitStatus::Interrupted, "interrupted; nothing was changed")
}

/// Counts signals, and ends the process when one goes unnoticed.
fn count(
    sender: &watch::Sender<u32>,
    shutdown: &watch::Sender<Shutdown>,
    noticed: &AtomicU32,
    ready: &mpsc::Sender<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let Some(mut receiver) = Receiver::new() else {
            return;
        };
        let _ = ready.send(());
        let mut received = 0;
        loop {
            let is_unnoticed = || noticed.load(Ordering::SeqCst) < received;
            tokio::select! {
                () = receiver.next() => {
                    received = record(sender, shutdown);
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

/// Counts one more signal; gives how many there were.
fn record(sender: &watch::Sender<u32>, shutdown: &watch::Sender<Shutdown>) -> u32 {
    let number = sender.borrow().saturating_add(1);
    raise(
        shutdown,
        match number {
            1 => Shutdown::Graceful,
            _ => Shutdown::Immediate,
        },
    );
    sender.send_replace(number);
    number
}

/// Goes this far, and never back.
fn raise(shutdown: &watch::Sender<Shutdown>, to: Shutdown) {
    shutdown.send_if_modified(|now| {
        let is_further = *now < to;
        *now = (*now).max(to);
        is_further
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
struct Receiver {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Receiver {
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
struct Receiver(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Receiver {
    fn new() -> Option<Self> {
        tokio::signal::windows::ctrl_c().ok().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// Watches over the shutdown of a running apply: calls `on_first` on the first signal, and abandons calls in flight
/// five seconds later, if no second signal has done so. Never returns.
pub(crate) async fn shut_down(
    signals: &Signals,
    on_first: impl FnOnce(),
) -> std::convert::Infallible {
    signals.first().await;
    on_first();
    tokio::select! {
        () = signals.second() => {}
        () = tokio::time::sleep(PATIENCE) => {}
    }
    raise(&signals.shutdown, Shutdown::Immediate);
    pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals() -> (watch::Sender<u32>, Signals) {
        let (sender, received) = watch::channel(0);
        let signals = Signals {
            received,
            shutdown: Arc::new(watch::Sender::new(Shutdown::None)),
            noticed: Arc::default(),
        };
        (sender, signals)
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_changes_nothing_is_dropped_on_a_signal_also_on_an_earlier_one() {
        let (sender, signals) = signals();
        assert_eq!(signals.cancel(async { Ok(7) }).await, Ok(7));
        let waiting = signals.cancel(pending::<Result<(), Failure>>());
        let (ended, _) = tokio::join!(waiting, async { record(&sender, &signals.shutdown) });
        assert_eq!(
            ended.map_err(|failure| failure.status),
            Err(ExitStatus::Interrupted)
        );
        let late = signals.cancel(async { Ok(7) }).await;
        assert_eq!(late, Err(interrupted()));
        assert_eq!(signals.noticed.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn whoever_asks_after_a_signal_sees_it_without_being_woken() {
        let (sender, signals) = signals();
        let shutdown = signals.shutdown();
        assert_eq!(*shutdown.borrow(), Shutdown::None);
        for expected in [Shutdown::Graceful, Shutdown::Immediate, Shutdown::Immediate] {
            record(&sender, &signals.shutdown);
            assert_eq!(*shutdown.borrow(), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_under_way_have_five_seconds_or_until_the_second_signal() {
        for (second, most) in [
            (None, PATIENCE),
            (Some(0), Duration::ZERO),
            (Some(1), Duration::from_secs(1)),
        ] {
            let (sender, signals) = signals();
            let mut shutdown = signals.shutdown();
            let mut told = 0;
            let started = tokio::time::Instant::now();
            let script = async {
                record(&sender, &signals.shutdown);
                assert_eq!(*shutdown.borrow_and_update(), Shutdown::Graceful);
                if let Some(after) = second {
                    tokio::time::sleep(Duration::from_secs(after)).await;
                    record(&sender, &signals.shutdown);
                }
                shutdown.changed().await.unwrap();
                assert_eq!(*shutdown.borrow_and_update(), Shutdown::Immediate);
                tokio::task::yield_now().await;
            };
            tokio::select! {
                biased;
                never = shut_down(&signals, || told += 1) => match never {},
                () = script => {}
            }
            assert_eq!(told, 1);
            assert_eq!(started.elapsed(), most);
        }
    }
}
