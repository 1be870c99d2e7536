//! YAML values to the findings that are accepted.

use super::super::fields::{self, At, Fields};
use super::super::node::Node;
use super::super::notes::Notes;
use super::super::shape::AcceptShape;
use crate::model::{Acceptance, Day};
use crate::policy::quote;

/// Longest reason. Unit: characters. Our own choice: it stands in a line of every report.
const REASON_LENGTH: usize = 500;

/// Longest name of an owner. Unit: characters. Our own choice.
const OWNER_LENGTH: usize = 100;

/// Length of ids and states. Unit: hexadecimal digits.
const DIGEST_LENGTH: usize = 16;

const PRINTED: &str =
    "`export-iam drift --accept ID --reason TEXT --until DAY` prints the whole entry";

/// Reads an entry of `accept`.
pub(super) fn acceptance(notes: &mut Notes, node: &Node) -> Option<AcceptShape> {
    let fields = Fields::read(notes, node, &["id", "state", "reason", "owner", "until"])?;
    let id = fields.needed(notes, "id", PRINTED, |notes, node| {
        digest(notes, node, "id")
    });
    let state = fields.needed(notes, "state", PRINTED, |notes, node| {
        digest(notes, node, "state")
    });
    let reason = fields.needed(
        notes,
        "reason",
        "say why the finding may stay, for whoever reads it next",
        |notes, node| fields::name(notes, node, |text| words("reason", text, REASON_LENGTH)),
    );
    let owner = match fields.get("owner") {
        Some(node) => Some(fields::name(notes, node, |text| {
            words("owner", text, OWNER_LENGTH)
        })?),
        None => None,
    };
    let until = fields.needed(
        notes,
        "until",
        "name the last day on which it does not count, as `until: 2027-03-31`",
        |notes, node| fields::name(notes, node, Day::parse),
    );
    let id = id?;
    Some(AcceptShape {
        id_spot: id.spot,
        acceptance: Acceptance {
            id: id.value,
            state: state?.value,
            reason: reason?.value,
            owner: owner.map(|owner| owner.value),
            until: until?.value,
        },
    })
}

fn digest(notes: &mut Notes, node: &Node, what: &str) -> Option<At<String>> {
    let text = fields::text(notes, node)?;
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if text.len() == DIGEST_LENGTH && text.chars().all(is_digit) {
        return Some(At {
            value: text.to_owned(),
            spot: node.spot.clone(),
        });
    }
    let message = format!(
        "{} is not the {what} of a finding, {DIGEST_LENGTH} of the digits 0 to 9 and a to f",
        quote(text)
    );
    notes.error_hint(&node.spot, message, PRINTED);
    None
}

/// A text with something in it, on one line.
fn words(what: &str, text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(format!("the {what} is empty"));
    }
    if length > most {
        return Err(format!(
            "the {what} has {length} characters, {most} are allowed"
        ));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(_) => Err(format!("the {what} is not on one line")),
        None => Ok(text.to_owned()),
    }
}
