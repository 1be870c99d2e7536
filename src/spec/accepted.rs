//! Accepted findings: what the spec says of them, and the text to paste for one more.

use super::checked::Spec;
use super::emit::emit;
use super::error::Diagnostic;
use super::load;
use super::yaml::Raw;
use crate::model::{Acceptance, Day};
use crate::visible::visible;

impl Spec {
    /// The findings that are taken as they are, in the order of the spec.
    #[must_use]
    pub fn acceptances(&self) -> &[Acceptance] {
        &self.acceptances
    }

    /// What to say of the acceptance at this place, which is about nothing that is found.
    #[must_use]
    pub fn unused_acceptance(&self, place: usize, today: Day) -> Option<Diagnostic> {
        let Acceptance { id, until, .. } = self.acceptances.get(place)?;
        let over = match *until < today {
            true => format!(", and its last day was {until}"),
            false => String::new(),
        };
        Some(Diagnostic {
            message: format!("finding `{id}` is accepted, but it is not found{over}"),
            hint: Some("remove the entry".to_owned()),
            ..self.acceptance_spots.get(place)?.clone()
        })
    }
}

/// The `accept` block of a spec that holds these entries, each below a comment that says what it is about.
///
/// # Errors
/// When the words of an entry are none that a spec may hold: what is wrong with them.
pub fn accept_block(entries: &[(String, Acceptance)]) -> Result<String, String> {
    let mut block = String::from("accept:\n");
    for (comment, acceptance) in entries {
        block.push_str(&format!("  # {}\n", visible(&comment.replace('\n', " "))));
        for line in emit(&Raw::List(vec![entry(acceptance)])).lines() {
            block.push_str(&format!("  {line}\n"));
        }
    }
    match load::built_in("accept", &format!("version: 1\n{block}")) {
        Ok(_) => Ok(block),
        Err(errors) => Err(errors
            .errors()
            .first()
            .map_or_else(String::new, |error| error.message.clone())),
    }
}

fn entry(acceptance: &Acceptance) -> Raw {
    let Acceptance {
        id,
        state,
        reason,
        owner,
        until,
    } = acceptance;
    let text = |text: &str| Raw::Text(text.to_owned());
    let mut entries = vec![
        (text("id"), text(id)),
        (text("state"), text(state)),
        (text("reason"), text(reason)),
    ];
    entries.extend(owner.iter().map(|owner| (text("owner"), text(owner))));
    entries.push((text("until"), text(&until.to_string())));
    Raw::Map(entries)
}
