//! A set of small numbers.

/// A set of numbers below a length given when made. Up to 64 need no heap.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Bits {
    first: u64,
    rest: Vec<u64>,
}

impl Bits {
    /// The empty set, with room for numbers below `length`.
    pub(crate) fn new(length: usize) -> Self {
        let rest = length.saturating_sub(64).div_ceil(64);
        Self {
            first: 0,
            rest: vec![0; rest],
        }
    }

    /// All numbers below `length`.
    pub(crate) fn full(length: usize) -> Self {
        let mut bits = Self::new(length);
        (0..length).for_each(|at| bits.insert(at));
        bits
    }

    /// These numbers.
    pub(crate) fn of(length: usize, numbers: &[usize]) -> Self {
        let mut bits = Self::new(length);
        numbers.iter().for_each(|at| bits.insert(*at));
        bits
    }

    /// This one number, with room for as many as here.
    pub(crate) fn only(&self, number: usize) -> Self {
        let mut only = Self {
            first: 0,
            rest: vec![0; self.rest.len()],
        };
        only.insert(number);
        only
    }

    fn words(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.first).chain(self.rest.iter().copied())
    }

    fn word_mut(&mut self, at: usize) -> Option<&mut u64> {
        match (at / 64).checked_sub(1) {
            None => Some(&mut self.first),
            Some(index) => self.rest.get_mut(index),
        }
    }

    /// Machine words that the set takes.
    pub(crate) fn words_count(&self) -> usize {
        1 + self.rest.len()
    }

    /// Adds a number; one beyond the length is left out.
    pub(crate) fn insert(&mut self, at: usize) {
        if let Some(word) = self.word_mut(at) {
            *word |= 1 << (at % 64);
        }
    }

    pub(crate) fn contains(&self, at: usize) -> bool {
        let word = match (at / 64).checked_sub(1) {
            None => Some(&self.first),
            Some(index) => self.rest.get(index),
        };
        word.is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words().all(|word| word == 0)
    }

    /// Whether some number is in both sets.
    pub(crate) fn meets(&self, other: &Bits) -> bool {
        let mut pairs = self.words().zip(other.words());
        pairs.any(|(own, other)| own & other != 0)
    }

    /// Whether every number is in `other` too.
    pub(crate) fn is_within(&self, other: &Bits) -> bool {
        let mut pairs = self.words().zip(other.words());
        pairs.all(|(own, other)| own & !other == 0)
    }

    /// The numbers in both sets. Both must have the same length.
    pub(crate) fn and(&self, other: &Bits) -> Bits {
        let rest = self.rest.iter().zip(&other.rest).map(|(a, b)| a & b);
        Bits {
            first: self.first & other.first,
            rest: rest.collect(),
        }
    }

    /// The numbers in either set. Both must have the same length.
    pub(crate) fn or(&self, other: &Bits) -> Bits {
        let rest = self.rest.iter().zip(&other.rest).map(|(a, b)| a | b);
        Bits {
            first: self.first | other.first,
            rest: rest.collect(),
        }
    }

    /// Adds the numbers of another set of the same length.
    pub(crate) fn add(&mut self, other: &Bits) {
        self.first |= other.first;
        for (own, other) in self.rest.iter_mut().zip(&other.rest) {
            *own |= other;
        }
    }

    /// The numbers, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words().enumerate().flat_map(|(index, word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(index * 64 + bit as usize)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_the_first_word_are_kept() {
        let mut bits = Bits::new(200);
        for at in [0, 63, 64, 199] {
            bits.insert(at);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 199]);
        assert!(bits.contains(199) && !bits.contains(62) && !bits.contains(1000));
        assert_eq!(Bits::full(130).iter().count(), 130);
        let other = Bits::of(200, &[62, 199]);
        assert!(bits.meets(&other) && !other.is_within(&bits));
        bits.add(&other);
        assert!(other.is_within(&bits) && !bits.is_within(&Bits::of(200, &[199])));
    }
}
