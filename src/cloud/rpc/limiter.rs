//! How fast calls go out: a bucket of tokens that fills more slowly after throttling.
//!
//! By hand: the crates for token buckets have a fixed rate or their own clock, and this one follows the throttling on tokio's.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::lock::lock;

/// Calls a second while nothing is throttled, and how many may go out at once. RAM publishes no figures; a plan
/// of the usual size must never wait here, and a fleet of accounts is bounded by connections instead.
const FULL_RATE: f64 = 50.0;

/// The slowest we go, in calls a second. Below this an apply would look like a hang.
const LEAST_RATE: f64 = 1.0;

/// What one answered call adds to the rate. About a hundred of them win back the full rate.
const RECOVERY: f64 = 0.5;

/// The most `AssumeRole` that one account may call in a second is 100 (source: STS API Reference); a full bucket
/// and what fills it in a second stay within that.
const ASSUME_ROLE_RATE: f64 = 97.0;
const ASSUME_ROLE_BURST: f64 = 3.0;

/// A token bucket: one per account, and one for all `AssumeRole` with the same credentials.
#[derive(Debug)]
pub struct Limiter(Mutex<Bucket>);

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

impl Limiter {
    /// A full bucket, for the calls of one account to RAM.
    #[must_use]
    pub fn of_account() -> Self {
        Self::of(FULL_RATE, FULL_RATE)
    }

    /// A full bucket, for `AssumeRole` with one account's credentials.
    #[must_use]
    pub fn of_assume_role() -> Self {
        Self::of(ASSUME_ROLE_RATE, ASSUME_ROLE_BURST)
    }

    fn of(full_rate: f64, burst: f64) -> Self {
        Self(Mutex::new(Bucket {
            rate: full_rate,
            full_rate,
            burst,
            tokens: burst,
            filled_at: Instant::now(),
            slowed_at: None,
        }))
    }

    /// Takes a token; gives how long to wait before using it.
    pub(super) fn take(&self) -> Duration {
        let mut bucket = lock(&self.0);
        let now = Instant::now();
        let fresh = now.duration_since(bucket.filled_at).as_secs_f64() * bucket.rate;
        // A bucket holds one second's calls, so a slowed account has no great burst either.
        bucket.tokens = (bucket.tokens + fresh).min(bucket.rate.max(1.0).min(bucket.burst));
        bucket.filled_at = now;
        bucket.tokens -= 1.0;
        if bucket.tokens >= 0.0 {
            Duration::ZERO
        } else {
            Duration::from_secs_f64(-bucket.tokens / bucket.rate)
        }
    }

    /// Notes an answer that was no throttling.
    pub(super) fn answered(&self) {
        let mut bucket = lock(&self.0);
        bucket.rate = (bucket.rate + RECOVERY).min(bucket.full_rate);
    }

    /// Halves the rate after a call sent at `sent_at` was throttled. Calls that were under way when the rate was
    /// last halved tell nothing new.
    pub(super) fn throttled(&self, sent_at: Instant) {
        let mut bucket = lock(&self.0);
        if bucket.slowed_at.is_some_and(|slowed| sent_at <= slowed) {
            return;
        }
        bucket.rate = (bucket.rate / 2.0).max(LEAST_RATE);
        bucket.tokens = bucket.tokens.min(0.0);
        bucket.slowed_at = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn calls_in_a_second(limiter: &Limiter) -> u32 {
        let end = Instant::now() + Duration::from_secs(1);
        let mut calls = 0;
        while Instant::now() < end {
            tokio::time::sleep(limiter.take()).await;
            calls += 1;
        }
        calls
    }

    #[tokio::test(start_paused = true)]
    async fn a_usual_plan_never_waits() {
        let limiter = Limiter::of_account();
        assert!((0..50).all(|_| limiter.take() == Duration::ZERO));
        assert!(limiter.take() > Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_slows_once_for_calls_in_flight_and_then_recovers() {
        let limiter = Limiter::of_account();
        let sent_at = Instant::now();
        tokio::time::sleep(Duration::from_millis(10)).await;
        for _ in 0..8 {
            limiter.throttled(sent_at);
        }
        let slow = calls_in_a_second(&limiter).await;
        assert!((24..=27).contains(&slow), "{slow}");
        for _ in 0..100 {
            limiter.answered();
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!((0..50).all(|_| limiter.take() == Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_assume_role_than_is_documented() {
        let limiter = Limiter::of_assume_role();
        let start = Instant::now();
        let mut moments: Vec<Duration> = (0..400).map(|_| limiter.take()).collect();
        tokio::time::sleep(Duration::from_secs(8)).await;
        let later = start.elapsed();
        moments.extend((0..100).map(|_| later + limiter.take()));
        for from in &moments {
            let within =
                |moment: &&Duration| **moment >= *from && **moment < *from + Duration::from_secs(1);
            let calls = moments.iter().filter(within).count();
            assert!(calls <= 100, "{calls} from {from:?}");
        }
        assert!(moments[399] < Duration::from_secs(6), "{:?}", moments[399]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_stops_altogether() {
        let limiter = Limiter::of_account();
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            limiter.throttled(Instant::now());
        }
        limiter.take();
        assert!(limiter.take() <= Duration::from_secs(3));
    }
}
