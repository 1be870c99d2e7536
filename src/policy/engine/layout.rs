//! Several patterns as one nondeterministic automaton whose state is a bit set.
//!
//! A pattern of n tokens has the positions 0..=n. All positions of all patterns lie side by side, so that
//! one step of all of them together is a mask, a shift and an or.

use super::glob::Glob;
use super::token::{Kind, Token};
use std::collections::BTreeSet;

/// The bit patterns of a list of globs over an alphabet.
pub(crate) struct Layout {
    /// Machine words of a state.
    pub(crate) width: usize,
    pub(crate) alphabet: Alphabet,
    /// Where each pattern accepts, in the order given.
    pub(crate) ends: Vec<usize>,
    start: Vec<u64>,
    star: Vec<u64>,
    accept: Vec<u64>,
    sink: Vec<u64>,
    /// Three rows for each symbol, in its order: see [`Row`].
    masks: Vec<u64>,
}

/// What a symbol does to a position.
#[derive(Debug, Clone, Copy)]
enum Row {
    /// Moves it on.
    Advance,
    /// Keeps it at its star.
    Stay,
    /// Is named by it.
    Named,
}

const ROWS: usize = 3;

/// The symbols that are told apart.
pub(crate) struct Alphabet {
    /// The first stands for all symbols that no pattern names.
    pub(crate) symbols: Vec<char>,
    /// The place of each ASCII symbol; 0 for those that are not named.
    plain: [u32; 128],
}

impl Alphabet {
    /// The alphabet of some patterns: `other`, then letters, digits, the rest, and `:` last, so that the
    /// first shortest witness found is the one that reads best.
    pub(crate) fn new<'a>(globs: impl Iterator<Item = &'a Glob>, other: char) -> Self {
        // The kinds of wildcard tell these two apart even where no pattern names them.
        let (mut ascii, mut beyond) = (bit('/') | bit(':'), BTreeSet::new());
        for symbol in globs.flat_map(Glob::symbols) {
            match symbol.is_ascii() {
                true => ascii |= bit(symbol),
                false => {
                    beyond.insert(symbol);
                }
            }
        }
        let rank = |symbol: &char| match symbol {
            ':' => 3,
            _ if symbol.is_alphabetic() => 0,
            _ if symbol.is_numeric() => 1,
            _ => 2,
        };
        let ascii = ('\0'..'\u{80}').filter(|symbol| ascii & bit(*symbol) != 0);
        let named = ascii.chain(beyond).filter(|symbol| *symbol != other);
        let mut symbols: Vec<char> = named.collect();
        symbols.sort_by_key(rank);
        symbols.insert(0, other);
        let mut plain = [0; 128];
        for (at, symbol) in (0_u32..).zip(&symbols) {
            if let Some(place) = plain.get_mut(*symbol as usize) {
                *place = at;
            }
        }
        Self { symbols, plain }
    }

    /// The place of a symbol that some pattern names.
    pub(crate) fn place(&self, symbol: char) -> Option<usize> {
        match self.plain.get(symbol as usize) {
            Some(0) if self.symbols.first() != Some(&symbol) => None,
            Some(place) => Some(*place as usize),
            None => self.symbols.iter().position(|known| *known == symbol),
        }
    }
}

fn bit(symbol: char) -> u128 {
    1 << u32::from(symbol)
}

fn set(words: &mut [u64], at: usize) {
    if let Some(word) = words.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}

/// What the wildcards of all patterns do on one sort of symbol.
struct Wild {
    symbol: char,
    advance: Vec<u64>,
    stay: Vec<u64>,
}

