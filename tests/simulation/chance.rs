//! Numbers from a seed: SplitMix64, the same on every machine and for ever.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5eed_5eed_5eed_5eed))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        // The top bits are as good as any, and the bias of so small a range is nothing.
        u32::try_from((self.next() >> 32) * u64::from(end) >> 32).unwrap()
    }

    /// An index below `end`, small enough for a case's shape.
    pub(crate) fn index(&mut self, end: usize) -> u8 {
        u8::try_from(self.below(u32::try_from(end).unwrap())).unwrap()
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::from(self.index(items.len()))]
    }
}

/// One number from two, for what must not depend on how many numbers were drawn before it.
pub(crate) fn at(seed: u64, place: u64) -> u64 {
    mix(seed ^ mix(place.wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
