//! A value of a spec together with where it stands.

use std::fmt;
use std::sync::Arc;

use super::place::{Kind, Tree, places};
use super::yaml::{self, Raw, YamlError};
use crate::policy::{Place, quote};

/// Longest key shown in a path. Unit: characters.
const KEY_SHOWN: usize = 60;

/// Where a value stands in a spec, printed as `roles[0].policies[1]`.
///
/// Linked to its parent instead of spelled out: half a million deep values would spell out gigabytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Path(Option<Arc<Segment>>);

#[derive(Debug)]
struct Segment {
    parent: Path,
    part: Part,
}

#[derive(Debug)]
enum Part {
    Key(String),
    Index(usize),
}

impl Path {
    /// The path of the value of `key`.
    pub(super) fn key(&self, key: &str) -> Self {
        let mut shown: String = key
            .chars()
            .take(KEY_SHOWN)
            .flat_map(char::escape_debug)
            .collect();
        if key.chars().nth(KEY_SHOWN).is_some() {
            shown.push('…');
        }
        self.then(Part::Key(shown))
    }

    /// The path of the list item `index`, from 0.
    pub(super) fn index(&self, index: usize) -> Self {
        self.then(Part::Index(index))
    }

    fn then(&self, part: Part) -> Self {
        Self(Some(Arc::new(Segment {
            parent: self.clone(),
            part,
        })))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(segment) = &self.0 else {
            return Ok(());
        };
        segment.parent.fmt(f)?;
        match &segment.part {
            Part::Key(key) if segment.parent.0.is_none() => f.write_str(key),
            Part::Key(key) => write!(f, ".{key}"),
            Part::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// Path and place of one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Spot {
    pub(super) path: Path,
    pub(super) place: Option<Place>,
    /// How far it goes on its line, as in [`Tree`].
    pub(super) width: u32,
}

impl Spot {
    /// The hint for a repeat of what stands here.
    pub(super) fn hint_of_first(&self) -> Option<String> {
        self.place
            .map(|place| format!("the first is on line {}", place.line))
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) spot: Spot,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number {
        /// Integers in decimal digits.
        value: String,
        /// As the author wrote it.
        written: String,
    },
    Text(String),
    List(Vec<Node>),
    /// Entries in the order of the text; repeated keys kept.
    Map(Vec<Entry>),
    /// A value with a tag of its own.
    Tagged(String),
}

/// One key of a mapping and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Node,
    pub(super) value: Node,
}

impl Node {
    /// Reads one YAML document.
    ///
    /// # Errors
    /// As [`yaml::read`].
    pub(super) fn read(text: &str) -> Result<Self, YamlError> {
        let raw = yaml::read(text)?;
        Ok(join(raw, At::of(places(text).as_ref()), Path::default()))
    }

    /// What the value is, for "expected …, found …".
    pub(super) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("the truth value `{value}`"),
            Value::Number { written, .. } => format!("the number {}", quote(written)),
            Value::Text(text) if text.is_empty() => "an empty text".to_owned(),
            Value::Text(text) => format!("the text {}", quote(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a mapping".to_owned(),
            Value::Tagged(tag) => format!("a value with the tag {}", quote(&format!("!{tag}"))),
        }
    }

    /// The value that `path` leads to from here, as `Statement[0].Condition.Bool`; as far as it can be followed.
    pub(super) fn follow(&self, path: &str) -> &Self {
        let next = match &self.value {
            Value::List(items) => path
                .strip_prefix('[')
                .and_then(|rest| rest.split_once(']'))
                .and_then(|(index, rest)| Some((items.get(index.parse::<usize>().ok()?)?, rest))),
            Value::Map(entries) => longest_key(entries, path.strip_prefix('.').unwrap_or(path)),
            _ => None,
        };
        next.map_or(self, |(node, rest)| node.follow(rest))
    }
}

/// The entry whose key begins `path`. Keys may hold dots, so the longest one is meant.
fn longest_key<'n, 'p>(entries: &'n [Entry], path: &'p str) -> Option<(&'n Node, &'p str)> {
    let rest_of = |entry: &Entry| match &entry.key.value {
        Value::Text(key) => path
            .strip_prefix(key.as_str())
            .filter(|rest| rest.is_empty() || rest.starts_with(['.', '['])),
        _ => None,
    };
    entries
        .iter()
        .filter_map(|entry| Some((&entry.value, rest_of(entry)?)))
        .min_by_key(|(_, rest)| rest.len())
}

/// What the second parser saw where a value stands.
#[derive(Clone, Copy)]
enum At<'t> {
    Tree(&'t Tree),
    /// Inside what an alias stands for: everything has the alias's place.
    Alias(Place, u32),
    /// The parsers disagree, or the second one gave up.
    Unknown,
}

impl<'t> At<'t> {
    fn of(tree: Option<&'t Tree>) -> Self {
        match tree {
            Some(Tree {
                place,
                width,
                kind: Kind::Alias,
            }) => Self::Alias(*place, *width),
            Some(tree) => Self::Tree(tree),
            None => Self::Unknown,
        }
    }

