//! A document in a spec: the name of a file, or the document itself.

use super::super::fields::At;
use super::super::node::{Node, Value};
use super::super::notes::Notes;
use super::super::shape::DocumentShape;

/// Reads `document`.
pub(super) fn document(notes: &mut Notes, node: &Node) -> Option<DocumentShape> {
    match &node.value {
        Value::Map(_) => Some(DocumentShape::Inline(node.clone())),
        Value::Text(text) if text.trim_start().starts_with('{') => {
            let message = "expected a file name or a mapping, found a document as text";
            notes.error_hint(
                &node.spot,
                message,
                "leave the quotes or the `|` out: JSON is YAML too",
            );
            None
        }
        Value::Text(file) => Some(DocumentShape::File(At {
            value: file.clone(),
            spot: node.spot.clone(),
        })),
        _ => {
            let message = format!(
                "expected a file name or a document, found {}",
                node.describe()
            );
            notes.error_hint(
                &node.spot,
                message,
                "a document is a mapping with `Version` and `Statement`",
            );
            None
        }
    }
}
