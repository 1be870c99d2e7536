//! The shortest word that all of some patterns match and none of others does.
//!
//! Antichain reachability: the wanted patterns are followed as single positions, chosen freely; the
//! forbidden ones together as the set of all their positions. A state is (positions, set).

use super::budget::{Budget, TooComplex};
use super::glob::Glob;
use super::layout::{Alphabet, Layout, within};
use super::token::Token;
use std::collections::HashMap;

/// Most patterns that are followed as single positions; their positions share one 128-bit key.
const MAX_WANTED: usize = 8;

/// The shortest word below `limit` symbols that every glob of `wanted` and none of `forbidden` matches.
///
/// `other` must occur in none of the patterns; it stands for every symbol that does not.
///
/// # Errors
/// When the budget is spent.
pub(crate) fn shortest_word(
    wanted: &[&Glob],
    forbidden: &[&Glob],
    other: char,
    limit: usize,
    budget: &mut Budget,
) -> Result<Option<Vec<char>>, TooComplex> {
    if wanted.len() > MAX_WANTED || wanted.iter().any(|glob| glob.tokens().len() > 0xfff0) {
        return Err(TooComplex);
    }
    let alphabet = Alphabet::new(wanted.iter().chain(forbidden).copied(), other);
    budget.spend(alphabet.symbols.len() * 8)?;
    let layout = Layout::new(forbidden, alphabet);
    budget.spend(layout.width * layout.alphabet.symbols.len() * 3)?;
    let is_refused = |token: &Token| match token {
        Token::One(kind) | Token::Star(kind) => !kind.accepts(other),
        Token::Symbol(_) | Token::Letter(..) => false,
    };
    let mut search = Search {
        wanted,
        reads_all: wanted
            .iter()
            .any(|glob| glob.tokens().iter().any(is_refused)),
        layout,
        states: Vec::new(),
        places: HashMap::new(),
        sets: Vec::new(),
    };
    search.run(limit, budget)
}

/// The positions of the wanted patterns, 16 bits each.
type Positions = u128;

fn position(positions: Positions, of: usize) -> usize {
    (positions >> (16 * of)) as usize & 0xffff
}

#[derive(Clone, Copy)]
struct State {
    positions: Positions,
    parent: usize,
    symbol: char,
    depth: usize,
    /// Where its set is: the place of its positions, and the number there.
    place: usize,
    number: usize,
}

struct Search<'g> {
    wanted: &'g [&'g Glob],
    /// Whether `other` cannot stand for every symbol that is not named, since some wildcard does not take it.
    reads_all: bool,
    layout: Layout,
    /// The states met, in the order in which they are looked at.
    states: Vec<State>,
    /// A place for all states of the same positions.
    places: HashMap<Positions, usize>,
    /// The sets of all states of a place, end to end.
    sets: Vec<Vec<u64>>,
}

/// Buffers that the steps of a search share.
#[derive(Default)]
struct Buffers {
    set: Vec<u64>,
    next: Vec<u64>,
    /// The symbols that wanted patterns name next.
    named: Vec<char>,
    moves: Vec<Positions>,
    spare: Vec<Positions>,
}

