//! How much work one comparison may take.

/// The budget is spent. Callers answer "unknown: too complex", never "equal".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooComplex;

/// Work left. The unit is about one operation on a machine word, 1 to 3 ns.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    left: u64,
}

/// Work for one comparison of two documents, all readings of the language together. Deciding inclusion of such
/// patterns is PSPACE-complete in general, so some bound there must be. Ordinary policies take a ten-thousandth of it.
/// Measured with `benches/policy.rs` on the machine of 2026: 500 hard documents, the slowest within 0.5 s.
const COMPARISON: u64 = 400_000_000;

/// Work for one of the many questions of a plan: a requirement of an export, or a state between two steps.
const QUESTION: u64 = 50_000_000;

/// Work for putting the answer into words, which comes after the verdict and must not endanger it.
const WORDS: u64 = 10_000_000;

impl Budget {
    /// For one comparison.
    pub(crate) fn for_comparison() -> Self {
        Self { left: COMPARISON }
    }

    /// For one question of a plan.
    pub(crate) fn for_question() -> Self {
        Self { left: QUESTION }
    }

    /// For the lines of one comparison.
    pub(crate) fn for_words() -> Self {
        Self { left: WORDS }
    }

    #[cfg(test)]
    pub(crate) fn of(left: u64) -> Self {
        Self { left }
    }

    /// Lets `run` spend at most `share` of what is left; what it spends is spent here too.
    pub(crate) fn share<T>(
        &mut self,
        share: u64,
        run: impl FnOnce(&mut Budget) -> Result<T, TooComplex>,
    ) -> Result<T, TooComplex> {
        let granted = self.left.min(share);
        let mut part = Budget { left: granted };
        let outcome = run(&mut part);
        self.left -= granted - part.left;
        outcome
    }

    /// # Errors
    /// When less than `work` is left.
    pub(crate) fn spend(&mut self, work: usize) -> Result<(), TooComplex> {
        match self.left.checked_sub(work as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(TooComplex)
            }
        }
    }
}
