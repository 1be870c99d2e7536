//! Which failures are repeated, after how long, and how often in all. Knows neither HTTP nor any service's codes.
//!
//! By hand: the crates for back-off know neither a wait that the service asks for nor a budget that calls share.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::clock::Random;

/// What repeating a failed call is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryClass {
    /// Too many calls: wait long, then repeat. The call had no effect.
    Throttled,
    /// The way or the service failed: repeat what is safe to repeat.
    Transient,
    /// An answer came that is nobody's: something in between failed, and may do so again for good.
    Garbled,
    /// The nonce was seen before: repeat at once with another.
    Nonce,
    /// The clocks differ: repeating changes nothing.
    Clock,
    /// The key was refused: repeating changes nothing.
    Credential,
    /// An answer that will not change.
    Final,
}

/// How long to wait before the n-th repeat: `rand × min(cap, base × 2^n)`, known as full jitter.
///
/// Source of the shape: AWS Architecture Blog, "Exponential Backoff And Jitter". A wait that the service asks
/// for is kept to the millisecond instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// First wait after a transient failure, before jitter.
    pub transient: Duration,
    /// First wait after throttling, before jitter.
    pub throttled: Duration,
    /// Longest wait, before jitter.
    pub cap: Duration,
    /// Longest wait that the service may ask for.
    pub retry_after_cap: Duration,
    /// Most tries of one call that fails in transient ways, the first included.
    pub transient_tries: u32,
    /// Most tries of one call that is throttled, the first included.
    pub throttled_tries: u32,
    /// Most tries of one call whose answers cannot be read, the first included.
    pub garbled_tries: u32,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            transient: Duration::from_millis(50),
            throttled: Duration::from_secs(1),
            cap: Duration::from_secs(20),
            retry_after_cap: Duration::from_secs(60),
            transient_tries: 5,
            throttled_tries: 8,
            garbled_tries: 3,
        }
    }
}

impl Schedule {
    /// The wait before repeating a call that has been tried `tries` times; `None` to give up.
    #[must_use]
    pub fn wait(
        &self,
        class: RetryClass,
        tries: u32,
        retry_after: Option<Duration>,
        random: &Random,
    ) -> Option<Duration> {
        let (base, most) = match class {
            RetryClass::Throttled => (self.throttled, self.throttled_tries),
            RetryClass::Transient => (self.transient, self.transient_tries),
            RetryClass::Garbled => (self.transient, self.garbled_tries),
            RetryClass::Nonce => (Duration::ZERO, self.transient_tries),
            RetryClass::Clock | RetryClass::Credential | RetryClass::Final => return None,
        };
        if tries >= most {
            return None;
        }
        let jittered = || random.up_to(base.saturating_mul(doubled(tries)).min(self.cap));
        Some(match retry_after {
            Some(asked) => asked.min(self.retry_after_cap),
            None => jittered(),
        })
    }
}

/// 2^(tries − 1), so the first repeat waits up to the base.
fn doubled(tries: u32) -> u32 {
    1_u32 << tries.saturating_sub(1).min(20)
}

/// Keeps repeats from doubling the load of a service that is down: each costs one, and each call that is
/// answered well pays half of one back. So up to a third of all calls may fail for good and all, and a client
/// that meets nothing but failures stops repeating after [`Budget::FULL`].
#[derive(Debug)]
pub(super) struct Budget {
    halves: AtomicU32,
}

impl Default for Budget {
    /// A full one.
    fn default() -> Self {
        Self {
            halves: AtomicU32::new(Self::FULL * 2),
        }
    }
}

impl Budget {
    /// Repeats to begin with, and at most.
    pub(super) const FULL: u32 = 40;

    /// Takes one repeat; says whether there was one to take.
    pub(super) fn spend(&self) -> bool {
        let take = |halves: u32| halves.checked_sub(2);
        self.halves
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }

    /// Pays for one good answer.
    pub(super) fn earn(&self) {
        let add = |halves: u32| (halves < Self::FULL * 2).then(|| halves + 1);
        let _ = self
            .halves
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_are_spread_from_zero() {
        let schedule = Schedule {
            transient_tries: 30,
            throttled_tries: 30,
            ..Schedule::default()
        };
        let random = Random::seeded(3);
        for (class, tries, most) in [
            (RetryClass::Transient, 1, 50),
            (RetryClass::Transient, 2, 100),
            (RetryClass::Transient, 5, 800),
            (RetryClass::Throttled, 1, 1000),
            (RetryClass::Throttled, 4, 8000),
            (RetryClass::Throttled, 29, 20_000),
            (RetryClass::Nonce, 1, 0),
        ] {
            let most = Duration::from_millis(most);
            let waits: Vec<_> = (0..200)
                .filter_map(|_| schedule.wait(class, tries, None, &random))
                .collect();
            assert_eq!(waits.len(), 200);
            assert!(waits.iter().all(|wait| *wait <= most), "{class:?} {tries}");
            assert!(waits.iter().any(|wait| *wait <= most / 10));
            assert!(waits.iter().any(|wait| *wait >= most * 9 / 10));
        }
    }

    #[test]
    fn the_services_own_wait_is_kept_to_the_millisecond() {
        let random = Random::seeded(3);
        let wait = |asked| {
            Schedule::default().wait(
                RetryClass::Throttled,
                1,
                Some(Duration::from_millis(asked)),
                &random,
            )
        };
        assert_eq!(wait(1234), Some(Duration::from_millis(1234)));
        assert_eq!(wait(3_600_000), Some(Duration::from_secs(60)));
    }

    #[test]
    fn some_failures_are_never_repeated_and_none_for_ever() {
        let random = Random::seeded(3);
        let schedule = Schedule::default();
        for class in [RetryClass::Clock, RetryClass::Credential, RetryClass::Final] {
            assert_eq!(schedule.wait(class, 1, None, &random), None);
        }
        assert!(
            schedule
                .wait(RetryClass::Transient, 4, None, &random)
                .is_some()
        );
        assert_eq!(schedule.wait(RetryClass::Transient, 5, None, &random), None);
        assert_eq!(schedule.wait(RetryClass::Throttled, 8, None, &random), None);
        assert_eq!(schedule.wait(RetryClass::Nonce, 5, None, &random), None);
    }

    #[test]
    fn the_budget_lasts_while_two_thirds_succeed_and_ends_when_nothing_does() {
        let budget = Budget::default();
        for _ in 0..10_000 {
            assert!(budget.spend());
            budget.earn();
            budget.earn();
        }
        let spent = (0..1000).filter(|_| budget.spend()).count();
        assert_eq!(spent, Budget::FULL as usize);
        budget.earn();
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
    }
}