impl Search<'_> {
    fn run(&mut self, limit: usize, budget: &mut Budget) -> Result<Option<Vec<char>>, TooComplex> {
        let start = self.layout.start();
        if limit == 0 || self.layout.accepts_forever(&start) {
            return Ok(None);
        }
        if self.is_goal(0) && !self.layout.accepts(&start) {
            return Ok(Some(Vec::new()));
        }
        self.states.push(State {
            positions: 0,
            parent: 0,
            symbol: ' ',
            depth: 0,
            place: 0,
            number: 0,
        });
        self.places.insert(0, 0);
        self.sets.push(start);
        let mut buffers = Buffers::default();
        let mut at = 0;
        while let Some(state) = self.states.get(at).copied() {
            if state.depth + 1 >= limit {
                return Ok(None);
            }
            if let Some(word) = self.expand(at, state, &mut buffers, budget)? {
                return Ok(Some(word));
            }
            at += 1;
        }
        Ok(None)
    }

    /// Adds what one more symbol leads to; the word, if that is a goal.
    fn expand(
        &mut self,
        at: usize,
        state: State,
        buffers: &mut Buffers,
        budget: &mut Budget,
    ) -> Result<Option<Vec<char>>, TooComplex> {
        buffers.set.clear();
        buffers.set.extend_from_slice(self.set(state));
        let only = self.only_symbol(state.positions);
        let symbols = match only {
            Some(symbol) => {
                let place = self.layout.alphabet.place(symbol).unwrap_or_default();
                place..place + 1
            }
            None => {
                self.name_next(state.positions, &mut buffers.named);
                0..self.layout.alphabet.symbols.len()
            }
        };
        for index in symbols {
            let Some(symbol) = self.layout.alphabet.symbols.get(index).copied() else {
                continue;
            };
            budget.spend(self.layout.width + self.wanted.len())?;
            if only.is_none() && !self.is_worth_reading(buffers, index, symbol) {
                continue;
            }
            self.read(state.positions, symbol, buffers);
            let moves = buffers.moves.len();
            budget.spend(moves * (16 + 8 * self.wanted.len()) + 32 * self.wanted.len())?;
            if moves == 0 {
                continue;
            }
            self.layout.step(&buffers.set, index, &mut buffers.next);
            budget.spend(self.layout.width * 3)?;
            if self.layout.accepts_forever(&buffers.next) {
                continue;
            }
            let is_forbidden = self.layout.accepts(&buffers.next);
            for positions in buffers.moves.iter().copied() {
                if !is_forbidden && self.is_goal(positions) {
                    return Ok(Some(self.word(at, symbol)));
                }
                self.meet(at, positions, symbol, &buffers.next, budget)?;
            }
        }
        Ok(None)
    }

    /// The one symbol that can follow, if some wanted pattern stands before one.
    fn only_symbol(&self, positions: Positions) -> Option<char> {
        self.wanted.iter().enumerate().find_map(|(of, glob)| {
            match glob.tokens().get(position(positions, of)) {
                Some(Token::Symbol(symbol)) => Some(*symbol),
                _ => None,
            }
        })
    }

    fn set(&self, state: State) -> &[u64] {
        let start = state.number * self.layout.width;
        let sets = self.sets.get(state.place);
        let set = sets.and_then(|sets| sets.get(start..start + self.layout.width));
        set.unwrap_or_default()
    }

    /// Keeps a newcomer, unless an earlier state at the same positions has a subset of its set: what
    /// avoids acceptance from here avoids it from there. Only newcomers are dropped: a queued state may
    /// be the shorter way, so dropping it would lengthen the witness.
    fn meet(
        &mut self,
        parent: usize,
        positions: Positions,
        symbol: char,
        set: &[u64],
        budget: &mut Budget,
    ) -> Result<(), TooComplex> {
        let width = self.layout.width;
        let place = *self.places.entry(positions).or_insert(self.sets.len());
        if place == self.sets.len() {
            self.sets.push(Vec::new());
        }
        let Some(sets) = self.sets.get_mut(place) else {
            return Ok(());
        };
        let number = sets.len() / width;
        budget.spend(number * (1 + width / 4))?;
        if sets.chunks_exact(width).any(|earlier| within(earlier, set)) {
            return Ok(());
        }
        budget.spend(16 + width)?;
        sets.extend_from_slice(set);
        let depth = self.states.get(parent).map_or(0, |parent| parent.depth) + 1;
        self.states.push(State {
            positions,
            parent,
            symbol,
            depth,
            place,
            number,
        });
        Ok(())
    }

    /// The symbols that the wanted patterns name next.
    fn name_next(&self, positions: Positions, named: &mut Vec<char>) {
        named.clear();
        let mut name = |token: &Token| match token {
            Token::Symbol(symbol) => named.push(*symbol),
            Token::Letter(lower, upper) => named.extend([*lower, *upper]),
            Token::One(_) | Token::Star(_) => {}
        };
        for (of, glob) in self.wanted.iter().enumerate() {
            let rest = glob.tokens().get(position(positions, of)..);
            if let Some([Token::Star(_), token, ..] | [token, ..]) = rest {
                name(token);
            }
        }
    }

    /// Whether reading the symbol may lead elsewhere than reading `other`, the first symbol.
    fn is_worth_reading(&self, buffers: &Buffers, index: usize, symbol: char) -> bool {
        index == 0
            || self.reads_all
            || symbol == ':'
            || symbol == '/'
            || buffers.named.contains(&symbol)
            || self.layout.names(&buffers.set, index)
    }

    /// Every choice of the wanted patterns' positions after reading `symbol`, into `moves`.
    fn read(&self, positions: Positions, symbol: char, buffers: &mut Buffers) {
        let Buffers { moves, spare, .. } = buffers;
        moves.clear();
        moves.push(0);
        for (of, glob) in self.wanted.iter().enumerate() {
            let at = position(positions, of);
            let rest = glob.tokens().get(at..).unwrap_or_default();
            let (stays, goes) = match rest {
                [Token::Star(kind), rest @ ..] => {
                    let goes = rest.first().is_some_and(|token| token.consumes(symbol));
                    (kind.accepts(symbol).then_some(at), goes.then_some(at + 2))
                }
                [token, ..] => (None, token.consumes(symbol).then_some(at + 1)),
                [] => (None, None),
            };
            std::mem::swap(moves, spare);
            moves.clear();
            for at in [stays, goes].into_iter().flatten() {
                let at = (at as Positions) << (16 * of);
                moves.extend(spare.iter().map(|choice| choice | at));
            }
        }
    }

    /// Whether every wanted pattern matches what was read.
    fn is_goal(&self, positions: Positions) -> bool {
        self.wanted.iter().enumerate().all(|(of, glob)| {
            let rest = glob.tokens().get(position(positions, of)..);
            matches!(rest, Some([] | [Token::Star(_)]))
        })
    }

    /// The word that leads to a state, and one more symbol.
    fn word(&self, at: usize, symbol: char) -> Vec<char> {
        let mut word = vec![symbol];
        let mut at = at;
        while let Some(state) = self.states.get(at)
            && state.depth > 0
        {
            word.push(state.symbol);
            at = state.parent;
        }
        word.reverse();
        word
    }
}

#[cfg(test)]
mod tests;
