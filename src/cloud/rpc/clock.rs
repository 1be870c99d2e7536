//! Time and chance, passed in so that tests can set both.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The most that this machine's clock may be off and still be corrected: who is off by more had better look.
const MOST_CORRECTED: SignedDuration = SignedDuration::from_hours(24);

/// Wall time for signatures: a reading taken once, carried forward by tokio's clock. On tokio's paused clock it
/// stands still too. Clones share what a service said about the time.
#[derive(Debug, Clone)]
pub struct Clock {
    wall: Timestamp,
    read_at: Instant,
    correction_ms: Arc<AtomicI64>,
}

impl Clock {
    /// This machine's clock, read now.
    #[must_use]
    pub fn system() -> Self {
        Self::starting_at(Timestamp::now())
    }

    /// A clock that shows `wall` now.
    #[must_use]
    pub fn starting_at(wall: Timestamp) -> Self {
        Self {
            wall,
            read_at: Instant::now(),
            correction_ms: Arc::default(),
        }
    }

    /// What time it is, as far as is known.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let correction = self.correction_ms.load(Ordering::Relaxed);
        let machine = self.machine();
        let corrected = machine.checked_add(SignedDuration::from_millis(correction));
        corrected.unwrap_or(machine)
    }

    /// What the machine's own clock shows.
    fn machine(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.read_at.elapsed());
        elapsed
            .ok()
            .and_then(|elapsed| self.wall.checked_add(elapsed).ok())
            .unwrap_or(self.wall)
    }

    /// Follows a service for which it is `theirs` now. Gives by how much the machine's clock is ahead, or `None` when
    /// that is more than is corrected.
    pub(super) fn follow(&self, theirs: Timestamp) -> Option<Correction> {
        let ahead = self.machine().duration_since(theirs);
        if ahead.abs() > MOST_CORRECTED {
            return None;
        }
        let correction = i64::try_from(-ahead.as_millis()).ok()?;
        let before = self.correction_ms.swap(correction, Ordering::Relaxed);
        Some(Correction {
            ahead,
            is_first: before == 0,
        })
    }
}

/// What a service's time said about the machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Correction {
    /// How much the machine's clock is ahead; negative when it is behind.
    pub(super) ahead: SignedDuration,
    /// Whether the clock was taken to be right until now.
    pub(super) is_first: bool,
}

/// Nonces and jitter. Nonces must be new, not secret; so a fast generator does, begun from a random place.
pub struct Random {
    run: u64,
    state: AtomicU64,
}

impl Random {
    /// Begins at a place that the operating system chose.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn from_os() -> Result<Self, getrandom::Error> {
        let (mut run, mut state) = ([0; 8], [0; 8]);
        getrandom::fill(&mut run)?;
        getrandom::fill(&mut state)?;
        Ok(Self {
            run: u64::from_le_bytes(run),
            state: AtomicU64::new(u64::from_le_bytes(state)),
        })
    }

    /// Begins at a fixed place, for tests: equal seeds give equal numbers.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            run: seed,
            state: AtomicU64::new(seed),
        }
    }

    /// A text not used before: 32 hex digits.
    #[must_use]
    pub fn nonce(&self) -> String {
        format!("{:016x}{:016x}", self.run, self.next())
    }

    /// A length of time from zero up to `most`, evenly spread.
    #[must_use]
    pub fn up_to(&self, most: Duration) -> Duration {
        // The top 53 bits fill a float's fraction exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        most.mul_f64(share)
    }

    /// SplitMix64, whose numbers do not repeat before 2^64 of them.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self
            .state
            .fetch_add(STEP, Ordering::Relaxed)
            .wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

/// The time in a header of HTTP, such as `Date`.
pub(crate) fn header_time(header: &str) -> Option<Timestamp> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(header).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn wall_time_follows_tokios_clock() {
        let wall: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let clock = Clock::starting_at(wall);
        assert_eq!(clock.now(), wall);
        tokio::time::sleep(Duration::from_secs(61)).await;
        assert_eq!(clock.now().to_string(), "2026-01-02T03:05:06Z");
    }

    #[test]
    fn nonces_differ_and_seeds_repeat() {
        let (one, two) = (Random::seeded(7), Random::seeded(7));
        let nonces: std::collections::BTreeSet<_> = (0..1000).map(|_| one.nonce()).collect();
        assert_eq!(nonces.len(), 1000);
        assert!(nonces.iter().all(|nonce| nonce.len() == 32));
        assert!(nonces.contains(&two.nonce()));
        let other = Random::from_os().unwrap();
        assert_ne!(other.nonce(), Random::from_os().unwrap().nonce());
    }

    #[test]
    fn chance_stays_below_its_limit() {
        let random = Random::seeded(1);
        let most = Duration::from_millis(100);
        let drawn: Vec<_> = (0..1000).map(|_| random.up_to(most)).collect();
        assert!(drawn.iter().all(|d| *d < most));
        let mean = drawn.iter().sum::<Duration>() / 1000;
        assert!(mean > most * 2 / 5 && mean < most * 3 / 5, "{mean:?}");
    }
}
