//! The shortest word that all of some patterns match and none of others does.
//!
//! Antichain reachability: the wanted patterns are followed as single positions, chosen freely; the
//! forbidden ones together as the set of all their positions. A state is (positions, set).

use super::budget::{Budget, TooComplex};
use super::glob::{Glob, Token};
use super::layout::{Layout, alphabet, within};
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
    let symbols = alphabet(wanted.iter().chain(forbidden).copied(), other);
    let layout = Layout::new(forbidden, symbols);
    budget.spend(layout.width * layout.symbols.len() * 3)?;
    let mut search = Search {
        wanted,
        layout,
        states: Vec::new(),
        sets: Vec::new(),
        seen: HashMap::new(),
    };
    search.run(limit, budget)
}

/// The positions of the wanted patterns, 16 bits each.
type Positions = u128;

fn position(positions: Positions, of: usize) -> usize {
    (positions >> (16 * of)) as usize & 0xffff
}

struct State {
    positions: Positions,
    parent: usize,
    symbol: char,
    depth: usize,
}

struct Search<'g> {
    wanted: &'g [&'g Glob],
    layout: Layout,
    states: Vec<State>,
    /// The sets of all states, end to end.
    sets: Vec<u64>,
    seen: HashMap<Positions, Vec<usize>>,
}

impl Search<'_> {
    fn run(&mut self, limit: usize, budget: &mut Budget) -> Result<Option<Vec<char>>, TooComplex> {
        let start = self.layout.start();
        let first = State {
            positions: 0,
            parent: 0,
            symbol: ' ',
            depth: 0,
        };
        if limit == 0 || self.layout.accepts_forever(&start) {
            return Ok(None);
        }
        if self.is_goal(0, &start) {
            return Ok(Some(Vec::new()));
        }
        self.keep(first, &start);
        let (mut set, mut next) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(State {
            positions, depth, ..
        }) = self.states.get(at)
        {
            let (positions, depth) = (*positions, *depth + 1);
            if depth >= limit {
                return Ok(None);
            }
            set.clear();
            set.extend_from_slice(self.set(at));
            let only = self.only_symbol(positions);
            for index in 0..self.layout.symbols.len() {
                let Some(symbol) = self.layout.symbols.get(index).copied() else {
                    continue;
                };
                if only.is_some_and(|only| only != symbol) {
                    continue;
                }
                budget.spend(self.layout.width + self.wanted.len())?;
                if only.is_none() && !self.is_worth_reading(positions, &set, index, symbol) {
                    continue;
                }
                let moves = self.moves(positions, symbol);
                budget
                    .spend(moves.len() * (16 + 8 * self.wanted.len()) + 32 * self.wanted.len())?;
                if moves.is_empty() {
                    continue;
                }
                self.layout.step(&set, index, &mut next);
                budget.spend(self.layout.width * 3)?;
                if self.layout.accepts_forever(&next) {
                    continue;
                }
                let states = moves.into_iter().map(|positions| State {
                    positions,
                    parent: at,
                    symbol,
                    depth,
                });
                for state in states {
                    if self.is_goal(state.positions, &next) {
                        return Ok(Some(self.word(state)));
                    }
                    if self.is_new(state.positions, &next, budget)? {
                        budget.spend(16 + self.layout.width)?;
                        self.keep(state, &next);
                    }
                }
            }
            at += 1;
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

    fn set(&self, at: usize) -> &[u64] {
        let width = self.layout.width;
        self.sets
            .get(at * width..(at + 1) * width)
            .unwrap_or_default()
    }

    fn keep(&mut self, state: State, set: &[u64]) {
        self.seen
            .entry(state.positions)
            .or_default()
            .push(self.states.len());
        self.states.push(state);
        self.sets.extend_from_slice(set);
    }

    /// Drops a newcomer when an earlier state at the same positions has a subset of its set: what
    /// avoids acceptance from here avoids it from there. Only newcomers: a queued state may be the
    /// shorter way, so dropping it would lengthen the witness.
    fn is_new(
        &self,
        positions: Positions,
        set: &[u64],
        budget: &mut Budget,
    ) -> Result<bool, TooComplex> {
        let Some(earlier) = self.seen.get(&positions) else {
            return Ok(true);
        };
        budget.spend(earlier.len() * (1 + self.layout.width / 4))?;
        Ok(!earlier.iter().any(|at| within(self.set(*at), set)))
    }

    /// Whether reading the symbol may lead elsewhere than reading `other`, the first symbol.
    fn is_worth_reading(
        &self,
        positions: Positions,
        set: &[u64],
        index: usize,
        symbol: char,
    ) -> bool {
        if index == 0 || symbol == ':' || symbol == '/' || self.layout.names(set, index) {
            return true;
        }
        self.wanted.iter().enumerate().any(|(of, glob)| {
            let rest = glob
                .tokens()
                .get(position(positions, of)..)
                .unwrap_or_default();
            let named = |token: &Token| !matches!(token, Token::One(_)) && token.consumes(symbol);
            match rest {
                [Token::Star(_), token, ..] => named(token),
                [token, ..] => named(token),
                [] => false,
            }
        })
    }

    /// Every choice of the wanted patterns' positions after reading `symbol`.
    fn moves(&self, positions: Positions, symbol: char) -> Vec<Positions> {
        let mut choices: Vec<Positions> = vec![0];
        for (of, glob) in self.wanted.iter().enumerate() {
            let at = position(positions, of);
            let rest = glob.tokens().get(at..).unwrap_or_default();
            let (stays, moves) = match rest {
                [Token::Star(kind), rest @ ..] => {
                    let moves = rest.first().is_some_and(|token| token.consumes(symbol));
                    (kind.accepts(symbol).then_some(at), moves.then_some(at + 2))
                }
                [token, ..] => (None, token.consumes(symbol).then_some(at + 1)),
                [] => (None, None),
            };
            let each = [stays, moves].into_iter().flatten();
            let place = |choice: Positions, at: usize| choice | (at as Positions) << (16 * of);
            choices = each
                .flat_map(|at| choices.iter().map(move |choice| place(*choice, at)))
                .collect();
        }
        choices
    }

    fn is_goal(&self, positions: Positions, set: &[u64]) -> bool {
        let done = self.wanted.iter().enumerate().all(|(of, glob)| {
            let rest = glob.tokens().get(position(positions, of)..);
            matches!(rest, Some([] | [Token::Star(_)]))
        });
        done && !self.layout.accepts(set)
    }

    fn word(&self, last: State) -> Vec<char> {
        let mut word = vec![last.symbol];
        let mut at = last.parent;
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