    fn place(self) -> Option<Place> {
        match self {
            Self::Tree(tree) => Some(tree.place),
            Self::Alias(place, _) => Some(place),
            Self::Unknown => None,
        }
    }

    fn width(self) -> u32 {
        match self {
            Self::Tree(tree) => tree.width,
            Self::Alias(_, width) => width,
            Self::Unknown => 0,
        }
    }

    /// The children, if there are `count` of the kind asked for.
    fn children(self, is_map: bool, count: usize) -> Children<'t> {
        match self {
            Self::Tree(Tree {
                kind: Kind::Map(children),
                ..
            }) if is_map && children.len() == count => Children::Trees(children.iter()),
            Self::Tree(Tree {
                kind: Kind::List(children),
                ..
            }) if !is_map && children.len() == count => Children::Trees(children.iter()),
            Self::Alias(..) => Children::Same(self),
            _ => Children::Same(Self::Unknown),
        }
    }
}

enum Children<'t> {
    Trees(std::slice::Iter<'t, Tree>),
    Same(At<'t>),
}

impl<'t> Children<'t> {
    fn next(&mut self) -> At<'t> {
        match self {
            Self::Trees(trees) => At::of(trees.next()),
            Self::Same(at) => *at,
        }
    }
}

fn join(raw: Raw, at: At<'_>, path: Path) -> Node {
    let (place, width) = (at.place(), at.width());
    let value = match raw {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number(value) => Value::Number {
            written: written(at).unwrap_or_else(|| value.clone()),
            value,
        },
        Raw::Text(text) => Value::Text(text),
        Raw::Tagged(tag) => Value::Tagged(tag),
        Raw::List(items) => {
            let mut places = at.children(false, items.len());
            let items = items.into_iter().enumerate();
            Value::List(
                items
                    .map(|(index, item)| join(item, places.next(), path.index(index)))
                    .collect(),
            )
        }
        Raw::Map(entries) => {
            let mut places = at.children(true, entries.len() * 2);
            let entries = entries.into_iter();
            Value::Map(
                entries
                    .map(|(key, value)| join_entry(key, value, &mut places, &path))
                    .collect(),
            )
        }
    };
    Node {
        spot: Spot { path, place, width },
        value,
    }
}

fn join_entry(key: Raw, value: Raw, places: &mut Children<'_>, parent: &Path) -> Entry {
    let path = match &key {
        Raw::Text(key) => parent.key(key),
        _ => parent.clone(),
    };
    let key = join(key, places.next(), path.clone());
    let mut value = join(value, places.next(), path);
    if matches!(value.value, Value::Null) {
        // The place of nothing is wherever the parser noticed it; the key is what people look for.
        (value.spot.place, value.spot.width) = (key.spot.place, key.spot.width);
    }
    Entry { key, value }
}

fn written(at: At<'_>) -> Option<String> {
    match at {
        At::Tree(Tree {
            kind: Kind::Scalar(text),
            ..
        }) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot_of(text: &str, path: &str) -> String {
        let node = Node::read(text).unwrap();
        let Spot { path, place, .. } = &node.follow(path).spot;
        match place {
            Some(place) => format!("{}:{} {path}", place.line, place.column),
            None => format!("? {path}"),
        }
    }

    #[test]
    fn every_value_knows_path_and_place() {
        let text = "roles:\n  - name: a\n    policies: [ { x.y: 1 }, { x: { y: 2 } } ]\n";
        assert_eq!(
            spot_of(text, "roles[0].policies[1].x"),
            "3:34 roles[0].policies[1].x"
        );
        assert_eq!(
            spot_of(text, "roles[0].policies[0].x.y"),
            "3:24 roles[0].policies[0].x.y"
        );
        assert_eq!(spot_of(text, "roles[0].name.deeper"), "2:11 roles[0].name");
        assert_eq!(spot_of("a:\nb: 1\n", "a"), "1:1 a");
    }

    #[test]
    fn what_an_alias_stands_for_is_where_the_alias_is() {
        assert_eq!(
            spot_of("a: &a { b: [1, 2] }\nc: *a\n", "c.b[1]"),
            "2:4 c.b[1]"
        );
    }

    #[test]
    fn where_the_parsers_disagree_the_path_remains() {
        let raw = yaml::read("a: [1, 2]").unwrap();
        let other = places("a: [1]").unwrap();
        let node = join(raw, At::of(Some(&other)), Path::default());
        assert!(node.follow("a").spot.place.is_some());
        let Spot { path, place, .. } = &node.follow("a[1]").spot;
        assert_eq!((path.to_string().as_str(), *place), ("a[1]", None));
    }

    #[test]
    fn numbers_remember_their_writing() {
        let node = Node::read("a: 0x1F").unwrap();
        assert_eq!(node.follow("a").describe(), "the number `0x1F`");
    }
}
