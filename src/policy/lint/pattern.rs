//! Patterns with `*` and `?`, as far as the rules need them; the exact questions go to the engine.

/// Longest pattern that is looked into. Unit: characters. A longer one is taken to have nothing in
/// common with anything; the comparisons take time in the product of the lengths.
const MAX_PATTERN: usize = 1024;

/// Whether `pattern` matches `text`, letter by letter.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    run(pattern, &text, false)
}

/// Whether everything that `narrow` matches is matched by `wide`, by a test that may miss some.
pub(crate) fn covers(wide: &str, narrow: &str) -> bool {
    let narrow: Vec<char> = narrow.chars().collect();
    run(wide, &narrow, true)
}

/// Whether `pattern` takes all of `text`. With `is_pattern`, wildcards of `text` stand for any text, so
/// that only a wildcard that is at least as wide may take them.
fn run(pattern: &str, text: &[char], is_pattern: bool) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    if pattern.len() > MAX_PATTERN || text.len() > MAX_PATTERN {
        return false;
    }
    // reached[i]: the first i symbols of the pattern have taken the text so far.
    let mut reached = vec![false; pattern.len() + 1];
    skip_stars(&pattern, &mut reached, true);
    for symbol in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            if reached.get(at) != Some(&true) {
                continue;
            }
            let step = match wanted {
                '*' => Some(at),
                '?' if !(is_pattern && *symbol == '*') => Some(at + 1),
                _ if wanted == symbol && !(is_pattern && *symbol == '*') => Some(at + 1),
                _ => None,
            };
            if let Some(slot) = step.and_then(|to| next.get_mut(to)) {
                *slot = true;
            }
        }
        skip_stars(&pattern, &mut next, false);
        reached = next;
    }
    reached.last() == Some(&true)
}

/// A star may take nothing.
fn skip_stars(pattern: &[char], reached: &mut [bool], at_start: bool) {
    if let Some(first) = reached.first_mut() {
        *first |= at_start;
    }
    for (at, symbol) in pattern.iter().enumerate() {
        if *symbol == '*'
            && reached.get(at) == Some(&true)
            && let Some(slot) = reached.get_mut(at + 1)
        {
            *slot = true;
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
    matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
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
