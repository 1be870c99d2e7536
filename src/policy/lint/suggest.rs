//! "Did you mean", for words of policies.

use crate::policy::suggest::within;

/// Most words that are compared with one another by letters; later ones get no suggestion.
const MAX_LENGTH: usize = 64;

/// The candidate nearest to `word` if it is near enough to be a slip of the pen: one letter in
/// words up to seven, two in longer ones, letter case aside.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > MAX_LENGTH {
        return None;
    }
    let allowed = if word.len() <= 7 { 1 } else { 2 };
    within(word, allowed, candidates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_and_other_words_are_not() {
        let names = ["oss:GetObject", "oss:PutObject"];
        assert_eq!(nearest("oss:GetObjct", names), Some("oss:GetObject"));
        assert_eq!(nearest("OSS:putobjects", names), Some("oss:PutObject"));
        assert_eq!(nearest("oss:Restore", names), None);
        assert_eq!(nearest("esc", ["ecs", "oss"]), Some("ecs"));
    }
}
