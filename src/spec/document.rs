//! Documents that a spec gives: read from files, or written in the spec itself.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::error::Diagnostic;
use super::excerpt::Lines;
use super::fields::{At, quote_it};
use super::node::{Entry, Node, Value};
use super::notes::Notes;
use super::shape::DocumentShape;
use crate::policy::text::without_mark;
use crate::policy::{MAX_DOCUMENT_LENGTH, PolicyDocument, PolicyError, TrustPolicy};

/// A document file as it was read.
pub(super) struct File {
    /// The file as the user would name it.
    pub(super) shown: String,
    pub(super) text: String,
}

/// Why a referenced file was not read.
#[derive(Debug)]
pub(super) struct FileProblem {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// The referenced files by reference.
pub(super) type Files = BTreeMap<String, Result<File, FileProblem>>;

/// A custom policy's document.
pub(super) fn policy(
    notes: &mut Notes,
    shape: &DocumentShape,
    files: &Files,
) -> Option<PolicyDocument> {
    let document = parse(
        notes,
        shape,
        files,
        PolicyDocument::parse,
        PolicyDocument::notes,
    )?;
    if let Some(excess) = document.excess_length() {
        let spot = match shape {
            DocumentShape::File(reference) => &reference.spot,
            DocumentShape::Inline(node) => &node.spot,
        };
        let length = MAX_DOCUMENT_LENGTH + excess;
        let message = format!(
            "the document has {length} bytes without blanks, RAM allows {MAX_DOCUMENT_LENGTH}"
        );
        notes.error_hint(
            spot,
            message,
            "split it over several policies, or shorten its lists with wildcards",
        );
    }
    Some(document)
}

/// A role's trust policy.
pub(super) fn trust(
    notes: &mut Notes,
    shape: &DocumentShape,
    files: &Files,
) -> Option<TrustPolicy> {
    parse(notes, shape, files, TrustPolicy::parse, TrustPolicy::notes)
}

fn parse<T>(
    notes: &mut Notes,
    shape: &DocumentShape,
    files: &Files,
    parse: fn(&str) -> Result<T, PolicyError>,
    remarks: fn(&T) -> &[String],
) -> Option<T> {
    let (document, spot) = match shape {
        DocumentShape::Inline(node) => {
            let json = json(notes, node)?;
            match parse(&json) {
                Ok(document) => (document, &node.spot),
                Err(error) => {
                    let at = node.follow(&error.path);
                    let hint = error.hint().map(str::to_owned).or_else(|| quote_it(at));
                    notes.error_maybe_hint(&at.spot, error.message.clone(), hint);
                    return None;
                }
            }
        }
        DocumentShape::File(reference) => {
            let file = file(notes, reference, files)?;
            match parse(&file.text) {
                Ok(document) => (document, &reference.spot),
                Err(error) => {
                    notes.elsewhere(in_file(file, &error));
                    return None;
                }
            }
        }
    };
    for remark in remarks(&document) {
        notes.warn(spot, format!("in the document: {remark}"), None);
    }
    Some(document)
}

/// The file that `reference` names, if it was read.
fn file<'f>(notes: &mut Notes, reference: &At<String>, files: &'f Files) -> Option<&'f File> {
    match files.get(&reference.value) {
        Some(Ok(file)) => Some(file),
        Some(Err(problem)) => {
            notes.error_maybe_hint(
                &reference.spot,
                problem.message.clone(),
                problem.hint.clone(),
            );
            None
        }
        None => {
            notes.error(
                &reference.spot,
                "the file was not read; this is a bug in export-iam",
            );
            None
        }
    }
}

fn in_file(File { shown, text }: &File, error: &PolicyError) -> Diagnostic {
    let text = without_mark(text).unwrap_or(text);
    Diagnostic {
        file: shown.clone(),
        excerpt: Lines::new(text).excerpt(error.place, 1, &error.path),
        place: Some(error.place),
        path: error.path.clone(),
        message: error.message.clone(),
        hint: error.hint().map(str::to_owned),
    }
}

/// The same document as JSON text, for the one parser of documents. Repeated keys are kept for it to find.
fn json(notes: &mut Notes, node: &Node) -> Option<String> {
    let mut text = String::new();
    write(notes, node, &mut text).then_some(text)
}

/// Whether `node` could be written; every part that could not is reported.
fn write(notes: &mut Notes, node: &Node, text: &mut String) -> bool {
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        // Only its kind matters: no number is allowed anywhere in a document.
        Value::Number { value, .. } => match value.parse::<u64>() {
            Ok(number) => text.push_str(&number.to_string()),
            Err(_) => text.push('0'),
        },
        Value::Text(value) => text.push_str(&Json::from(value.as_str()).to_string()),
        Value::List(items) => return write_list(notes, items, text),
        Value::Map(entries) => return write_map(notes, entries, text),
        Value::Tagged(_) => {
            let message = format!("{} is no part of a document", node.describe());
            notes.error_hint(&node.spot, message, "leave the tag out");
            return false;
        }
    }
    true
}

fn write_list(notes: &mut Notes, items: &[Node], text: &mut String) -> bool {
    let mut is_whole = true;
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        is_whole &= write(notes, item, text);
    }
    text.push(']');
    is_whole
}

fn write_map(notes: &mut Notes, entries: &[Entry], text: &mut String) -> bool {
    let mut is_whole = true;
    text.push('{');
    for (index, Entry { key, value }) in entries.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let Value::Text(name) = &key.value else {
            notes.error(
                &key.spot,
                format!("expected a text as key, found {}", key.describe()),
            );
            is_whole = false;
            continue;
        };
        text.push_str(&Json::from(name.as_str()).to_string());
        text.push(':');
        is_whole &= write(notes, value, text);
    }
    text.push('}');
    is_whole
}
