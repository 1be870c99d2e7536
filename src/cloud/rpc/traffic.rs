//! What the calls that share an account's quota have in common: their rate, their repeats and their counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use super::call::{Call, CallKind, Service};
use super::limiter::Limiter;
use super::lock::lock;
use super::retry::Budget;

/// Shared by all clients whose calls count together.
#[derive(Debug, Default)]
pub struct Traffic {
    pub(super) limiter: Limiter,
    pub(super) budget: Budget,
    pub(super) counters: Counters,
    /// One for each service, by its name.
    reach: Mutex<BTreeMap<&'static str, Arc<Reach>>>,
}

impl Traffic {
    pub(super) fn reach(&self, service: &Service) -> Arc<Reach> {
        Arc::clone(lock(&self.reach).entry(service.name).or_default())
    }
}

/// Whether a service can be reached at all, as far as is known. A connection on which nothing is ever said is not
/// enough: a middlebox may have made it.
#[derive(Debug, Default)]
pub(super) struct Reach {
    first_call: OnceLock<Instant>,
    was_reached: AtomicBool,
}

impl Reach {
    /// Notes that a call begins.
    pub(super) fn begin(&self, now: Instant) {
        self.first_call.get_or_init(|| now);
    }

    /// Notes that something came back.
    pub(super) fn answered(&self) {
        self.was_reached.store(true, Ordering::Relaxed);
    }

    /// Whether another attempt of the usual length would end later than a user should have to wait to hear that
    /// nothing can be reached at all.
    pub(super) fn is_hopeless(&self, wait: Duration, attempts: u32, patience: Duration) -> bool {
        let Some(first) = self.first_call.get() else {
            return false;
        };
        let spent = first.elapsed();
        let one_attempt = spent / attempts.max(1);
        !self.was_reached.load(Ordering::Relaxed) && spent + wait + one_attempt > patience
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    calls: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    waited_ms: AtomicU64,
}

/// What a client did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requests made, repeats included.
    pub calls: u64,
    /// Requests made that can change something, repeats included.
    pub writes: u64,
    /// Requests that repeated another.
    pub retries: u64,
    /// Answers that said "too many calls".
    pub throttled: u64,
    /// Time spent waiting between attempts, summed over calls that waited at the same time.
    pub waited: Duration,
}

impl Counters {
    pub(super) fn sent(&self, call: &Call) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if call.kind == CallKind::Write {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn repeated(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn waited(&self, wait: Duration) {
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self.waited_ms.fetch_add(wait_ms, Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> Counts {
        let Self {
            calls,
            writes,
            retries,
            throttled,
            waited_ms,
        } = self;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            calls: read(calls),
            writes: read(writes),
            retries: read(retries),
            throttled: read(throttled),
            waited: Duration::from_millis(read(waited_ms)),
        }
    }
}
