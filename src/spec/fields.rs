//! Takes mappings, lists and texts out of YAML values, and says what is wrong with those that are not.
//!
//! Every function reports and goes on: a value that is wrong is left out, so that one run finds all mistakes.

use std::collections::BTreeMap;

use super::node::{Entry, Node, Spot, Value};
use super::notes::Notes;
use crate::model::{Tags, limit};
use crate::policy::quote;
use crate::policy::suggest;

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) spot: Spot,
}

/// The entries of one mapping whose keys are known.
pub(super) struct Fields<'n> {
    spot: Spot,
    found: BTreeMap<&'n str, &'n Node>,
    /// Known keys that a misspelt one was taken for; not reported as missing as well.
    meant: Vec<&'n str>,
    /// Whether a merge key may have been meant to bring further keys.
    has_merge: bool,
}

impl<'n> Fields<'n> {
    /// The entries of `node`, which may have no keys but `known`. `None` when it is not a mapping.
    pub(super) fn read(notes: &mut Notes, node: &'n Node, known: &[&'n str]) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            notes.error_hint(
                &node.spot,
                format!("expected a mapping, found {}", node.describe()),
                format!("it has the keys {}", listed(known)),
            );
            return None;
        };
        let mut fields = Self {
            spot: node.spot.clone(),
            found: BTreeMap::new(),
            meant: Vec::new(),
            has_merge: false,
        };
        for entry in entries {
            fields.take(notes, entry, known);
        }
        Some(fields)
    }

    fn take(&mut self, notes: &mut Notes, entry: &'n Entry, known: &[&'n str]) {
        let Some(key) = key_text(notes, entry) else {
            self.has_merge |= matches!(&entry.key.value, Value::Text(_));
            return;
        };
        if !known.contains(&key) {
            let near = suggest::nearest(key, known.iter().copied());
            self.meant.extend(near);
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", listed(known)),
            };
            notes.error_hint(&entry.key.spot, format!("unknown key {}", quote(key)), hint);
        } else if self.found.contains_key(key) {
            repeated(notes, entry, key);
        } else {
            self.found.insert(key, &entry.value);
        }
    }

    /// Where the mapping begins.
    pub(super) fn spot(&self) -> &Spot {
        &self.spot
    }

    /// The value of `key`, if it was written.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.found.get(key).copied()
    }

    /// Whether `key` was written, perhaps misspelt or merged in.
    pub(super) fn has(&self, key: &str) -> bool {
        self.has_merge || self.found.contains_key(key) || self.meant.contains(&key)
    }

    /// The value of `key`; a mistake if it was not written.
    pub(super) fn required(&self, notes: &mut Notes, key: &str, hint: &str) -> Option<&'n Node> {
        if !self.has(key) {
            notes.error_hint(&self.spot, format!("`{key}` is missing"), hint);
        }
        self.get(key)
    }

    /// The value of `key` as `read` takes it, if it was written and is right.
    pub(super) fn optional<T>(
        &self,
        notes: &mut Notes,
        key: &str,
        read: impl FnOnce(&mut Notes, &'n Node) -> Option<T>,
    ) -> Option<T> {
        read(notes, self.get(key)?)
    }

    /// The value of `key` as `read` takes it; a mistake if it was not written.
    pub(super) fn needed<T>(
        &self,
        notes: &mut Notes,
        key: &str,
        hint: &str,
        read: impl FnOnce(&mut Notes, &'n Node) -> Option<T>,
    ) -> Option<T> {
        let node = self.required(notes, key, hint)?;
        read(notes, node)
    }

    /// Which of two keys was written; a mistake if both were, or none.
    pub(super) fn either(
        &self,
        notes: &mut Notes,
        [first, second]: [&str; 2],
        hints: EitherHints<'_>,
    ) -> Option<Either<'n>> {
        match (self.get(first), self.get(second)) {
            (Some(_), Some(node)) => {
                let message =
                    format!("`{first}` and `{second}` are both written, one of them is wanted");
                notes.error_hint(&node.spot, message, hints.both);
                None
            }
            (Some(node), None) => Some(Either::First(node)),
            (None, Some(node)) => Some(Either::Second(node)),
            (None, None) => {
                if !self.has(first) && !self.has(second) {
                    let message = format!("`{first}` or `{second}` is missing");
                    notes.error_hint(&self.spot, message, hints.neither);
                }
                None
            }
        }
    }
}

/// One of two keys, with its value.
pub(super) enum Either<'n> {
    First(&'n Node),
    Second(&'n Node),
}

/// What to do where both of two keys were written, and where none was.
pub(super) struct EitherHints<'h> {
    pub(super) both: &'h str,
    pub(super) neither: &'h str,
}

fn listed(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}

fn key_text<'n>(notes: &mut Notes, entry: &'n Entry) -> Option<&'n str> {
    let spot = &entry.key.spot;
    match &entry.key.value {
        // With a text as value it may be the name of a tag, which can be anything.
        Value::Text(key) if key == "<<" && !matches!(entry.value.value, Value::Text(_)) => {
            notes.error_hint(
                spot,
                "merge keys (`<<`) are not part of the language",
                "write the keys out",
            );
            None
        }
        Value::Text(key) => Some(key),
        _ => {
            let message = format!("expected a text as key, found {}", entry.key.describe());
            notes.error_maybe_hint(spot, message, quote_it(&entry.key));
            None
        }
    }
}

