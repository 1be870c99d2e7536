//! Plain values to YAML text that every reader understands the same way.
//!
//! Written by hand because serde_yaml leaves `no`, `on` and `2012-10-17` bare, offers no choice of style, and
//! readers of YAML 1.1 take those for a truth value and a date.

use super::yaml::Raw;
use crate::visible::is_invisible;

/// `value` as the lines of a YAML document in block style.
pub(super) fn emit(value: &Raw) -> String {
    let mut text = String::new();
    match value {
        Raw::List(items) if !items.is_empty() => list(&mut text, items, 0),
        Raw::Map(entries) if !entries.is_empty() => map(&mut text, entries, 0, false),
        _ => {
            text.push_str(&inline(value));
            text.push('\n');
        }
    }
    text
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}

/// Writes the entries, each on a line of its own; the first without indentation when it follows a `- `.
fn map(text: &mut String, entries: &[(Raw, Raw)], depth: usize, follows_dash: bool) {
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 || !follows_dash {
            indent(text, depth);
        }
        text.push_str(&inline(key));
        text.push(':');
        match value {
            Raw::List(items) if !items.is_empty() => {
                text.push('\n');
                list(text, items, depth + 1);
            }
            Raw::Map(entries) if !entries.is_empty() => {
                text.push('\n');
                map(text, entries, depth + 1, false);
            }
            _ => {
                text.push(' ');
                text.push_str(&inline(value));
                text.push('\n');
            }
        }
    }
}

fn list(text: &mut String, items: &[Raw], depth: usize) {
    for item in items {
        indent(text, depth);
        text.push_str("- ");
        match item {
            Raw::Map(entries) if !entries.is_empty() => map(text, entries, depth + 1, true),
            Raw::List(items) if !items.is_empty() => {
                // A list in a list starts on a line of its own, which is plainer than `- - `.
                text.truncate(text.trim_end_matches(' ').len());
                text.push('\n');
                list(text, items, depth + 1);
            }
            _ => {
                text.push_str(&inline(item));
                text.push('\n');
            }
        }
    }
}

fn inline(value: &Raw) -> String {
    match value {
        Raw::Null | Raw::Tagged(_) => "null".to_owned(),
        Raw::Bool(value) => value.to_string(),
        Raw::Number(number) => number.clone(),
        Raw::Text(text) if is_plain(text) => text.clone(),
        Raw::Text(text) => quoted(text),
        Raw::List(_) => "[]".to_owned(),
        Raw::Map(_) => "{}".to_owned(),
    }
}

/// Words that some reader takes for something else than text. Source: YAML 1.1 and 1.2 core types.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Whether `text` means itself without quotes to every reader: it begins with a letter and has no sign that
/// means something in YAML.
fn is_plain(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || " ._/:-,".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(is_allowed)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for symbol in text.chars() {
        match symbol {
            '"' | '\\' => quoted.extend(['\\', symbol]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if must_be_escaped(symbol) => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(symbol)))
            }
            _ => quoted.push(symbol),
        }
    }
    quoted.push('"');
    quoted
}

/// What YAML does not allow, folds, or nobody would see.
fn must_be_escaped(symbol: char) -> bool {
    symbol.is_control() || is_invisible(symbol) || matches!(symbol, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn words_that_look_like_something_else_are_quoted() {
        for word in [
            "no",
            "On",
            "YES",
            "true",
            "null",
            "~",
            "",
            "1",
            "0123",
            "1_000",
            "1e3",
            "0x1F",
            "12:30:45",
            "2012-10-17",
            ".inf",
            "-",
            "- a",
            "a: b",
            "a:",
            "a ",
            " a",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "<<",
            "=",
            "a #b",
            "\u{85}",
            "🦀",
            "a\nb",
        ] {
            let written = emit(&text(word));
            assert!(written.starts_with('"'), "{word:?} is written {written}");
            assert_eq!(yaml::read(&written).unwrap(), text(word));
        }
        for word in [
            "oss:GetObject",
            "acs:ram::1:root",
            "ecs.aliyuncs.com",
            "Lets ECS write, and read.",
        ] {
            assert_eq!(emit(&text(word)), format!("{word}\n"));
        }
    }

    #[test]
    fn structures_are_written_in_block_style() {
        let value = Raw::Map(vec![
            (
                text("list"),
                Raw::List(vec![
                    text("a"),
                    Raw::List(vec![text("b")]),
                    Raw::List(Vec::new()),
                ]),
            ),
            (
                text("map"),
                Raw::Map(vec![(text("on"), Raw::Map(Vec::new()))]),
            ),
            (
                text("items"),
                Raw::List(vec![Raw::Map(vec![
                    (text("a"), Raw::Number("1".to_owned())),
                    (text("b"), text("1")),
                ])]),
            ),
        ]);
        let written = emit(&value);
        assert_eq!(
            written,
            "list:\n  - a\n  -\n    - b\n  - []\nmap:\n  \"on\": {}\nitems:\n  - a: 1\n    b: \"1\"\n"
        );
        assert_eq!(yaml::read(&written).unwrap(), value);
    }

    fn any_value() -> impl Strategy<Value = Raw> {
        let leaf = prop_oneof![
            ".*".prop_map(Raw::Text),
            "[a-z0-9: .#-]*".prop_map(Raw::Text),
            any::<u32>().prop_map(|n| Raw::Number(n.to_string()))
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Raw::List),
                prop::collection::vec((".*".prop_map(Raw::Text), inner), 0..5).prop_map(Raw::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_equal(value in any_value()) {
            prop_assert_eq!(yaml::read(&emit(&value)).unwrap(), value);
        }
    }
}
