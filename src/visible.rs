//! Text that reads as it is: what has no visible form is shown as an escape.
//!
//! A name or a message from elsewhere may hold characters that a terminal obeys or leaves out. They can hide a
//! part of a name, or make a line read as another. And it may hold commands that a CI system obeys when it meets them
//! in the log of a job: GitHub's `::name::` at the beginning of a line, and `##[name]`, `##vso[`, `##teamcity[`
//! anywhere in one.

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
    if is_noncharacter(c) {
        return true;
    }
    let place = INVISIBLE.partition_point(|range| *range.end() < c);
    INVISIBLE.get(place).is_some_and(|range| range.contains(&c))
}

/// Code points that Unicode keeps for no character; neither XML nor HTML takes all of them.
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0xfdd0..=0xfdef) || code & 0xfffe == 0xfffe
}

/// Text from elsewhere for people: every invisible character as an escape, as `\u{200b}`, and the sign that makes a
/// command of a text as one, too.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    both(text, is_invisible)
}

/// As [`visible`], for text with styles of our own: the control characters are left to the terminal.
#[must_use]
pub fn visible_with_styles(text: &str) -> Cow<'_, str> {
    both(text, is_format)
}

fn both(text: &str, is_hidden: fn(char) -> bool) -> Cow<'_, str> {
    match escaped(text, is_hidden) {
        Cow::Borrowed(text) => without_commands(text),
        Cow::Owned(text) => match without_commands(&text) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(text),
        },
    }
}

/// The text with `::` at the beginning of a line as `\u{3a}:`, and the bracket of `##name[` as `\u{5b}`.
fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let start = line.len() - after_blanks_and_styles(line).len();
        let (before, rest) = line.split_at(start);
        let rest = match rest.strip_prefix("::") {
            Some(rest) => format!("\\u{{3a}}:{rest}"),
            None => rest.to_owned(),
        };
        format!("{before}{}", without_brackets(&rest, "\\u{5b}"))
    });
    let safe: String = lines.collect();
    match safe == text {
        true => Cow::Borrowed(text),
        false => Cow::Owned(safe),
    }
}

/// The line from its first visible sign on; a runner trims blanks, and styles are stripped where colour is off.
fn after_blanks_and_styles(line: &str) -> &str {
    let line = line.trim_start();
    let style = line.strip_prefix("\u{1b}[");
    match style.and_then(|rest| rest.split_once('m')) {
        Some((codes, rest)) if codes.bytes().all(|b| b.is_ascii_digit() || b == b';') => {
            after_blanks_and_styles(rest)
        }
        _ => line,
    }
}

/// The text with `escape` in place of the bracket of each `##name[`.
fn without_brackets(text: &str, escape: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("##") {
        safe.push_str(before);
        safe.push_str("##");
        let is_name = |c: char| c == '#' || c.is_ascii_alphanumeric();
        let name = after.len() - after.trim_start_matches(is_name).len();
        let (name, after) = after.split_at(name);
        safe.push_str(name);
        rest = match after.strip_prefix('[') {
            Some(after) => {
                safe.push_str(escape);
                after
            }
            None => after,
        };
    }
    safe + rest
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

/// A JSON text in which every invisible character, and the bracket of `##name[`, is written as JSON's own escape. They
/// are in its strings only, so its value stays.
#[must_use]
pub fn escaped_json(text: String) -> String {
    let text = match text.contains("##") {
        true => without_brackets(&text, "\\u005b"),
        false => text,
    };
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
            '\u{fdd0}',
            '\u{fffe}',
            '\u{1ffff}',
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
    fn a_log_finds_no_commands() {
        for (text, safe) in [
            ("::error::x", "\\u{3a}:error::x"),
            ("a\n \t::warning::x", "a\n \t\\u{3a}:warning::x"),
            ("a ##[error]x", "a ##\\u{5b}error]x"),
            ("##vso[task.x]", "##vso\\u{5b}task.x]"),
            ("###[group]", "###\\u{5b}group]"),
            ("####[group]", "####\\u{5b}group]"),
            ("acs:ram::1:role/x # ## [a]", "acs:ram::1:role/x # ## [a]"),
        ] {
            assert_eq!(visible(text), safe);
        }
        assert_eq!(
            visible_with_styles("\u{1b}[1m\u{1b}[31;1m::stop-commands::x"),
            "\u{1b}[1m\u{1b}[31;1m\\u{3a}:stop-commands::x"
        );
        let value = serde_json::json!({ "a": "##[error]x" });
        let text = escaped_json(value.to_string());
        assert!(!text.contains("##["), "{text}");
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
