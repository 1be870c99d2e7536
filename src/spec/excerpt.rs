//! The line of a text that a remark is about.

use crate::policy::Place;

/// Most shown of each part of a line. Unit: characters.
const PART: usize = 60;

/// Longest line of which anything is shown: to find a place in a longer one takes too long where a spec of one line has
/// thousands of mistakes. Unit: bytes.
const LINE: usize = 4096;

/// Parts of keys whose values are nobody's to read. An external id is half a secret, the others are no keys of a spec
/// but met where people mistake it for another file.
const KEPT: [&str; 5] = ["extern", "secret", "password", "token", "accesskey"];

/// A line in three parts, long ones shortened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excerpt {
    /// What stands before.
    pub before: String,
    /// What is meant; empty at the end of a line.
    pub marked: String,
    /// What stands behind.
    pub after: String,
}

/// A text and where its lines begin.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        // Where a lone carriage return ends a line for one reader and not for another, no line is surely meant.
        let is_plain = !text.replace("\r\n", "\n").contains('\r');
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: match is_plain {
                true => std::iter::once(0).chain(breaks).collect(),
                false => Vec::new(),
            },
        }
    }

    /// The line at `place`, with `width` characters marked, or with all to the end where they go on on another line.
    /// `path` is what stands there.
    pub(super) fn excerpt(&self, place: Place, width: u32, path: &str) -> Option<Excerpt> {
        let start = *self.starts.get(place.line.checked_sub(1)?)?;
        let end = self.starts.get(place.line).copied();
        let line = self.text.get(start..end.unwrap_or(self.text.len()))?;
        let line = line.trim_end();
        if line.len() > LINE || is_kept(path.rsplit('.').next()?) || keys(line).any(is_kept) {
            return None;
        }
        let column = place.column.checked_sub(1)?;
        let at = |column: usize| {
            let mut places = line.char_indices().map(|(at, _)| at).chain([line.len()]);
            places.nth(column)
        };
        let from = at(column)?;
        let width = usize::try_from(width).unwrap_or(usize::MAX).max(1);
        let to = at(column.saturating_add(width)).unwrap_or(line.len());
        let (before, rest) = line.split_at_checked(from)?;
        let marked = rest.get(..to.checked_sub(from)?)?.trim_end();
        let after = rest.get(marked.len()..)?;
        Some(Excerpt {
            before: last(before),
            marked: first(marked),
            after: first(after),
        })
    }
}

/// What stands before each `:` of a line.
fn keys(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split([',', '{', '}', '[', ']']);
    parts.filter_map(|part| Some(part.split_once(':')?.0))
}

fn is_kept(key: &str) -> bool {
    let key: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    KEPT.iter().any(|kept| key.contains(kept))
}

fn first(text: &str) -> String {
    match text.char_indices().nth(PART) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn last(text: &str) -> String {
    match text.char_indices().rev().nth(PART - 1) {
        Some((start, _)) if start > 0 => format!("…{}", text.get(start..).unwrap_or_default()),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, line: usize, column: usize, width: u32) -> Option<[String; 3]> {
        let excerpt = Lines::new(text).excerpt(Place { line, column }, width, "a")?;
        Some([excerpt.before, excerpt.marked, excerpt.after])
    }

    #[test]
    fn a_line_falls_into_three_parts() {
        let text = "a: 1\r\nü: [ x, yy ]  \n";
        let parts = |[a, b, c]: [&str; 3]| Some([a.to_owned(), b.to_owned(), c.to_owned()]);
        assert_eq!(shown(text, 1, 4, 1), parts(["a: ", "1", ""]));
        assert_eq!(shown(text, 2, 9, 2), parts(["ü: [ x, ", "yy", " ]"]));
        assert_eq!(shown(text, 2, 9, u32::MAX), parts(["ü: [ x, ", "yy ]", ""]));
        assert_eq!(shown(text, 2, 13, 1), parts(["ü: [ x, yy ]", "", ""]));
        assert_eq!(shown(text, 3, 1, 1), parts(["", "", ""]));
        for (line, column) in [(0, 1), (1, 0), (2, 14), (4, 1)] {
            assert_eq!(shown(text, line, column, 1), None, "{line}:{column}");
        }
        assert_eq!(shown("a: 1\rb: 2\n", 1, 1, 1), None);
    }

    #[test]
    fn long_lines_are_shortened_on_both_sides() {
        let text = format!("{}x{}", "a".repeat(100), "b".repeat(100));
        let [before, marked, after] = shown(&text, 1, 101, 1).unwrap();
        assert_eq!(before, format!("…{}", "a".repeat(60)));
        assert_eq!(
            (marked.as_str(), after),
            ("x", format!("{}…", "b".repeat(60)))
        );
        assert_eq!(shown(&"a".repeat(5000), 1, 1, 1), None);
    }

    #[test]
    fn what_is_nobodys_to_read_is_not_shown() {
        for line in [
            "external_id: x",
            "- { id: 1, externalId: x }",
            "access_key_secret: x",
            "AccessKeyId: x",
        ] {
            assert_eq!(shown(line, 1, 1, 1), None, "{line}");
        }
        let path = "accounts[0].external_id";
        let place = Place { line: 1, column: 1 };
        assert_eq!(Lines::new("\"half\"").excerpt(place, 6, path), None);
        assert!(shown("on: \"secrets-*/*\"", 1, 5, 1).is_some());
    }
}
