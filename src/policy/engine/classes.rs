//! The finitely many ways in which words can fall to a list of patterns.

use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::glob::Glob;
use super::layout::{Alphabet, Layout};
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// Words that the same patterns match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WordClass {
    /// The patterns, by their place in the list.
    pub(crate) matched: Bits,
    /// A short word of the class.
    pub(crate) word: String,
}

/// Every class of words of `universe`, each with a word.
///
/// # Errors
/// When the budget is spent.
pub(crate) fn word_classes(
    globs: &[&Glob],
    universe: &Glob,
    other: char,
    budget: &mut Budget,
) -> Result<Vec<WordClass>, TooComplex> {
    match candidates(globs, other) {
        Some(words) => by_trial(globs, universe, words, budget),
        None => by_automaton(globs, universe, other, budget),
    }
}

/// Words that between them show every class, if all patterns are words or prefixes.
///
/// What matches a word is decided by the longest prefix pattern it begins with, unless it is itself one
/// of the literal patterns. So: each pattern as it stands, and each prefix continued by a symbol that
/// no pattern names. The `:` variants put the word into the universe of actions.
fn candidates(globs: &[&Glob], other: char) -> Option<BTreeSet<(usize, String)>> {
    let mut words = BTreeSet::new();
    let mut add = |word: String| words.insert((word.len(), word));
    for base in [String::new(), format!("{other}:")] {
        add(format!("{base}{other}"));
        add(base);
    }
    for glob in globs {
        let (word, is_prefix) = glob.word_or_prefix()?;
        if is_prefix {
            for tail in [
                format!("{other}"),
                format!(":{other}"),
                format!("{other}:{other}"),
            ] {
                add(format!("{word}{tail}"));
            }
        }
        add(word);
    }
    Some(words)
}

fn by_trial(
    globs: &[&Glob],
    universe: &Glob,
    words: BTreeSet<(usize, String)>,
    budget: &mut Budget,
) -> Result<Vec<WordClass>, TooComplex> {
    let mut seen = HashSet::new();
    let mut classes = Vec::new();
    for (_, word) in words {
        let symbols: Vec<char> = word.chars().collect();
        budget.spend(globs.len() * 8 + symbols.len())?;
        if !universe.matches(&symbols) {
            continue;
        }
        let mut matched = Bits::new(globs.len());
        for (at, glob) in globs.iter().enumerate() {
            if glob.matches(&symbols) {
                matched.insert(at);
            }
        }
        if seen.insert(matched.clone()) {
            classes.push(WordClass { matched, word });
        }
    }
    Ok(classes)
}

/// Explores the reachable part of the joint automaton, breadth first, so each word is a shortest one.
fn by_automaton(
    globs: &[&Glob],
    universe: &Glob,
    other: char,
    budget: &mut Budget,
) -> Result<Vec<WordClass>, TooComplex> {
    let all: Vec<&Glob> = globs.iter().copied().chain([universe]).collect();
    let alphabet = Alphabet::new(all.iter().copied(), other);
    budget.spend(all.len() * 64 + alphabet.symbols.len() * 8)?;
    let layout = Layout::new(&all, alphabet);
    let mut walk = Walk {
        states: vec![(0, other)],
        sets: vec![layout.start().into()],
        seen: HashSet::new(),
        layout,
        universe: universe.tokens().len(),
    };
    walk.seen.extend(walk.sets.iter().cloned());
    let mut known = HashSet::new();
    let mut classes = Vec::new();
    let mut at = 0;
    while let Some(set) = walk.sets.get(at).map(Rc::clone) {
        budget.spend(globs.len() + 16)?;
        if let Some(matched) = walk.matched(&set)
            && known.insert(matched.clone())
        {
            let word = walk.word(at);
            classes.push(WordClass { matched, word });
        }
        walk.expand(at, &set, budget)?;
        at += 1;
    }
    Ok(classes)
}

/// The states met so far.
struct Walk {
    layout: Layout,
    /// Where each state came from, and by which symbol.
    states: Vec<(usize, char)>,
    sets: Vec<Rc<[u64]>>,
    seen: HashSet<Rc<[u64]>>,
    /// Tokens of the universe, the last pattern of the layout.
    universe: usize,
}

fn is_in(set: &[u64], position: usize) -> bool {
    set.get(position / 64)
        .is_some_and(|word| word >> (position % 64) & 1 == 1)
}

impl Walk {
    /// The patterns that match here, if the word is one of the universe.
    fn matched(&self, set: &[u64]) -> Option<Bits> {
        let (universe, globs) = self.layout.ends.split_last()?;
        is_in(set, *universe).then(|| {
            let mut matched = Bits::new(globs.len());
            let ends = globs
                .iter()
                .enumerate()
                .filter(|(_, end)| is_in(set, **end));
            ends.for_each(|(at, _)| matched.insert(at));
            matched
        })
    }

    fn expand(&mut self, at: usize, set: &[u64], budget: &mut Budget) -> Result<(), TooComplex> {
        let mut next = Vec::new();
        for index in 0..self.layout.alphabet.symbols.len() {
            let Some(symbol) = self.layout.alphabet.symbols.get(index).copied() else {
                continue;
            };
            budget.spend(self.layout.width)?;
            if index > 0 && !matches!(symbol, ':' | '/') && !self.layout.names(set, index) {
                continue;
            }
            self.layout.step(set, index, &mut next);
            budget.spend(self.layout.width * 6 + 32)?;
            if self.is_alive(&next) && !self.seen.contains(next.as_slice()) {
                budget.spend(self.layout.width * 4 + 128)?;
                let kept: Rc<[u64]> = next.as_slice().into();
                self.seen.insert(Rc::clone(&kept));
                self.sets.push(kept);
                self.states.push((at, symbol));
            }
        }
        Ok(())
    }

    /// Whether the word can still become one of the universe.
    fn is_alive(&self, set: &[u64]) -> bool {
        let end = self.layout.ends.last().copied().unwrap_or_default();
        (end - self.universe..=end).any(|position| is_in(set, position))
    }

    fn word(&self, last: usize) -> String {
        let mut symbols = Vec::new();
        let mut at = last;
        while at > 0
            && let Some((parent, symbol)) = self.states.get(at)
        {
            symbols.push(*symbol);
            at = *parent;
        }
        symbols.iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::glob::other_symbol;
    use super::super::token::{Kind, Token};
    use super::*;
    use proptest::prelude::*;

    fn sets(classes: Vec<WordClass>) -> BTreeSet<Vec<usize>> {
        classes
            .into_iter()
            .map(|class| class.matched.iter().collect())
            .collect()
    }

    fn actions() -> Glob {
        let part = [Token::One(Kind::NoColon), Token::Star(Kind::NoColon)];
        Glob::from_tokens(part.into_iter().chain([Token::Symbol(':')]).chain(part))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        #[test]
        fn trial_and_automaton_find_the_same_classes(
            texts in prop::collection::vec("[ab:]{0,4}\\*?", 1..6),
            as_actions in any::<bool>(),
        ) {
            let globs: Vec<Glob> = texts.iter().map(|text| Glob::pattern(text)).collect();
            let globs: Vec<&Glob> = globs.iter().collect();
            let universe = if as_actions { actions() } else { Glob::pattern("*") };
            let other = other_symbol(globs.iter().copied());
            let mut budget = Budget::for_question();
            let words = candidates(&globs, other).unwrap();
            let tried = by_trial(&globs, &universe, words, &mut budget).unwrap();
            let walked = by_automaton(&globs, &universe, other, &mut budget).unwrap();
            prop_assert_eq!(sets(tried), sets(walked));
        }
    }
}
