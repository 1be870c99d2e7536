//! The finitely many ways in which words can fall to a list of patterns.

use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::glob::Glob;
use super::layout::{Layout, alphabet};
use std::collections::{BTreeSet, HashMap, HashSet};

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
    let layout = Layout::new(&all, alphabet(all.iter().copied(), other));
    let universe_start = layout.ends.last().copied().unwrap_or_default() - universe.tokens().len();
    budget.spend(layout.width * layout.symbols.len() * 3)?;
    let mut queue: Vec<(Vec<u64>, usize, char)> = vec![(layout.start(), 0, ' ')];
    let mut seen: HashMap<Vec<u64>, ()> = HashMap::from([(layout.start(), ())]);
    let mut known = HashSet::new();
    let mut classes = Vec::new();
    let mut next = Vec::new();
    let mut at = 0;
    while let Some((state, ..)) = queue.get(at).cloned() {
        let is_in = |position: &usize| {
            state
                .get(position / 64)
                .is_some_and(|word| word >> (position % 64) & 1 == 1)
        };
        if layout.ends.last().is_some_and(is_in) {
            let mut matched = Bits::new(globs.len());
            let ends = layout.ends.iter().take(globs.len()).enumerate();
            ends.filter(|(_, end)| is_in(end))
                .for_each(|(at, _)| matched.insert(at));
            if known.insert(matched.clone()) {
                let word = word_of(&queue, at);
                classes.push(WordClass { matched, word });
            }
        }
        for index in 0..layout.symbols.len() {
            budget.spend(layout.width * 6)?;
            if index > 0 && !layout.names(&state, index) {
                let symbol = layout.symbols.get(index);
                if symbol != Some(&':') && symbol != Some(&'/') {
                    continue;
                }
            }
            layout.step(&state, index, &mut next);
            let alive = (universe_start..=layout.ends.last().copied().unwrap_or_default()).any(
                |position| {
                    next.get(position / 64)
                        .is_some_and(|word| word >> (position % 64) & 1 == 1)
                },
            );
            if alive && !seen.contains_key(&next) {
                budget.spend(layout.width * 8 + 64)?;
                seen.insert(next.clone(), ());
                let symbol = layout.symbols.get(index).copied().unwrap_or(other);
                queue.push((next.clone(), at, symbol));
            }
        }
        at += 1;
    }
    Ok(classes)
}

fn word_of(queue: &[(Vec<u64>, usize, char)], last: usize) -> String {
    let mut symbols = Vec::new();
    let mut at = last;
    while at > 0
        && let Some((_, parent, symbol)) = queue.get(at)
    {
        symbols.push(*symbol);
        at = *parent;
    }
    symbols.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::super::glob::{Kind, Token, other_symbol};
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
