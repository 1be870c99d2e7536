//! The JSON of a document with the place of every value and every member name.
//!
//! Rules hold a [`Spot`]; line, column and path are worked out for findings only.

use crate::policy::error::Place as TextPlace;
use crate::policy::json::{Node, Step, path_text};
use std::ops::Range;

/// Longest text that is looked into. Unit: bytes. Above every document of RAM, its own long system
/// policies included; what is longer gets one finding that says so.
pub(crate) const MAX_TEXT_LENGTH: usize = 1 << 16;

/// A value or a member name: its number in the order of the text. The whole document is 0.
pub(crate) type Spot = usize;

/// A JSON value and where it is.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) spot: Spot,
    pub(crate) shape: Shape,
}

/// What a [`Value`] holds.
#[derive(Debug)]
pub(crate) enum Shape {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Value>),
    Members(Vec<Member>),
}

/// A member of an object. Names may repeat.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) name_spot: Spot,
    pub(crate) value: Value,
}

impl Value {
    /// What kind of value this is, in JSON's words.
    pub(crate) fn kind(&self) -> &'static str {
        match self.shape {
            Shape::Null => "null",
            Shape::Bool(_) => "a boolean",
            Shape::Number(_) => "a number",
            Shape::Text(_) => "a string",
            Shape::List(_) => "a list",
            Shape::Members(_) => "an object",
        }
    }

    /// The members of an object; none of anything else.
    pub(crate) fn members(&self) -> &[Member] {
        match &self.shape {
            Shape::Members(members) => members,
            _ => &[],
        }
    }

    /// The first member of this name.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members().iter().find(|member| member.name == name)
    }

    /// The string, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; anything else by itself.
    pub(crate) fn each(&self) -> &[Value] {
        match &self.shape {
            Shape::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// A whole document.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: Value,
    places: Vec<Place>,
    line_starts: Vec<usize>,
}

#[derive(Debug)]
struct Place {
    offset: usize,
    parent: Spot,
    step: Option<Step>,
}

impl Tree {
    /// Reads `text`; `None` if it is not JSON.
    pub(crate) fn read(text: &str) -> Option<Tree> {
        let node: Node = serde_json::from_str(text).ok()?;
        let mut grower = Grower {
            offsets: token_offsets(text).into_iter(),
            places: Vec::new(),
        };
        let root = grower.grow(node, 0, None);
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Some(Tree {
            root,
            places: grower.places,
            line_starts: [0].into_iter().chain(ends).collect(),
        })
    }

    /// The path of a spot, as `Statement[0].Action[1]`.
    pub(crate) fn path(&self, spot: Spot) -> String {
        let mut steps = Vec::new();
        let mut at = spot;
        while let Some(Place {
            parent,
            step: Some(step),
            ..
        }) = self.places.get(at)
        {
            steps.push(step.clone());
            at = *parent;
        }
        steps.reverse();
        path_text(&steps)
    }

    /// The place of a spot in the text.
    pub(crate) fn place(&self, text: &str, spot: Spot) -> TextPlace {
        let offset = self.places.get(spot).map_or(0, |place| place.offset);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1));
        let before = text.get(start.copied().unwrap_or(0)..offset);
        TextPlace {
            line: line.max(1),
            column: before.unwrap_or_default().chars().count() + 1,
        }
    }
}

impl Tree {
    /// The bytes of a string, number, boolean or null; `None` for lists and objects.
    pub(crate) fn range(&self, text: &str, spot: Spot) -> Option<Range<usize>> {
        let start = self.places.get(spot)?.offset;
        let rest = text.get(start..)?;
        let length = match rest.as_bytes().first()? {
            b'[' | b'{' => return None,
            b'"' => closing_quote(rest)? + 1,
            _ => rest
                .find(|c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace())
                .unwrap_or(rest.len()),
        };
        Some(start..start + length)
    }

    /// Whether the value is an item of a list.
    pub(crate) fn is_item(&self, spot: Spot) -> bool {
        let step = self.places.get(spot).and_then(|place| place.step.as_ref());
        matches!(step, Some(Step::Item(_)))
    }
}

/// Where the string at the start of `text` ends.
fn closing_quote(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Numbers values and names in the order of the text, which is that of [`token_offsets`].
struct Grower<O> {
    offsets: O,
    places: Vec<Place>,
}

impl<O: Iterator<Item = usize>> Grower<O> {
    fn place(&mut self, parent: Spot, step: Option<Step>) -> Spot {
        let offset = self.offsets.next().unwrap_or_default();
        self.places.push(Place {
            offset,
            parent,
            step,
        });
        self.places.len() - 1
    }

    fn grow(&mut self, node: Node, parent: Spot, step: Option<Step>) -> Value {
        let spot = self.place(parent, step);
        let shape = match node {
            Node::Null => Shape::Null,
            Node::Bool(value) => Shape::Bool(value),
            Node::Number(value) => Shape::Number(value.to_string()),
            Node::Text(text) => Shape::Text(text),
            Node::List(items) => {
                let items = items.into_iter().enumerate();
                let grow = |(at, item)| self.grow(item, spot, Some(Step::Item(at)));
                Shape::List(items.map(grow).collect())
            }
            Node::Members(members) => {
                let members = members.into_iter().enumerate();
                let grow = |(at, (name, node)): (usize, (String, Node))| {
                    let name_spot = self.place(spot, Some(Step::Name(at, name.clone())));
                    let value = self.grow(node, spot, Some(Step::Member(at, name.clone())));
                    Member {
                        name,
                        name_spot,
                        value,
                    }
                };
                Shape::Members(members.map(grow).collect())
            }
        };
        Value { spot, shape }
    }
}

/// Where each value and each member name of valid JSON begins, in bytes.
fn token_offsets(text: &str) -> Vec<usize> {
    let mut offsets = Vec::new();
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b',' | b':' | b']' | b'}' => {}
            _ if byte.is_ascii_whitespace() => {}
            b'[' | b'{' => offsets.push(at),
            b'"' => {
                offsets.push(at);
                while let Some((_, inner)) = bytes.next() {
                    match inner {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {
                offsets.push(at);
                while let Some((_, next)) = bytes.peek() {
                    if matches!(next, b',' | b']' | b'}') || next.is_ascii_whitespace() {
                        break;
                    }
                    bytes.next();
                }
            }
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::json::locate;

    fn check(tree: &Tree, text: &str, value: &Value, steps: &mut Vec<Step>) {
        assert_eq!(
            tree.place(text, value.spot),
            locate(text, steps),
            "{steps:?}"
        );
        assert_eq!(tree.path(value.spot), path_text(steps));
        match &value.shape {
            Shape::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    steps.push(Step::Item(at));
                    check(tree, text, item, steps);
                    steps.pop();
                }
            }
            Shape::Members(members) => {
                for (at, member) in members.iter().enumerate() {
                    steps.push(Step::Name(at, member.name.clone()));
                    let found = tree.place(text, member.name_spot);
                    assert_eq!(found, locate(text, steps), "{steps:?}");
                    steps.pop();
                    steps.push(Step::Member(at, member.name.clone()));
                    check(tree, text, &member.value, steps);
                    steps.pop();
                }
            }
            _ => {}
        }
    }

    #[test]
    fn places_are_those_that_the_parser_finds() {
        for text in [
            "7",
            " [ ]",
            "{\n \"a\\\"\": [\"]},\\\\\", {\"é\": -1.5e3,\"x\":null}, [[]], true],\n\t\"a\":{}\n}",
        ] {
            let tree = Tree::read(text).unwrap();
            check(&tree, text, &tree.root, &mut Vec::new());
        }
    }
}