fn repeated(notes: &mut Notes, entry: &Entry, key: &str) {
    let message = format!("key {} is written twice in the same mapping", quote(key));
    notes.error_hint(&entry.key.spot, message, "keep one of them");
}

/// The items of a list.
pub(super) fn list<'n>(notes: &mut Notes, node: &'n Node) -> Option<&'n [Node]> {
    if let Value::List(items) = &node.value {
        return Some(items);
    }
    let hint = match &node.value {
        Value::Null => "write `[]` for none, or leave the key out",
        _ => "write each entry on a line of its own after `- `, or all in `[ ]`",
    };
    notes.error_hint(
        &node.spot,
        format!("expected a list, found {}", node.describe()),
        hint,
    );
    None
}

/// A text.
pub(super) fn text<'n>(notes: &mut Notes, node: &'n Node) -> Option<&'n str> {
    if let Value::Text(text) = &node.value {
        return Some(text);
    }
    let message = format!("expected a text, found {}", node.describe());
    notes.error_maybe_hint(&node.spot, message, quote_it(node));
    None
}

/// How to make a text of what is none.
pub(super) fn quote_it(node: &Node) -> Option<String> {
    match &node.value {
        Value::Number { written, .. } => {
            Some(format!("quote it: `\"{}\"`", written.escape_debug()))
        }
        Value::Bool(value) => Some(format!("quote it: `\"{value}\"`")),
        Value::Null => Some("write a value, or leave the key out".to_owned()),
        Value::List(_) => Some("write one value, without `[ ]` or `- `".to_owned()),
        _ => None,
    }
}

/// A whole number that is not negative; `what` says which.
pub(super) fn number(notes: &mut Notes, node: &Node, what: &str) -> Option<u64> {
    if let Value::Number { value, .. } = &node.value
        && let Ok(number) = value.parse()
    {
        return Some(number);
    }
    let message = format!("expected {what}, found {}", node.describe());
    let unquoted = match &node.value {
        Value::Text(text) if text.parse::<u64>().is_ok() => {
            Some(format!("leave the quotes out: `{text}`"))
        }
        _ => None,
    };
    notes.error_maybe_hint(&node.spot, message, unquoted);
    None
}

/// A name, checked by `make`; a refusal is reported.
pub(super) fn name<T, E: std::fmt::Display>(
    notes: &mut Notes,
    node: &Node,
    make: impl FnOnce(&str) -> Result<T, E>,
) -> Option<At<T>> {
    match make(text(notes, node)?) {
        Ok(value) => Some(At {
            value,
            spot: node.spot.clone(),
        }),
        Err(error) => {
            notes.error(&node.spot, error.to_string());
            None
        }
    }
}

/// A description of a role or policy.
pub(super) fn description(notes: &mut Notes, node: &Node) -> Option<String> {
    let text = text(notes, node)?;
    let length = text.chars().count();
    if length == 0 {
        notes.error_hint(
            &node.spot,
            "the description is empty, RAM wants at least 1 character",
            "leave `description` out: that means it is not managed",
        );
        return None;
    }
    if length > limit::DESCRIPTION_LENGTH {
        let limit = limit::DESCRIPTION_LENGTH;
        notes.error(
            &node.spot,
            format!("the description has {length} characters, the limit is {limit}"),
        );
        return None;
    }
    Some(text.to_owned())
}

/// Tags: a mapping of texts to texts.
pub(super) fn tags(notes: &mut Notes, node: &Node) -> Option<Tags> {
    let Value::Map(entries) = &node.value else {
        let message = format!("expected a mapping of tags, found {}", node.describe());
        notes.error_hint(
            &node.spot,
            message,
            "write `{ key: value }`, or leave the key out",
        );
        return None;
    };
    let mut tags = Tags::new();
    for entry in entries {
        let key = key_text(notes, entry);
        let value = text(notes, &entry.value);
        let (Some(key), Some(value)) = (key, value) else {
            continue;
        };
        check_length(
            notes,
            &entry.key.spot,
            "tag key",
            key,
            1,
            limit::TAG_KEY_LENGTH,
        );
        check_length(
            notes,
            &entry.value.spot,
            "tag value",
            value,
            0,
            limit::TAG_VALUE_LENGTH,
        );
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            repeated(notes, entry, key);
        }
    }
    if tags.len() > limit::TAGS {
        let count = tags.len();
        notes.error(
            &node.spot,
            format!("{count} tags, RAM sets at most {} in one call", limit::TAGS),
        );
    }
    Some(tags)
}

fn check_length(
    notes: &mut Notes,
    spot: &Spot,
    what: &str,
    text: &str,
    shortest: usize,
    longest: usize,
) {
    let length = text.chars().count();
    if !(shortest..=longest).contains(&length) {
        notes.error(
            spot,
            format!("the {what} has {length} characters, RAM wants {shortest} to {longest}"),
        );
    }
}
