//! The events of a run on standard error: with `-v` our calls, repeats and read-backs, with `-vv` each attempt and
//! wait too; without, only warnings, which explain a long silence.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::options::Global;
use crate::visible::visible;

/// Shows events from now on; none with `--quiet`.
pub(crate) fn start(global: &Global) {
    if global.quiet {
        return;
    }
    let events = fmt::layer()
        .with_writer(|| Visible(io::stderr()))
        .with_ansi(false)
        .with_target(false);
    let (level, events) = match global.verbose {
        0 => (
            LevelFilter::WARN,
            events.with_level(false).without_time().boxed(),
        ),
        1 => (LevelFilter::DEBUG, events.boxed()),
        _ => (LevelFilter::TRACE, events.boxed()),
    };
    // The libraries below us have events of their own, which say nothing about a call.
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
    // A second subscriber in one process is refused; the first one stays.
    let _ = tracing_subscriber::registry()
        .with(events.with_filter(ours))
        .try_init();
}

/// Writes text with every invisible character as an escape. Each event comes in one piece.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(visible(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_show_what_has_no_visible_form() {
        let mut written = Visible(Vec::new());
        writeln!(written, "name=a\u{e0041}b\u{1b}[2J").unwrap();
        assert_eq!(written.0, b"name=a\\u{e0041}b\\u{1b}[2J\n");
    }
}
