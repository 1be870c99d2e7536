//! Which nonces were seen: a signed request is good once.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

/// How far the clocks may differ, and how long a nonce is remembered. Unit: seconds.
/// Source: gateway error `InvalidTimeStamp.Expired`, "within 15 minutes".
pub(crate) const WINDOW_SECONDS: i64 = 15 * 60;

/// The nonces of the last half hour: a time stamp may lie a window ahead, and then stays good for another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nonces {
    seen: HashSet<String>,
    by_age: VecDeque<(i64, String)>,
}

impl Nonces {
    /// Remembers the nonce of this key; false when it was seen already.
    pub(crate) fn take(&mut self, key: &str, nonce: &str, now: Timestamp) -> bool {
        let now = now.as_second();
        while let Some((at, _)) = self.by_age.front() {
            if now - at <= 2 * WINDOW_SECONDS {
                break;
            }
            if let Some((_, old)) = self.by_age.pop_front() {
                self.seen.remove(&old);
            }
        }
        let entry = format!("{key}\n{nonce}");
        if !self.seen.insert(entry.clone()) {
            return false;
        }
        self.by_age.push_back((now, entry));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_nonce_is_good_once_per_key_until_forgotten() {
        let mut nonces = Nonces::default();
        assert!(nonces.take("a", "1", at(0)));
        assert!(!nonces.take("a", "1", at(1800)));
        assert!(nonces.take("b", "1", at(1800)));
        assert!(nonces.take("a", "1", at(1801)));
        assert_eq!(nonces.seen.len(), 2);
    }
}
