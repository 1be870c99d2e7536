//! YAML values to the custom policies of a spec.

use super::super::fields::{self, Either, EitherHints, Fields};
use super::super::node::Node;
use super::super::notes::Notes;
use super::super::shape::{ContentShape, PolicyShape};
use super::document::document;
use crate::model::PolicyName;
use crate::policy::quote;
use crate::policy::suggest;

/// What `grant` can generate.
const GRANTS: [&str; 1] = ["image-export"];

/// Reads an entry of `policies`.
pub(super) fn policy(notes: &mut Notes, node: &Node) -> Option<PolicyShape> {
    let fields = Fields::read(
        notes,
        node,
        &["name", "grant", "document", "description", "tags"],
    )?;
    let name = fields.needed(notes, "name", "name the custom policy", |notes, node| {
        fields::name(notes, node, PolicyName::new)
    });
    let content = content(notes, &fields);
    let description = fields.optional(notes, "description", fields::description);
    let tags = fields.optional(notes, "tags", fields::tags);
    Some(PolicyShape {
        name: name?,
        content,
        description,
        tags,
    })
}

fn content(notes: &mut Notes, fields: &Fields<'_>) -> Option<ContentShape> {
    let hints = EitherHints {
        both: "keep `grant` to generate the document, `document` to give it",
        neither: "write `grant: image-export`, or `document:` with a file or the document itself",
    };
    match fields.either(notes, ["grant", "document"], hints)? {
        Either::First(node) => grant(notes, node),
        Either::Second(node) => document(notes, node).map(ContentShape::Document),
    }
}

fn grant(notes: &mut Notes, node: &Node) -> Option<ContentShape> {
    let word = fields::text(notes, node)?;
    if GRANTS.contains(&word) {
        return Some(ContentShape::ImageExport(node.spot.clone()));
    }
    let hint = suggest::did_you_mean(word, GRANTS)
        .unwrap_or_else(|| format!("there is one: `{}`", GRANTS.join("`, `")));
    notes.error_hint(&node.spot, format!("unknown grant {}", quote(word)), hint);
    None
}
