//! Puts steps in an order that RAM accepts.
//!
//! Steps that need nothing of each other share a wave and are sent together.

use super::steps::{DraftStep, must_precede};

/// The steps with the number of the wave each belongs to, waves counted from 0 and in order.
///
/// INVARIANT (acyclic): `must_precede` never leads back to where it started: it goes from versions and
/// creations to attachments, and from detachments to deletions.
pub(super) fn in_waves(drafts: Vec<DraftStep>) -> Vec<(usize, DraftStep)> {
    let mut waiting = drafts;
    let mut ordered = Vec::new();
    let mut wave = 0;
    while !waiting.is_empty() {
        let ready: Vec<bool> = waiting
            .iter()
            .map(|step| !waiting.iter().any(|other| must_precede(&other.step, &step.step)))
            .collect();
        let stuck = !ready.contains(&true);
        let mut later = Vec::new();
        for (step, ready) in waiting.into_iter().zip(ready) {
            match ready || stuck {
                true => ordered.push((wave, step)),
                false => later.push(step),
            }
        }
        waiting = later;
        wave += 1;
    }
    ordered
}
