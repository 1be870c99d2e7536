//! How long to wait between two looks at a task.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(30);

/// Pauses that grow from five seconds to thirty.
#[derive(Debug)]
pub(super) struct Pauses(Duration);

impl Pauses {
    pub(super) fn new() -> Self {
        Self(FIRST)
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 5 / 4).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute() {
        let mut pauses = Pauses::new();
        let first: Vec<Duration> = (0..12).map(|_| pauses.next()).collect();
        assert_eq!(first[0], FIRST);
        assert!(first.is_sorted());
        assert_eq!(first[11], LONGEST);
    }
}
