//! How fast calls go out: buckets of tokens that fill more slowly after throttling.
//!
//! By hand: the crates for token buckets have a fixed rate or their own clock, and these follow the throttling on tokio's.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::call::Call;
use super::lock::lock;

/// Calls a second while nothing is throttled, and how many may go out at once. RAM takes 100 reads and 10 or 20 writes
/// a second of each operation; a plan of the usual size must never wait here, and a fleet of accounts is bounded by
/// connections instead. Source: RAM API Reference, flow control, 2025.
const USUAL_RATE: f64 = 50.0;

/// The slowest we go, in calls a second. Below this an apply would look like a hang.
const LEAST_RATE: f64 = 1.0;

/// What one answered call adds to the rate. About a hundred of them win back the full rate.
const RECOVERY: f64 = 0.5;

/// Paces the calls of one account: those of an operation with a limit of its own by that, all others together.
#[derive(Debug)]
pub struct Limiter(Mutex<Buckets>);

#[derive(Debug)]
struct Buckets {
    usual: Bucket,
    /// By service and operation; made when first needed, for thousands of accounts need none.
    limited: BTreeMap<(&'static str, &'static str), Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// Calls a second.
    rate: f64,
    /// The rate while nothing is throttled.
    full_rate: f64,
    /// How many may go out at once then.
    burst: f64,
    /// Calls that may go out now; below zero when calls are already waiting.
    tokens: f64,
    filled_at: Instant,
    slowed_at: Option<Instant>,
}

impl Default for Limiter {
    /// With full buckets.
    fn default() -> Self {
        Self(Mutex::new(Buckets {
            usual: Bucket::full(USUAL_RATE, USUAL_RATE),
            limited: BTreeMap::new(),
        }))
    }
}

impl Limiter {
    /// Takes a token for `call`; gives how long to wait before using it.
    pub(super) fn take(&self, call: &Call) -> Duration {
        lock(&self.0).of(call).take()
    }

    /// Notes that `call` had an answer that was no throttling.
    pub(super) fn answered(&self, call: &Call) {
        lock(&self.0).of(call).recover();
    }

    /// Halves the rate after `call`, sent at `sent_at`, was throttled. Calls that were under way when the rate was last
    /// halved tell nothing new.
    pub(super) fn throttled(&self, call: &Call, sent_at: Instant) {
        lock(&self.0).of(call).slow_down(sent_at);
    }
}

impl Buckets {
    fn of(&mut self, call: &Call) -> &mut Bucket {
        let mut limits = call.service.limits.iter();
        match limits.find(|limit| limit.operation == call.operation) {
            None => &mut self.usual,
            Some(limit) => {
                let name = (call.service.name, call.operation);
                let bucket = self.limited.entry(name);
                bucket.or_insert_with(|| Bucket::full(limit.rate, limit.burst))
            }
        }
    }
}

impl Bucket {
    fn full(full_rate: f64, burst: f64) -> Self {
        Self {
            rate: full_rate,
            full_rate,
            burst,
            tokens: burst,
            filled_at: Instant::now(),
            slowed_at: None,
        }
    }

    fn take(&mut self) -> Duration {
        let now = Instant::now();
        let fresh = now.duration_since(self.filled_at).as_secs_f64() * self.rate;
        // A bucket holds one second's calls, so a slowed account has no great burst either.
        self.tokens = (self.tokens + fresh).min(self.rate.max(1.0).min(self.burst));
        self.filled_at = now;
        self.tokens -= 1.0;
        if self.tokens >= 0.0 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64(-self.tokens / self.rate)
        }
    }

    fn recover(&mut self) {
        self.rate = (self.rate + RECOVERY).min(self.full_rate);
    }

    fn slow_down(&mut self, sent_at: Instant) {
        if self.slowed_at.is_some_and(|slowed| sent_at <= slowed) {
            return;
        }
        self.rate = (self.rate / 2.0).max(LEAST_RATE);
        self.tokens = self.tokens.min(0.0);
        self.slowed_at = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::rpc::call::{Limit, Service};

    const SERVICE: Service = Service {
        name: "test",
        version: "2015-05-01",
        host: "test.aliyuncs.com",
        codes: &[],
        limits: &[
            Limit {
                operation: "Hundred",
                rate: 97.0,
                burst: 3.0,
            },
            Limit {
                operation: "Twenty",
                rate: 17.0,
                burst: 3.0,
            },
        ],
    };

    fn call(operation: &'static str) -> Call {
        Call::read(&SERVICE, operation, String::new())
    }

    fn usual() -> Call {
        call("Usual")
    }

    async fn calls_in_a_second(limiter: &Limiter) -> u32 {
        let end = Instant::now() + Duration::from_secs(1);
        let mut calls = 0;
        while Instant::now() < end {
            tokio::time::sleep(limiter.take(&usual())).await;
            calls += 1;
        }
        calls
    }

    #[tokio::test(start_paused = true)]
    async fn a_usual_plan_never_waits() {
        let limiter = Limiter::default();
        assert!((0..50).all(|_| limiter.take(&usual()) == Duration::ZERO));
        assert!(limiter.take(&usual()) > Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_slows_once_for_calls_in_flight_and_then_recovers() {
        let limiter = Limiter::default();
        let sent_at = Instant::now();
        tokio::time::sleep(Duration::from_millis(10)).await;
        for _ in 0..8 {
            limiter.throttled(&usual(), sent_at);
        }
        let slow = calls_in_a_second(&limiter).await;
        assert!((24..=27).contains(&slow), "{slow}");
        for _ in 0..100 {
            limiter.answered(&usual());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!((0..50).all(|_| limiter.take(&usual()) == Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_calls_than_the_limit_and_a_busy_one_has_nearly_as_many() {
        for (operation, limit) in [("Hundred", 100), ("Twenty", 20)] {
            let limiter = Limiter::default();
            let call = call(operation);
            let start = Instant::now();
            let mut moments: Vec<Duration> = (0..4 * limit).map(|_| limiter.take(&call)).collect();
            let last = moments.last().copied().unwrap();
            assert!(last < Duration::from_secs(6), "{last:?}");
            tokio::time::sleep(Duration::from_secs(8)).await;
            let later = start.elapsed();
            moments.extend((0..limit).map(|_| later + limiter.take(&call)));
            for from in &moments {
                let end = *from + Duration::from_secs(1);
                let within = |moment: &&Duration| (*from..end).contains(*moment);
                let calls = moments.iter().filter(within).count();
                assert!(calls <= limit, "{operation}: {calls} from {from:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_operation_with_a_limit_of_its_own_holds_up_no_other() {
        let limiter = Limiter::default();
        for _ in 0..20 {
            limiter.take(&call("Twenty"));
        }
        limiter.throttled(&call("Twenty"), Instant::now());
        assert!(limiter.take(&call("Twenty")) > Duration::from_secs(1));
        assert_eq!(limiter.take(&call("Hundred")), Duration::ZERO);
        assert!((0..50).all(|_| limiter.take(&usual()) == Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_stops_altogether() {
        let limiter = Limiter::default();
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            limiter.throttled(&usual(), Instant::now());
        }
        limiter.take(&usual());
        assert!(limiter.take(&usual()) <= Duration::from_secs(3));
    }
}
