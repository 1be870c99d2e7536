//! Sentences that must hold whatever else changes, with their places in the spec.

use std::collections::BTreeMap;

use super::checked::Spec;
use super::error::Diagnostic;
use super::notes::Notes;
use super::shape::{NeverRole, NeverShape};
use crate::model::{DesiredRole, Never, RoleName};

/// The sentences, one for each role and each thing forbidden, and the place of each. A role that the spec does not
/// name has been reported.
pub(super) fn promises(
    notes: &Notes,
    shapes: Vec<NeverShape>,
    roles: &BTreeMap<RoleName, DesiredRole>,
) -> (Vec<Never>, Vec<Diagnostic>) {
    let sentences = shapes.into_iter().flat_map(|shape| {
        let NeverShape {
            role,
            forbidden,
            spot,
        } = shape;
        let place = notes.diagnostic(&spot, String::new(), None);
        let of_roles: Vec<RoleName> = match role.value {
            NeverRole::Every => roles.keys().cloned().collect(),
            NeverRole::Named(name) => vec![name],
        };
        let sentences = of_roles.into_iter().flat_map(move |role| {
            let place = place.clone();
            forbidden.clone().into_iter().map(move |forbidden| {
                let never = Never {
                    role: role.clone(),
                    forbidden,
                };
                (never, place.clone())
            })
        });
        sentences.collect::<Vec<_>>()
    });
    sentences.unzip()
}

impl Spec {
    /// What must hold whatever else changes, in the order of the spec.
    #[must_use]
    pub fn never(&self) -> &[Never] {
        &self.never
    }

    /// A remark about the sentence at this place.
    #[must_use]
    pub fn about_never(&self, place: usize, message: String, hint: &str) -> Option<Diagnostic> {
        let spot = self.never_spots.get(place)?;
        Some(Diagnostic {
            message,
            hint: Some(hint.to_owned()),
            ..spot.clone()
        })
    }
}
