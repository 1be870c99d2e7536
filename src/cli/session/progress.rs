//! How far a run over many accounts has come: a bar on a terminal, a line now and then in a log.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a log gets a line.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Counts accounts.
pub(crate) enum Counter {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log.
    Lines {
        what: &'static str,
        done: usize,
        total: usize,
        shown: Instant,
    },
    /// With `--quiet`, or when there is nothing to count.
    Silent,
}

impl Counter {
    /// A counter up to `total` on standard error.
    pub(crate) fn new(what: &'static str, total: usize, is_terminal: bool) -> Self {
        if !is_terminal {
            return Self::Lines {
                what,
                done: 0,
                total,
                shown: Instant::now(),
            };
        }
        let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} accounts") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self::Bar(bar)
    }

    /// One more is done.
    pub(crate) fn advance(&mut self) {
        match self {
            Self::Bar(bar) => bar.inc(1),
            Self::Lines {
                what,
                done,
                total,
                shown,
            } => {
                *done += 1;
                if shown.elapsed() >= LOG_EVERY {
                    *shown = Instant::now();
                    anstream::eprintln!("{what} {done} of {total} accounts");
                }
            }
            Self::Silent => {}
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
