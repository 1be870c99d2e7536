//! Lays the orders of independent components side by side.

use super::super::steps::DraftStep;

/// The wave of each step.
#[derive(Default)]
pub(super) struct Waves {
    /// Wave and step number.
    placed: Vec<(usize, usize)>,
}

impl Waves {
    /// Gives the groups of a component the waves from 0 up.
    pub(super) fn add(&mut self, order: &[Vec<usize>]) {
        for (wave, group) in order.iter().enumerate() {
            self.placed.extend(group.iter().map(|step| (wave, *step)));
        }
    }

    /// The steps wave by wave, and for each old number the new one.
    pub(super) fn into_steps(
        mut self,
        drafts: Vec<DraftStep>,
    ) -> (Vec<(usize, DraftStep)>, Vec<usize>) {
        self.placed.sort_unstable();
        let mut places = vec![0; drafts.len()];
        for (place, (_, step)) in self.placed.iter().enumerate() {
            if let Some(slot) = places.get_mut(*step) {
                *slot = place;
            }
        }
        let mut drafts: Vec<Option<DraftStep>> = drafts.into_iter().map(Some).collect();
        let steps = self
            .placed
            .into_iter()
            .filter_map(|(wave, step)| Some((wave, drafts.get_mut(step)?.take()?)));
        (steps.collect(), places)
    }
}