impl Layout {
    pub(crate) fn new(globs: &[&Glob], alphabet: Alphabet) -> Self {
        let positions: usize = globs.iter().map(|glob| glob.tokens().len() + 1).sum();
        let width = positions.div_ceil(64).max(1);
        let empty = || vec![0_u64; width];
        let mut layout = Self {
            width,
            masks: vec![0; width * ROWS * alphabet.symbols.len()],
            alphabet,
            ends: Vec::with_capacity(globs.len()),
            start: empty(),
            star: empty(),
            accept: empty(),
            sink: empty(),
        };
        // The kinds of wildcard tell no other symbols apart.
        let mut wild = ['x', '/', ':'].map(|symbol| Wild {
            symbol,
            advance: empty(),
            stay: empty(),
        });
        let mut base = 0;
        for glob in globs {
            layout.place_wildcards(glob, base, &mut wild);
            base += glob.tokens().len() + 1;
        }
        layout.copy_wildcards(&wild);
        let mut base = 0;
        for glob in globs {
            layout.place_symbols(glob, base);
            base += glob.tokens().len() + 1;
        }
        layout
    }

    fn place_wildcards(&mut self, glob: &Glob, base: usize, wild: &mut [Wild]) {
        let length = glob.tokens().len();
        set(&mut self.start, base);
        set(&mut self.accept, base + length);
        self.ends.push(base + length);
        for (at, token) in (base..).zip(glob.tokens()) {
            match token {
                Token::Star(kind) => {
                    set(&mut self.star, at);
                    if *kind == Kind::Any && at + 1 == base + length {
                        set(&mut self.sink, at);
                    }
                    let accepting = wild.iter_mut().filter(|wild| kind.accepts(wild.symbol));
                    accepting.for_each(|wild| set(&mut wild.stay, at));
                }
                Token::One(kind) => {
                    let accepting = wild.iter_mut().filter(|wild| kind.accepts(wild.symbol));
                    accepting.for_each(|wild| set(&mut wild.advance, at));
                }
                Token::Symbol(_) | Token::Letter(..) => {}
            }
        }
    }

    fn copy_wildcards(&mut self, wild: &[Wild; 3]) {
        let [plain, slash, colon] = wild;
        let rows = self.masks.chunks_exact_mut(self.width * ROWS);
        for (rows, symbol) in rows.zip(&self.alphabet.symbols) {
            let wild = match symbol {
                '/' => slash,
                ':' => colon,
                _ => plain,
            };
            let words = wild.advance.iter().chain(&wild.stay);
            rows.iter_mut()
                .zip(words)
                .for_each(|(row, word)| *row = *word);
        }
    }

    fn place_symbols(&mut self, glob: &Glob, base: usize) {
        for (at, token) in (base..).zip(glob.tokens()) {
            let named = match token {
                Token::Symbol(symbol) => [Some(*symbol), None],
                Token::Letter(lower, upper) => [Some(*lower), Some(*upper)],
                Token::One(_) | Token::Star(_) => continue,
            };
            for symbol in named.into_iter().flatten() {
                let Some(place) = self.alphabet.place(symbol) else {
                    continue;
                };
                for row in [Row::Advance, Row::Named] {
                    let range = self.range(place, row);
                    set(self.masks.get_mut(range).unwrap_or_default(), at);
                }
            }
        }
    }

    fn range(&self, symbol: usize, row: Row) -> std::ops::Range<usize> {
        let start = (symbol * ROWS + row as usize) * self.width;
        start..start + self.width
    }

    fn row(&self, symbol: usize, row: Row) -> &[u64] {
        self.masks.get(self.range(symbol, row)).unwrap_or_default()
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
        let (advance, stay) = (self.row(symbol, Row::Advance), self.row(symbol, Row::Stay));
        let mut carry = 0;
        for ((word, advance), stay) in state.iter().zip(advance).zip(stay) {
            let moved = word & advance;
            next.push((moved << 1) | carry | (word & stay));
            carry = moved >> 63;
        }
        self.skip_stars(next);
    }

    /// Whether some pattern, at this state, names the symbol of this index.
    pub(crate) fn names(&self, state: &[u64], symbol: usize) -> bool {
        meets(state, self.row(symbol, Row::Named))
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
