//! How far a run over many accounts or a task has come: a bar on a terminal, a line now and then in a log.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::visible::visible;

/// How often a log gets a line.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// How often a log gets a line where nothing moves.
const IDLE_LOG_EVERY: Duration = Duration::from_secs(60);

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

/// Shows how far one task is.
pub(crate) enum Percent {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log, with what was shown last and when.
    Lines { last: Option<(u8, Instant)> },
    /// With `--quiet`.
    Silent,
}

impl Percent {
    /// On standard error.
    pub(crate) fn new(is_terminal: bool) -> Self {
        if !is_terminal {
            return Self::Lines { last: None };
        }
        let bar = ProgressBar::new(100);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos:>3} %  {elapsed}") {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    /// The task as it was just seen; `took` is how long it is followed.
    pub(crate) fn show(&mut self, status: &str, percent: u8, took: Duration) {
        let status = visible(status);
        match self {
            Self::Bar(bar) => {
                bar.set_message(status.into_owned());
                bar.set_position(percent.into());
                // From the first look on, so that the time goes on between two looks.
                bar.enable_steady_tick(Duration::from_secs(1));
            }
            Self::Lines { last } => {
                let is_due = last.is_none_or(|(shown, at)| {
                    at.elapsed() >= IDLE_LOG_EVERY
                        || (shown != percent && at.elapsed() >= LOG_EVERY)
                });
                if is_due {
                    *last = Some((percent, Instant::now()));
                    anstream::eprintln!("{status}, {percent} %, {} s so far", took.as_secs());
                }
            }
            Self::Silent => {}
        }
    }

    /// Says something without a bar in between.
    pub(crate) fn suspend(&self, say: impl FnOnce()) {
        match self {
            Self::Bar(bar) => bar.suspend(say),
            Self::Lines { .. } | Self::Silent => say(),
        }
    }
}

impl Drop for Percent {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
