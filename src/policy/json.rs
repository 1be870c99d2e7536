//! JSON as written: member order and repeated members kept, and places found again on demand.
//!
//! serde_json reads the text. Its own value type keeps only the last of two equal members and no
//! places, hence [`Node`] and [`locate`].

use super::error::Place;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Members(Vec<(String, Node)>),
}

impl Node {
    /// What kind of value this is, in JSON's words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::Text(_) => "a string",
            Node::List(_) => "a list",
            Node::Members(_) => "an object",
        }
    }
}

impl Node {
    /// The first member of this name; none of anything but an object.
    pub(crate) fn member(&self, name: &str) -> Option<&Node> {
        let Node::Members(members) = self else {
            return None;
        };
        let mut members = members.iter();
        members
            .find(|(known, _)| known == name)
            .map(|(_, node)| node)
    }

    /// The items of a list; anything else by itself.
    pub(crate) fn each(&self) -> &[Node] {
        match self {
            Node::List(items) => items,
            single => std::slice::from_ref(single),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Node::Null, Node::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            members.push(entry);
        }
        Ok(Node::Members(members))
    }
}

/// One step from a JSON value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The item of a list.
    Item(usize),
    /// The value of the n-th member of an object. A number, as names may repeat.
    Member(usize, String),
    /// The name of the n-th member of an object.
    Name(usize, String),
}

/// A path in people's words, as `Statement[0].Condition.StringLike["oss:Prefix"]`.
pub(crate) fn path_text(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Item(at) => path.push_str(&format!("[{at}]")),
            Step::Member(_, name) | Step::Name(_, name) => {
                if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
                    let name: String = name.chars().take(60).flat_map(char::escape_debug).collect();
                    path.push_str(&format!("[\"{name}\"]"));
                } else {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.extend(name.chars().take(60));
                }
            }
        }
    }
    path
}

/// The place at which the part named by `steps` begins.
///
/// `text` must be valid JSON; in other text the answer is some place in it.
pub(crate) fn locate(text: &str, steps: &[Step]) -> Place {
    let mut cursor = Cursor { text, at: 0 };
    for step in steps {
        cursor.enter();
        let (skipped, is_member) = match step {
            Step::Item(at) => (*at, false),
            Step::Member(at, _) | Step::Name(at, _) => (*at, true),
        };
        for _ in 0..skipped {
            cursor.skip_value();
            if is_member {
                cursor.skip_separator(b':');
                cursor.skip_value();
            }
            cursor.skip_separator(b',');
        }
        if matches!(step, Step::Member(..)) {
            cursor.skip_value();
            cursor.skip_separator(b':');
        }
    }
    cursor.skip_blank();
    Place::of_offset(text, cursor.at)
}

/// Walks over JSON that is known to be valid.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
    fn skip_blank(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }
    fn skip_separator(&mut self, separator: u8) {
        self.skip_blank();
        if self.peek() == Some(separator) {
            self.at += 1;
        }
        self.skip_blank();
    }
    /// Past the opening bracket of a list or object.
    fn enter(&mut self) {
        self.skip_blank();
        self.at += 1;
        self.skip_blank();
    }
    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
    }
    fn skip_value(&mut self) {
        self.skip_blank();
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.skip_string();
                    if depth == 0 {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                b',' | b':' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_behind_strings_that_look_like_structure() {
        let text = "{\n  \"a\": [\"]},\\\"\", {\"x\": 1}],\n  \"b\": 7\n}";
        let b = Step::Member(1, "b".into());
        assert_eq!(locate(text, &[b]), Place { line: 3, column: 8 });
        let a = Step::Member(0, "a".into());
        let object = [a.clone(), Step::Item(1)];
        assert_eq!(
            locate(text, &object),
            Place {
                line: 2,
                column: 18
            }
        );
        let steps = [a, Step::Item(1), Step::Name(0, "x".into())];
        assert_eq!(
            locate(text, &steps),
            Place {
                line: 2,
                column: 19
            }
        );
        assert_eq!(path_text(&steps), "a[1].x");
    }

    #[test]
    fn repeated_members_are_kept() {
        let node: Node = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
        assert!(matches!(node, Node::Members(m) if m.len() == 2));
    }
}
