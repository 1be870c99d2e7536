//! YAML values to shapes.

use super::error::quote;
use super::fields::{self, At, Fields};
use super::node::{Node, Value};
use super::notes::Notes;
use super::shape::{ContentShape, DocumentShape, Items, PolicyShape, SpecShape};
use super::suggest;
use super::{read_account, read_role};
use crate::model::{BucketName, Export, ExportError, ObjectPrefix, PolicyName, RegionId};

/// The language version of specs.
const VERSION: u64 = 1;

/// What `grant` can generate.
const GRANTS: [&str; 1] = ["image-export"];

const MINIMAL: &str = "the smallest spec is `version: 1`, which plans nothing; `preset:image-export` shows a full one";

/// Reads a whole spec; reports every mistake of form.
pub(super) fn spec(notes: &mut Notes, node: &Node) -> SpecShape {
    if matches!(node.value, Value::Null) {
        notes.error_hint(&node.spot, "the spec is empty", MINIMAL);
        return SpecShape::default();
    }
    let keys = [
        "version", "exports", "policies", "roles", "accounts", "discover",
    ];
    let Some(fields) = Fields::read(notes, node, &keys) else {
        return SpecShape::default();
    };
    version(notes, &fields);
    SpecShape {
        exports: exports(notes, &fields),
        policies: entries(notes, &fields, "policies", policy).unwrap_or_default(),
        roles: entries(notes, &fields, "roles", read_role::role).unwrap_or_default(),
        accounts: entries(notes, &fields, "accounts", read_account::account),
        discover: fields
            .get("discover")
            .and_then(|node| read_account::discover(notes, node)),
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

/// The entries of the list under `key`, each read by `read`; `None` when the key was not written.
pub(super) fn entries<'n, T>(
    notes: &mut Notes,
    fields: &Fields<'n>,
    key: &str,
    read: fn(&mut Notes, &'n Node) -> Option<T>,
) -> Option<Items<T>> {
    let unread = Items {
        is_complete: false,
        ..Items::default()
    };
    let Some(node) = fields.get(key) else {
        return fields.has(key).then_some(unread);
    };
    let Some(nodes) = fields::list(notes, node) else {
        return Some(unread);
    };
    let items: Vec<T> = nodes.iter().filter_map(|item| read(notes, item)).collect();
    Some(Items {
        is_complete: items.len() == nodes.len(),
        items,
        spot: node.spot.clone(),
    })
}

/// Reads `exports`.
pub(super) fn exports(notes: &mut Notes, fields: &Fields<'_>) -> Option<Items<At<Export>>> {
    entries(notes, fields, "exports", export)
}

fn export(notes: &mut Notes, node: &Node) -> Option<At<Export>> {
    let fields = Fields::read(notes, node, &["region", "bucket", "prefix"])?;
    let region = fields
        .required(
            notes,
            "region",
            "name the region of image and bucket, as `cn-hangzhou`",
        )
        .and_then(|node| part(notes, node, RegionId::new));
    let bucket = fields
        .required(notes, "bucket", "name the OSS bucket that images go to")
        .and_then(|node| part(notes, node, BucketName::new));
    let prefix = match fields.get("prefix") {
        Some(node) => Some(part(notes, node, ObjectPrefix::new)?),
        None => None,
    };
    Some(At {
        value: Export {
            region: region?,
            bucket: bucket?,
            prefix,
        },
        spot: node.spot.clone(),
    })
}

fn part<T>(notes: &mut Notes, node: &Node, make: fn(&str) -> Result<T, ExportError>) -> Option<T> {
    match make(fields::text(notes, node)?) {
        Ok(part) => Some(part),
        Err(error) => {
            notes.error_maybe_hint(
                &node.spot,
                error.to_string(),
                error.hint().map(str::to_owned),
            );
            None
        }
    }
}

fn policy(notes: &mut Notes, node: &Node) -> Option<PolicyShape> {
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
