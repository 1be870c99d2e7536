//! Several patterns as one nondeterministic automaton whose state is a bit set.
//!
//! A pattern of n tokens has the positions 0..=n. All positions of all patterns lie side by side, so that
//! one step of all of them together is a mask, a shift and an or.

use super::glob::{Glob, Kind, Token};
use std::collections::BTreeSet;

/// The bit patterns of a list of globs over an alphabet.
pub(crate) struct Layout {
    /// Machine words of a state.
    pub(crate) width: usize,
    /// Every symbol that is told apart; the first stands for all symbols that no pattern names.
    pub(crate) symbols: Vec<char>,
    /// Where each pattern accepts, in the order given.
    pub(crate) ends: Vec<usize>,
    start: Vec<u64>,
    masks: Vec<SymbolMasks>,
    star: Vec<u64>,
    accept: Vec<u64>,
    sink: Vec<u64>,
}

struct SymbolMasks {
    advance: Vec<u64>,
    stay: Vec<u64>,
    named: Vec<u64>,
}

/// The alphabet of some patterns: `other`, then letters, digits, the rest, and `:` last, so that the
/// first shortest witness found is the one that reads best.
pub(crate) fn alphabet<'a>(globs: impl Iterator<Item = &'a Glob>, other: char) -> Vec<char> {
    let mut symbols: BTreeSet<char> = globs.flat_map(Glob::symbols).collect();
    // The kinds of wildcard tell these two apart even where no pattern names them.
    symbols.extend(['/', ':']);
    symbols.remove(&other);
    let rank = |symbol: &char| match symbol {
        ':' => 3,
        _ if symbol.is_alphabetic() => 0,
        _ if symbol.is_numeric() => 1,
        _ => 2,
    };
    let mut symbols: Vec<char> = symbols.into_iter().collect();
    symbols.sort_by_key(rank);
    symbols.insert(0, other);
    symbols
}

fn set(words: &mut [u64], at: usize) {
    if let Some(word) = words.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

impl Layout {
    pub(crate) fn new(globs: &[&Glob], symbols: Vec<char>) -> Self {
        let positions: usize = globs.iter().map(|glob| glob.tokens().len() + 1).sum();
        let width = positions.div_ceil(64).max(1);
        let empty = || vec![0_u64; width];
        let masks = symbols.iter().map(|_| SymbolMasks {
            advance: empty(),
            stay: empty(),
            named: empty(),
        });
        let mut layout = Self {
            width,
            masks: masks.collect(),
            symbols,
            ends: Vec::with_capacity(globs.len()),
            start: empty(),
            star: empty(),
            accept: empty(),
            sink: empty(),
        };
        let mut base = 0;
        for glob in globs {
            layout.place(glob, base);
            base += glob.tokens().len() + 1;
        }
        layout
    }

    fn place(&mut self, glob: &Glob, base: usize) {
        let length = glob.tokens().len();
        set(&mut self.start, base);
        set(&mut self.accept, base + length);
        self.ends.push(base + length);
        for (offset, token) in glob.tokens().iter().enumerate() {
            let at = base + offset;
            if let Token::Star(kind) = token {
                set(&mut self.star, at);
                if *kind == Kind::Any && offset + 1 == length {
                    set(&mut self.sink, at);
                }
            }
            for (symbol, masks) in self.symbols.iter().zip(&mut self.masks) {
                match token {
                    Token::Star(kind) if kind.accepts(*symbol) => set(&mut masks.stay, at),
                    Token::Star(_) => {}
                    _ if token.consumes(*symbol) => {
                        set(&mut masks.advance, at);
                        if !matches!(token, Token::One(_)) {
                            set(&mut masks.named, at);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// The state before the first symbol.
    pub(crate) fn start(&self) -> Vec<u64> {
        let mut state = self.start.clone();
        self.skip_stars(&mut state);
        state
    }

    /// Adds the positions behind every star reached. One pass, as no star meets a star.
    fn skip_stars(&self, state: &mut [u64]) {
        let mut carry = 0;
        for (word, star) in state.iter_mut().zip(&self.star) {
            let behind = *word & star;
            *word |= (behind << 1) | carry;
            carry = behind >> 63;
        }
    }

    /// The state after reading the symbol of this index, into `next`.
    pub(crate) fn step(&self, state: &[u64], symbol: usize, next: &mut Vec<u64>) {
        next.clear();
        let Some(masks) = self.masks.get(symbol) else {
            return;
        };
        let mut carry = 0;
        for ((word, advance), stay) in state.iter().zip(&masks.advance).zip(&masks.stay) {
            let moved = word & advance;
            next.push((moved << 1) | carry | (word & stay));
            carry = moved >> 63;
        }
        self.skip_stars(next);
    }

    /// Whether some pattern, at this state, names the symbol of this index.
    pub(crate) fn names(&self, state: &[u64], symbol: usize) -> bool {
        self.masks
            .get(symbol)
            .is_some_and(|masks| meets(state, &masks.named))
    }

    /// Whether some pattern matches what was read.
    pub(crate) fn accepts(&self, state: &[u64]) -> bool {
        meets(state, &self.accept)
    }

    /// Whether some pattern matches whatever follows.
    pub(crate) fn accepts_forever(&self, state: &[u64]) -> bool {
        meets(state, &self.sink)
    }
}

/// Whether two states share a position.
pub(crate) fn meets(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

/// Whether every position of `inner` is one of `outer`.
pub(crate) fn within(inner: &[u64], outer: &[u64]) -> bool {
    inner
        .iter()
        .zip(outer)
        .all(|(inner, outer)| inner & !outer == 0)
}
