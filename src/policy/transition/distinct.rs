//! Identical states are asked once.

/// Which of some different things each state has.
pub(super) struct Distinct {
    of: Vec<usize>,
    count: usize,
}

impl Distinct {
    /// Each different thing once, and where it is.
    pub(super) fn of<T>(
        all: impl Iterator<Item = T>,
        same: impl Fn(&T, &T) -> bool,
    ) -> (Vec<T>, Self) {
        let (mut each, mut of): (Vec<T>, Vec<usize>) = (Vec::new(), Vec::new());
        for one in all {
            let known = each.iter().position(|known| same(known, &one));
            of.push(known.unwrap_or(each.len()));
            if known.is_none() {
                each.push(one);
            }
        }
        let count = each.len();
        (each, Self { of, count })
    }

    /// What is said of each state, said of each different thing. `None`: two states that have the same
    /// are said to differ, which cannot be.
    pub(super) fn outcomes(&self, of_states: &[Option<bool>]) -> Option<Vec<Option<bool>>> {
        let mut outcomes = vec![None; self.count];
        for (outcome, at) in of_states.iter().zip(&self.of) {
            let (Some(outcome), Some(known)) = (outcome, outcomes.get_mut(*at)) else {
                continue;
            };
            if known.get_or_insert(*outcome) != outcome {
                return None;
            }
        }
        Some(outcomes)
    }
}
