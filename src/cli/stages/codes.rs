//! The error codes that a run told of.

use std::collections::BTreeMap;

/// Error codes, each with where it came first: the account's place, and its place there.
#[derive(Default)]
pub(crate) struct Codes(BTreeMap<String, (usize, usize)>);

impl Codes {
    /// Takes in the codes of the account at `place`.
    pub(crate) fn add<'a>(&mut self, place: usize, codes: impl IntoIterator<Item = &'a str>) {
        for (number, code) in codes.into_iter().enumerate() {
            let at = (place, number);
            match self.0.get_mut(code) {
                Some(first) => *first = at.min(*first),
                None => drop(self.0.insert(code.to_owned(), at)),
            }
        }
    }

    /// Each once, as they came first in the order of the spec.
    pub(crate) fn in_order(&self) -> Vec<&str> {
        let mut codes: Vec<(&String, &(usize, usize))> = self.0.iter().collect();
        codes.sort_by_key(|(_, at)| **at);
        codes.into_iter().map(|(code, _)| code.as_str()).collect()
    }
}
