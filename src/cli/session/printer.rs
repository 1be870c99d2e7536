//! A stream, written by a thread of its own: a reader who takes his time holds up no call to an account.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;

/// How many pieces may wait for the reader in memory.
const AHEAD: usize = 16;

/// Prints pieces in their order.
pub(crate) struct Printer {
    pieces: SyncSender<String>,
    waiting: Arc<AtomicUsize>,
    thread: JoinHandle<io::Result<()>>,
}

impl Printer {
    /// Starts the thread, which writes to what `open` gives.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start<W: Write>(open: impl FnOnce() -> W + Send + 'static) -> io::Result<Self> {
        let (pieces, received) = sync_channel::<String>(AHEAD);
        let waiting = Arc::new(AtomicUsize::new(0));
        let printed = Arc::clone(&waiting);
        let thread = std::thread::Builder::new()
            .name("output".to_owned())
            .spawn(move || {
                let mut out = open();
                for piece in received {
                    out.write_all(piece.as_bytes())?;
                    out.flush()?;
                    printed.fetch_sub(1, Ordering::Relaxed);
                }
                Ok(())
            })?;
        Ok(Self {
            pieces,
            waiting,
            thread,
        })
    }

    /// Whether a piece is taken without waiting for the reader.
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) < AHEAD || self.thread.is_finished()
    }

    /// Takes a piece; waits for the reader where there is no room.
    pub(crate) fn print(&self, piece: String) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // Fails once a write has failed; the end tells of that.
        let _ = self.pieces.send(piece);
    }

    /// Waits until all is written.
    ///
    /// # Errors
    /// When a write failed.
    pub(crate) fn end(self) -> io::Result<()> {
        drop(self.pieces);
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the thread that writes has ended")))
    }
}

/// A reader of standard output that has gone away is no error: it has seen what it wanted.
///
/// # Errors
/// When standard output could not be written for another reason.
pub(crate) fn printed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            ExitStatus::Failed,
            format!("standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// A reader that takes a piece when it is told to.
    struct Slow {
        may: Receiver<()>,
        seen: std::sync::mpsc::Sender<String>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.may.recv().map_err(io::Error::other)?;
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.seen.send(text).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_slow_reader_is_noticed_before_it_is_waited_for_and_gets_everything_in_order() {
        let (go, may) = channel();
        let (seen, shown) = channel();
        let printer = Printer::start(move || Slow { may, seen }).unwrap();
        let mut sent = 0;
        while printer.has_room() {
            printer.print(sent.to_string());
            sent += 1;
        }
        assert_eq!(sent, AHEAD);
        (0..sent).for_each(|_| go.send(()).unwrap());
        printer.end().unwrap();
        let shown: Vec<String> = shown.iter().collect();
        let all: Vec<String> = (0..sent).map(|n| n.to_string()).collect();
        assert_eq!(shown, all);
    }

    #[test]
    fn after_a_failed_write_nothing_waits_and_the_end_tells_of_it() {
        let (go, may) = channel();
        let (seen, _) = channel();
        drop(go);
        let printer = Printer::start(move || Slow { may, seen }).unwrap();
        (0..3 * AHEAD).for_each(|n| printer.print(n.to_string()));
        assert!(printer.end().is_err());
    }
}
