//! The search against the plain product of all patterns' subset automata.

use super::super::glob::other_symbol;
use super::*;
use proptest::prelude::*;
use std::collections::{HashSet, VecDeque};

/// Shortest word by the plain product: every pattern determinised, no state dropped but repeats.
fn plain(wanted: &[&Glob], forbidden: &[&Glob], symbols: &[char]) -> Option<usize> {
    let all: Vec<&Glob> = wanted.iter().chain(forbidden).copied().collect();
    type Sets = Vec<Vec<usize>>;
    let closed = |glob: &Glob, mut set: Vec<usize>| {
        let skipped: Vec<usize> = set
            .iter()
            .filter(|at| matches!(glob.tokens().get(**at), Some(Token::Star(_))))
            .map(|at| at + 1)
            .collect();
        set.extend(skipped);
        set.sort_unstable();
        set.dedup();
        set
    };
    let start: Sets = all.iter().map(|glob| closed(glob, vec![0])).collect();
    let mut seen = HashSet::from([start.clone()]);
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((sets, length)) = queue.pop_front() {
        let accepts = |at: usize| sets[at].contains(&all[at].tokens().len());
        if (0..wanted.len()).all(accepts) && !(wanted.len()..all.len()).any(accepts) {
            return Some(length);
        }
        for symbol in symbols {
            let next: Sets = all
                .iter()
                .zip(&sets)
                .map(|(glob, set)| {
                    let moved = set.iter().filter_map(|at| match glob.tokens().get(*at)? {
                        Token::Star(kind) => kind.accepts(*symbol).then_some(*at),
                        token => token.consumes(*symbol).then_some(at + 1),
                    });
                    closed(glob, moved.collect())
                })
                .collect();
            if seen.insert(next.clone()) {
                queue.push_back((next, length + 1));
            }
        }
    }
    None
}

fn globs(texts: &[String], fields: bool) -> Vec<Glob> {
    texts
        .iter()
        .map(|text| {
            if fields {
                Glob::from_tokens(text.chars().map(|symbol| match symbol {
                    '*' => Token::Star(super::super::token::Kind::NoColon),
                    '?' => Token::One(super::super::token::Kind::Field),
                    _ => Token::Symbol(symbol),
                }))
            } else {
                Glob::pattern(text)
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2500))]
    #[test]
    fn agrees_with_the_plain_product_in_answer_and_length(
        wanted in prop::collection::vec("[ab:*?]{0,6}", 1..4),
        forbidden in prop::collection::vec("[ab:*?]{0,6}", 0..5),
        fields in any::<bool>(),
    ) {
        let (wanted, forbidden) = (globs(&wanted, fields), globs(&forbidden, fields));
        let (wanted, forbidden): (Vec<&Glob>, Vec<&Glob>) = (wanted.iter().collect(), forbidden.iter().collect());
        let other = other_symbol(wanted.iter().chain(&forbidden).copied());
        let found = shortest_word(&wanted, &forbidden, other, usize::MAX, &mut Budget::for_question()).unwrap();
        prop_assert_eq!(
            found.as_ref().map(Vec::len),
            plain(&wanted, &forbidden, &['x', 'a', 'b', ':', '/'])
        );
        if let Some(word) = found {
            prop_assert!(wanted.iter().all(|glob| glob.matches(&word)));
            prop_assert!(!forbidden.iter().any(|glob| glob.matches(&word)));
        }
    }
}

#[test]
fn a_spent_budget_is_an_error_and_not_an_answer() {
    let many: Vec<Glob> = (0..24)
        .map(|tail| Glob::pattern(&format!("b/*a{}", "?".repeat(tail))))
        .collect();
    let wanted = Glob::pattern("b/*");
    let forbidden: Vec<&Glob> = many.iter().collect();
    let spent = shortest_word(
        &[&wanted, &many[23]],
        &forbidden,
        'x',
        usize::MAX,
        &mut Budget::of(500),
    );
    assert_eq!(spent, Err(TooComplex));
}
