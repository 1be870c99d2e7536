//! Patterns with `*` and `?`.

/// Whether `text` matches `pattern`: `*` stands for any run of characters, `?` for one.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    // Which lengths of the pattern match the text read so far, and one symbol later.
    let mut reached = vec![false; pattern.len() + 1];
    let mut next = reached.clone();
    let follow_stars = |reached: &mut Vec<bool>| {
        for (place, symbol) in pattern.iter().enumerate() {
            let is_here = reached.get(place).copied().unwrap_or(false);
            if is_here && *symbol == '*' {
                set(reached, place + 1);
            }
        }
    };
    set(&mut reached, 0);
    follow_stars(&mut reached);
    for read in text.chars() {
        next.fill(false);
        for (place, symbol) in pattern.iter().enumerate() {
            if !reached.get(place).copied().unwrap_or(false) {
                continue;
            }
            match symbol {
                '*' => set(&mut next, place),
                '?' => set(&mut next, place + 1),
                own if *own == read => set(&mut next, place + 1),
                _ => {}
            }
        }
        follow_stars(&mut next);
        std::mem::swap(&mut reached, &mut next);
    }
    reached.last().copied().unwrap_or(false)
}

fn set(flags: &mut [bool], place: usize) {
    if let Some(flag) = flags.get_mut(place) {
        *flag = true;
    }
}

/// As [`matches`], letter case without meaning.
pub(crate) fn action_matches(pattern: &str, action: &str) -> bool {
    matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether a resource is meant. In a pattern with all five fields, a wildcard stays in its field; only the last one
/// may hold colons. RAM does not say whether it could run on.
pub(crate) fn resource_matches(pattern: &str, resource: &str) -> bool {
    let patterns: Vec<&str> = pattern.splitn(5, ':').collect();
    let fields: Vec<&str> = resource.splitn(5, ':').collect();
    if patterns.len() < 5 {
        return matches(pattern, resource);
    }
    fields.len() == 5
        && patterns
            .iter()
            .zip(&fields)
            .all(|(pattern, field)| matches(pattern, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_runs_and_single_characters() {
        for (pattern, text, is_match) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "acb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a", "baa", true),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
        assert!(action_matches("OSS:get*", "oss:GetObject"));
    }

    #[test]
    fn a_wildcard_stays_in_its_field() {
        let object = "acs:oss:oss-cn-hangzhou:1:bucket/a:b:secret/x";
        assert!(resource_matches("acs:oss:*:*:bucket/*", object));
        assert!(!resource_matches("acs:oss:*:*:secret/*", object));
        assert!(resource_matches("*", object));
        assert!(resource_matches("acs:*", object));
    }
}
