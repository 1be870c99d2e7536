//! YAML values to the custom policies of a spec.

use super::super::fields::{self, Fields};
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
    let name = fields
        .required(notes, "name", "name the custom policy")
        .and_then(|node| fields::name(notes, node, PolicyName::new));
    let content = content(notes, &fields);
    let description = fields
        .get("description")
        .and_then(|node| fields::description(notes, node));
    let tags = fields
        .get("tags")
        .and_then(|node| fields::tags(notes, node));
    Some(PolicyShape {
        name: name?,
        content,
        description,
        tags,
    })
}

fn content(notes: &mut Notes, fields: &Fields<'_>) -> Option<ContentShape> {
    match (fields.get("grant"), fields.get("document")) {
        (Some(_), Some(document)) => {
            let message = "`grant` and `document` are both written, one of them is wanted";
            notes.error_hint(
                &document.spot,
                message,
                "keep `grant` to generate the document, `document` to give it",
            );
            None
        }
        (Some(node), None) => grant(notes, node),
        (None, Some(node)) => document(notes, node).map(ContentShape::Document),
        (None, None) => {
            if !fields.has("grant") && !fields.has("document") {
                notes.error_hint(
                    fields.spot(),
                    "`grant` or `document` is missing",
                    "write `grant: image-export`, or `document:` with a file or the document itself",
                );
            }
            None
        }
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
