//! YAML values to shapes.

mod accept;
mod account;
mod document;
mod exports;
mod items;
mod never;
mod policy;
mod role;

use super::fields::{self, Fields};
use super::node::{Node, Value};
use super::notes::Notes;
use super::shape::SpecShape;
use exports::exports;
use items::items;

/// The language version of specs.
const VERSION: u64 = 1;

const MINIMAL: &str = "the smallest spec is `version: 1`, which plans nothing; `preset:image-export` shows a full one";

/// Reads a whole spec; reports every mistake of form.
pub(super) fn spec(notes: &mut Notes, node: &Node) -> SpecShape {
    if matches!(node.value, Value::Null) {
        notes.error_hint(&node.spot, "the spec is empty", MINIMAL);
        return SpecShape::default();
    }
    let keys = [
        "version", "exports", "policies", "roles", "accounts", "discover", "accept", "never",
    ];
    let Some(fields) = Fields::read(notes, node, &keys) else {
        return SpecShape::default();
    };
    version(notes, &fields);
    SpecShape {
        exports: exports(notes, &fields),
        policies: items(notes, &fields, "policies", policy::policy).unwrap_or_default(),
        roles: items(notes, &fields, "roles", role::role).unwrap_or_default(),
        accounts: items(notes, &fields, "accounts", account::account),
        discover: fields.optional(notes, "discover", account::discover),
        never: items(notes, &fields, "never", never::never).unwrap_or_default(),
        accept: items(notes, &fields, "accept", accept::acceptance).unwrap_or_default(),
    }
}

fn version(notes: &mut Notes, fields: &Fields<'_>) {
    let Some(node) = fields.required(notes, "version", "write `version: 1` first") else {
        return;
    };
    match fields::number(notes, node, "the number `1`") {
        None | Some(VERSION) => {}
        Some(other) => notes.error_hint(
            &node.spot,
            format!("language version `{other}` is not known to this program"),
            "write `version: 1`, or use the program that the spec was written for",
        ),
    }
}
