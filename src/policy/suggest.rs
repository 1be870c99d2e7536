//! Near misses: what a misspelt word was probably meant to be.

use strsim::osa_distance;

/// Most letters that may differ in a near miss. Unit: letters added, dropped, changed or swapped.
const MAX_DISTANCE: usize = 3;

/// The candidate nearest to `word`, letter case without meaning, if it is near enough to be meant.
///
/// One letter may differ in three, and three at most; of equally near ones the first is taken.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).clamp(1, MAX_DISTANCE);
    within(word, limit, candidates)
}

/// The candidate nearest to `word`, letter case without meaning, if at most `limit` letters differ.
#[must_use]
pub fn within<'c>(
    word: &str,
    limit: usize,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_ascii_lowercase();
    candidates
        .into_iter()
        // A long word needs no comparing: lengths alone tell.
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= limit * 4)
        .map(|candidate| {
            (
                osa_distance(&word, &candidate.to_ascii_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean …?", if something is near.
#[must_use]
pub fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    nearest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let keys = ["trust", "policies", "name"];
        assert_eq!(nearest("trsut", keys), Some("trust"));
        assert_eq!(nearest("polices", keys), Some("policies"));
        assert_eq!(nearest("Policies", keys), Some("policies"));
        assert_eq!(nearest("nmae", keys), Some("name"));
        assert_eq!(nearest("x", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest(&"p".repeat(100_000), keys), None);
    }
}
