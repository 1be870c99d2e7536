//! Patterns with `*` and `?`, as far as the rules need them; the exact questions go to the engine.

use std::str::Chars;

/// Longest pattern that is looked into. Unit: bytes. A longer one is taken to have nothing in
/// common with anything; the comparisons take time in the product of the lengths.
const MAX_PATTERN: usize = 1024;

/// Whether `pattern` matches `text`, letter by letter.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    run(pattern, text, false)
}

/// Whether everything that `narrow` matches is matched by `wide`, by a test that may miss some.
pub(crate) fn covers(wide: &str, narrow: &str) -> bool {
    run(wide, narrow, true)
}

/// Whether `pattern` takes all of `text`. With `is_pattern`, wildcards of `text` stand for any text, so
/// that only a wildcard that is at least as wide may take them.
///
/// Each star takes as little as will do; when the rest does not fit, the last one takes one symbol more.
fn run(pattern: &str, text: &str, is_pattern: bool) -> bool {
    if pattern.len() > MAX_PATTERN || text.len() > MAX_PATTERN {
        return false;
    }
    let (mut wanted, mut left) = (pattern.chars(), text.chars());
    let mut star: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let before = left.clone();
        let Some(symbol) = left.next() else {
            return wanted.all(|symbol| symbol == '*');
        };
        let is_any = is_pattern && symbol == '*';
        match wanted.next() {
            Some('*') => {
                star = Some((wanted.clone(), before.clone()));
                left = before;
            }
            Some('?') if !is_any => {}
            Some(letter) if letter == symbol && !is_any => {}
            _ => {
                let Some((after, taken)) = &mut star else {
                    return false;
                };
                taken.next();
                (wanted, left) = (after.clone(), taken.clone());
            }
        }
    }
}

/// Whether some text is matched by both patterns.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len() > MAX_PATTERN || other.len() > MAX_PATTERN {
        return false;
    }
    // row[j]: the first i symbols of `one` and the first j of `other` share a text.
    let mut row: Vec<bool> = Vec::with_capacity(other.len() + 1);
    row.push(true);
    for symbol in &other {
        let last = row.last() == Some(&true);
        row.push(last && *symbol == '*');
    }
    for left in &one {
        let mut next = vec![*left == '*' && row.first() == Some(&true)];
        for (at, right) in other.iter().enumerate() {
            let diagonal = row.get(at) == Some(&true);
            let above = row.get(at + 1) == Some(&true);
            let before = next.last() == Some(&true);
            next.push(match (left, right) {
                ('*', '*') => diagonal || above || before,
                // The star takes nothing, or this symbol.
                ('*', _) => above || before,
                (_, '*') => before || above,
                ('?', _) | (_, '?') => diagonal,
                _ => diagonal && left == right,
            });
        }
        row = next;
    }
    row.last() == Some(&true)
}

/// As [`matches`], letter case without meaning: for actions.
pub(crate) fn matches_action(pattern: &str, action: &str) -> bool {
    // Most patterns differ from most actions in the first letters.
    let start = pattern.split(['*', '?']).next().unwrap_or_default();
    let has_start = action
        .get(..start.len())
        .is_some_and(|action| action.eq_ignore_ascii_case(start));
    has_start && matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether the word holds a wildcard.
pub(crate) fn has_wildcard(word: &str) -> bool {
    word.contains(['*', '?'])
}

/// Whether the word is nothing but `*`.
pub(crate) fn is_all(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c == '*')
}

/// The service and the name of an action pattern.
pub(crate) fn action_parts(action: &str) -> Option<(&str, &str)> {
    action.split_once(':')
}

/// A resource pattern in its five fields, the first of which is `acs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) relative: &'a str,
}

impl<'a> Arn<'a> {
    /// The fields of `text`; `None` unless it has all five and starts with `acs:`.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let mut fields = text.strip_prefix("acs:")?.splitn(4, ':');
        Some(Arn {
            service: fields.next()?,
            region: fields.next()?,
            account: fields.next()?,
            relative: fields.next().filter(|relative| !relative.is_empty())?,
        })
    }

    /// The bucket and the key of an OSS resource; the key is `None` for the bucket itself.
    pub(crate) fn bucket_and_key(self) -> Option<(&'a str, Option<&'a str>)> {
        if self.service != "oss" {
            return None;
        }
        Some(match self.relative.split_once('/') {
            Some((bucket, key)) => (bucket, Some(key)),
            None => (self.relative, None),
        })
    }

    /// The resource with another relative id.
    pub(crate) fn with_relative(self, relative: &str) -> String {
        let Arn {
            service,
            region,
            account,
            relative: _,
        } = self;
        format!("acs:{service}:{region}:{account}:{relative}")
    }
}

/// Whether the resource `wide` covers the resource `narrow`, however wildcards treat `:`.
pub(crate) fn resource_covers(wide: &str, narrow: &str) -> bool {
    if is_all(wide) {
        return true;
    }
    let (Some(wide), Some(narrow)) = (Arn::read(wide), Arn::read(narrow)) else {
        return wide == narrow;
    };
    covers(wide.service, narrow.service)
        && covers(wide.region, narrow.region)
        && covers(wide.account, narrow.account)
        && covers(wide.relative, narrow.relative)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching() {
        for (pattern, text, expected) in [
            ("a*b*", "axxb", true),
            ("a*b*", "axx", false),
            ("?", "", false),
            ("*", "", true),
            ("a?c", "abc", true),
            ("?", "é", true),
            ("*ab*ab", "abaab", true),
            ("*ab*ab", "aba", false),
            ("a", "ab", false),
            ("ab", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn covering_and_overlapping() {
        for (wide, narrow, expected) in [
            ("a*", "a*b", true),
            ("a?", "a*", false),
            ("?*", "*?", false), // true in fact; the test may miss some
            ("*", "?*", true),
            ("a?", "ab", true),
            ("ab", "a?", false),
            ("a*", "a?", true),
        ] {
            assert_eq!(covers(wide, narrow), expected, "{wide} {narrow}");
        }
        for (one, other, expected) in [
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("", "*", true),
            ("a?c", "*bc", true),
            ("a*a", "a", false),
            ("**", "x?", true),
        ] {
            assert_eq!(overlap(one, other), expected, "{one} {other}");
            assert_eq!(overlap(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn five_fields() {
        let arn = Arn::read("acs:oss:*:*:img/a:b").unwrap();
        assert_eq!(arn.bucket_and_key(), Some(("img", Some("a:b"))));
        assert_eq!(Arn::read("acs:oss:*:img"), None);
        assert!(resource_covers("acs:oss:*:*:b/*", "acs:oss:*:1:b/x*"));
        assert!(!resource_covers("acs:oss:*:1:b/*", "acs:oss:*:*:b/*"));
    }
}
