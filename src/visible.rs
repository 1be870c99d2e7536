//! Text that reads as it is: what has no visible form is shown as an escape.
//!
//! A name or a message from elsewhere may hold characters that a terminal obeys or leaves out. They can hide a
//! part of a name, or make a line read as another.

use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Characters beside control characters that have no form of their own: format characters, tags, variation
/// selectors, fillers, line and paragraph separators. Source: Unicode 16.0, general categories Cf, Zl and Zp, and
/// `Default_Ignorable_Code_Point`. Sorted.
const INVISIBLE: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
    '\u{13430}'..='\u{1343f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Whether a character has no visible form. Spaces, tabs and line breaks are not among them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    if matches!(c, '\n' | '\t') {
        return false;
    }
    c.is_control() || is_format(c)
}

fn is_format(c: char) -> bool {
    let place = INVISIBLE.partition_point(|range| *range.end() < c);
    INVISIBLE.get(place).is_some_and(|range| range.contains(&c))
}

/// Text from elsewhere for people: every invisible character as an escape, as `\u{200b}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_invisible)
}

/// As [`visible`], for text with styles of our own: the control characters are left to the terminal.
#[must_use]
pub fn visible_with_styles(text: &str) -> Cow<'_, str> {
    escaped(text, is_format)
}

fn escaped(text: &str, is_hidden: fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !is_hidden(c) => shown.push(c),
            '\r' => shown.push_str("\\r"),
            c => shown.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// A JSON text in which every invisible character is written as JSON's own escape. They are in its strings only, so
/// its value stays.
#[must_use]
pub fn escaped_json(text: String) -> String {
    if !text.chars().any(is_invisible) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_invisible(c) {
            true => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    shown.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_form_is_escaped_and_what_has_one_stays() {
        assert_eq!(visible("a\u{1b}[31mred\u{7}"), "a\\u{1b}[31mred\\u{7}");
        assert_eq!(visible("left\u{202e}right"), "left\\u{202e}right");
        assert_eq!(visible("镜像 é e\u{301} \t\n"), "镜像 é e\u{301} \t\n");
        for hidden in [
            '\u{ad}',
            '\u{200b}',
            '\u{200d}',
            '\u{2066}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e007f}',
            '\u{e01ef}',
            '\u{85}',
        ] {
            assert_eq!(
                visible(&hidden.to_string()),
                hidden.escape_unicode().to_string()
            );
        }
    }

    #[test]
    fn styles_of_ours_are_left_alone() {
        assert_eq!(
            visible_with_styles("\u{1b}[32mx\u{e0041}\u{1b}[0m"),
            "\u{1b}[32mx\\u{e0041}\u{1b}[0m"
        );
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "a": "x\u{200b}y\u{e0041}\u{7f}z" });
        let text = escaped_json(serde_json::to_string_pretty(&value).unwrap());
        assert!(text.is_ascii(), "{text}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(INVISIBLE.is_sorted_by(|a, b| a.end() < b.start()));
    }
}
