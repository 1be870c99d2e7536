//! Where each value of a YAML text stands.
//!
//! A second parser, used for nothing but places: what a text means is decided in [`super::yaml`] alone. Where
//! the two see different structures, values simply have no place.

use saphyr_parser::{Event, Marker, Parser};

use crate::policy::Place;

/// Deepest nesting looked at, one more than the parser that gives the meaning. Unit: levels.
const MAX_DEPTH: usize = 129;

/// The structure of a text, with the place of every value.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) place: Place,
    /// How far it goes on its line. Unit: characters; the greatest number where it goes on on another line.
    pub(super) width: u32,
    pub(super) kind: Kind,
}

/// What stands at a place.
#[derive(Debug)]
pub(super) enum Kind {
    /// A scalar as written, quotes and escapes undone.
    Scalar(String),
    List(Vec<Tree>),
    /// Keys and values in turn.
    Map(Vec<Tree>),
    /// `*name`; what it stands for is written elsewhere.
    Alias,
}

/// The places in `text`, or nothing when this parser cannot read it.
pub(super) fn places(text: &str) -> Option<Tree> {
    let mut open: Vec<(Marker, Tree)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let (start, end) = (span.start, span.end);
        let tree = |kind| Tree {
            place: place(start),
            width: width(start, end),
            kind,
        };
        let done = match event {
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == MAX_DEPTH => {
                return None;
            }
            Event::SequenceStart(..) => {
                open.push((start, tree(Kind::List(Vec::new()))));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((start, tree(Kind::Map(Vec::new()))));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (start, tree) = open.pop()?;
                Tree {
                    width: width(start, end),
                    ..tree
                }
            }
            Event::Scalar(text, ..) => tree(Kind::Scalar(text.into_owned())),
            Event::Alias(_) => tree(Kind::Alias),
            _ => continue,
        };
        match open.last_mut().map(|(_, parent)| &mut parent.kind) {
            Some(Kind::List(items) | Kind::Map(items)) => items.push(done),
            Some(_) => return None,
            None => return Some(done),
        }
    }
    None
}

/// Where the text is nested deeper than `most` levels, if it is. Reads no further than there.
///
/// The parser that gives the meaning takes time that grows with the square of the depth of `[` and `{`, and reads a
/// whole document before it looks at the depth: a file of half a megabyte would take it minutes.
pub(super) fn too_deep(text: &str, most: usize) -> Option<Place> {
    let mut depth = 0_usize;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::SequenceStart(..) | Event::MappingStart(..), span)) => {
                depth += 1;
                if depth > most {
                    return Some(place(span.start));
                }
            }
            Ok((Event::SequenceEnd | Event::MappingEnd, _)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            // What the other parser makes of the rest is not known; so count roughly, far on the safe side.
            Err(error) => return is_full_of_brackets(text).then(|| place(*error.marker())),
        }
    }
    None
}

/// Whether more brackets are opened than closed by a number that no spec and no text in one reaches.
fn is_full_of_brackets(text: &str) -> bool {
    const MOST: i64 = 1000;
    let step = |depth: &mut i64, c: char| {
        *depth += match c {
            '[' | '{' => 1,
            ']' | '}' => -1,
            _ => 0,
        };
        Some(*depth)
    };
    text.chars().scan(0, step).any(|depth| depth > MOST)
}

fn width(start: Marker, end: Marker) -> u32 {
    match end.line() == start.line() {
        true => u32::try_from(end.col().saturating_sub(start.col())).unwrap_or(u32::MAX),
        false => u32::MAX,
    }
}

fn place(marker: Marker) -> Place {
    Place {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_their_first_character_is() {
        let tree = places("a: 1\nlist:\n  - { k: ü, z: x }\n  - *a\n")
            .or_else(|| places("a: &a 1\nlist:\n  - { k: ü, z: x }\n  - *a\n"));
        let Some(Tree {
            kind: Kind::Map(top),
            ..
        }) = tree
        else {
            panic!("not a mapping");
        };
        let at: Vec<_> = top.iter().map(|t| (t.place.line, t.place.column)).collect();
        assert_eq!(at[0], (1, 1));
        assert_eq!(at[2], (2, 1));
        let Kind::List(items) = &top[3].kind else {
            panic!("not a list")
        };
        assert_eq!((items[0].place.line, items[0].place.column), (3, 5));
        let Kind::Map(flow) = &items[0].kind else {
            panic!("not a mapping")
        };
        assert_eq!((flow[2].place.line, flow[2].place.column), (3, 13));
        assert!(matches!(items[1].kind, Kind::Alias));
    }

    #[test]
    fn what_it_cannot_read_has_no_places() {
        assert!(places("a: [").is_none());
        assert!(places(&"[".repeat(5000)).is_none());
        assert!(places("").is_none());
    }
}
