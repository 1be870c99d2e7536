//! The finitely many kinds of request context, as the sets of rules whose condition holds.

use super::super::operator::Quantifier;
use super::super::semantics::NegatedWhenAbsent;
use super::atom::{Atom, Cell, cells, distinct, samples};
use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::rules::{About, Key, Rules, Test};
use std::collections::HashMap;

/// Most kinds of context. Beyond it a comparison is too complex.
const MAX_CONTEXTS: usize = 10_000;

/// Most work for telling the values of one key apart. Beyond it its tests are taken as untold.
const KEY_SHARE: u64 = 4_000_000;

/// One kind of context.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The rules whose condition holds.
    pub(crate) must: Bits,
    /// The rules whose condition holds or cannot be told to fail.
    pub(crate) may: Bits,
    /// A context of the kind.
    pub(crate) sample: Vec<(String, String)>,
}

/// The kinds of context in two readings of what cannot be told.
#[derive(Debug)]
pub(crate) struct Contexts {
    /// What cannot be told is tried as true and as false, so every real context is here, and some that
    /// cannot be. No difference here is a proof that there is none.
    pub(crate) possible: Vec<Context>,
    /// Only contexts that exist, where `must` and `may` enclose what cannot be told. A difference here is
    /// a proof that there is one. Absent when nothing is untold: then `possible` is exact.
    pub(crate) proven: Option<Vec<Context>>,
}

/// Most kinds of value of one key whose sets are told apart. There are 2ⁿ of them.
const MAX_SET: usize = 8;

/// What is known beforehand of a condition key: the values that it can have, `None` where it is absent. Nothing
/// where it may be absent or have any value.
pub(crate) type KnownKeys<'k> = &'k dyn Fn(&str) -> Option<Vec<Option<String>>>;

/// One value, or kind of value, of one key: which rules' tests of that key hold.
struct Choice {
    must: Bits,
    may: Bits,
    sample: Option<(String, String)>,
}

/// The choices of a key that may have several values.
struct SetChoices {
    possible: Vec<Choice>,
    proven: Vec<Choice>,
}

struct Maker<'r> {
    rules: &'r Rules,
    absent: NegatedWhenAbsent,
    known: KnownKeys<'r>,
}

/// All kinds of context of some rules.
///
/// # Errors
/// When there are too many.
pub(crate) fn contexts(
    rules: &Rules,
    absent: NegatedWhenAbsent,
    known: KnownKeys<'_>,
    budget: &mut Budget,
) -> Result<Contexts, TooComplex> {
    let maker = Maker {
        rules,
        absent,
        known,
    };
    let mut exact = Vec::new();
    let mut guessed = Vec::new();
    let mut enclosed = Vec::new();
    for (at, key) in rules.keys.iter().enumerate() {
        if maker.has_set_operator(at) {
            match maker.set_choices(at, key, budget)? {
                Some(SetChoices { possible, proven }) => {
                    guessed.push(possible);
                    enclosed.push(proven);
                }
                None => {
                    guessed.extend(maker.independent_guesses(at));
                    enclosed.push(maker.pooled(at, key));
                }
            }
            continue;
        }
        if let Some(values) = maker.known_values(key) {
            budget.spend(values.len() * rules.rules.len() * 8)?;
            exact.push(maker.known_choices(at, key, &values));
            continue;
        }
        match maker.cells_of(key, budget) {
            Some(cells) => {
                budget.spend(cells.len() * rules.rules.len() * 8)?;
                exact.push(maker.choices(at, key, &cells));
            }
            None => {
                budget.spend(key.atoms.len() * 64)?;
                for atom in 0..key.atoms.len() {
                    guessed.push(maker.guesses(About::Key { key: at, atom }));
                }
                enclosed.push(maker.pooled(at, key));
            }
        }
    }
    for place in 0..rules.opaque.len() {
        guessed.push(maker.guesses(About::Opaque(place)));
        enclosed.push(vec![maker.untold(About::Opaque(place))]);
    }
    let start = vec![Context {
        must: Bits::full(rules.rules.len()),
        may: Bits::full(rules.rules.len()),
        sample: Vec::new(),
    }];
    let exact = multiply(start, exact, budget)?;
    let proven = match enclosed.is_empty() {
        true => None,
        false => Some(multiply(exact.clone(), enclosed, budget)?),
    };
    let possible = multiply(exact, guessed, budget)?;
    Ok(Contexts { possible, proven })
}

/// Every combination of a context so far and a choice for each further key, equal kinds once.
fn multiply(
    mut contexts: Vec<Context>,
    keys: Vec<Vec<Choice>>,
    budget: &mut Budget,
) -> Result<Vec<Context>, TooComplex> {
    for choices in keys {
        let mut seen: HashMap<(Bits, Bits), ()> = HashMap::new();
        let mut next = Vec::new();
        for context in &contexts {
            for choice in &choices {
                budget.spend(24 + context.must.words_count() * 6)?;
                let must = context.must.and(&choice.must);
                let may = context.may.and(&choice.may);
                if seen.insert((must.clone(), may.clone()), ()).is_some() {
                    continue;
                }
                if next.len() == MAX_CONTEXTS {
                    return Err(TooComplex);
                }
                budget.spend(64)?;
                let sample = context
                    .sample
                    .iter()
                    .chain(&choice.sample)
                    .cloned()
                    .collect();
                next.push(Context { must, may, sample });
            }
        }
        contexts = next;
    }
    Ok(contexts)
}

impl Maker<'_> {
    /// The cells of a key, if its tests are of one kind and not too many.
    fn cells_of(&self, key: &Key, budget: &mut Budget) -> Option<Vec<Cell>> {
        let first = key.atoms.first()?;
        if key.atoms.iter().all(|atom| atom.is_comparable(first)) {
            budget
                .share(KEY_SHARE, |budget| cells(&key.atoms, budget))
                .ok()
        } else {
            None
        }
    }

    /// Whether a key is tested by a set operator.
    fn has_set_operator(&self, at: usize) -> bool {
        let mut tests = self.rules.rules.iter().flat_map(|rule| &rule.tests);
        tests.any(|test| {
            test.quantifier != Quantifier::One
                && matches!(test.about, About::Key { key, .. } if key == at)
        })
    }

    /// The choices of a key that may have several values: those that are possible, and those that are real for a
    /// key with at most one value, which is what witnesses are made of. `None` where there are too many.
    ///
    /// Whether `ForAllValues` holds for a key that is absent is not documented. A plain operator is taken to hold if
    /// it holds for one of several values.
    fn set_choices(
        &self,
        at: usize,
        key: &Key,
        budget: &mut Budget,
    ) -> Result<Option<SetChoices>, TooComplex> {
        let known = self.known_values(key);
        let cells = match &known {
            Some(values) => distinct(&key.atoms, values.iter().flatten().cloned()),
            None => match self.cells_of(key, budget) {
                Some(cells) if cells.len() <= MAX_SET => cells,
                _ => return Ok(None),
            },
        };
        budget.spend((self.rules.rules.len() * 8) << cells.len())?;
        let singles = cells.iter().map(|cell| {
            let sample = (key.name.clone(), cell.value.clone());
            self.choice(at, Some(sample), |atom| Some(cell.holds.contains(atom)))
        });
        let singles: Vec<Choice> = singles.collect();
        let mut possible: Vec<Choice> = (1_usize..1 << cells.len())
            .map(|set| {
                let members = cells.iter().enumerate();
                let members = members.filter(|(of, _)| set >> of & 1 == 1);
                let members: Vec<&Cell> = members.map(|(_, cell)| cell).collect();
                self.of_set(at, &members)
            })
            .collect();
        let mut proven = Vec::new();
        if known.is_none_or(|values| values.contains(&None)) {
            let absent = self.choice(at, None, |_| Some(false));
            possible.extend([&absent.must, &absent.may].map(|holds| Choice {
                must: holds.clone(),
                may: holds.clone(),
                sample: None,
            }));
            proven.push(absent);
        }
        proven.extend(singles);
        Ok(Some(SetChoices { possible, proven }))
    }

    /// Each different test of a key by itself: it holds or fails, whatever the others do.
    fn independent_guesses(&self, at: usize) -> Vec<Vec<Choice>> {
        let tests = self.rules.rules.iter().flat_map(|rule| &rule.tests);
        let mut different: Vec<Test> = Vec::new();
        for test in tests {
            if matches!(test.about, About::Key { key, .. } if key == at)
                && !different.contains(test)
            {
                different.push(*test);
            }
        }
        let guesses = different.iter().map(|guessed| {
            let choice = |holds: bool| {
                let holds = self.rules_where(|test| test != guessed || holds);
                Choice {
                    must: holds.clone(),
                    may: holds,
                    sample: None,
                }
            };
            vec![choice(true), choice(false)]
        });
        guesses.collect()
    }

    /// A key with one value in each of some cells.
    fn of_set(&self, at: usize, members: &[&Cell]) -> Choice {
        let holds = self.rules_where(|test| match test.about {
            About::Key { key, atom } if key == at => {
                let mut each = members
                    .iter()
                    .map(|cell| cell.holds.contains(atom) != test.negated);
                match test.quantifier {
                    Quantifier::All => each.all(|holds| holds),
                    Quantifier::Any | Quantifier::One => each.any(|holds| holds),
                }
            }
            _ => true,
        });
        Choice {
            must: holds.clone(),
            may: holds,
            sample: None,
        }
    }

    /// The values that a key can have, where they are known and all its tests can be told of them.
    fn known_values(&self, key: &Key) -> Option<Vec<Option<String>>> {
        let values = (self.known)(&key.name)?;
        let is_told = |value: &String| key.atoms.iter().all(|atom| atom.holds(value).is_some());
        values.iter().flatten().all(is_told).then_some(values)
    }

    /// One choice a value.
    fn known_choices(&self, at: usize, key: &Key, values: &[Option<String>]) -> Vec<Choice> {
        let choices = values.iter().map(|value| {
            let holds = |atom: usize| key.atoms.get(atom)?.holds(value.as_ref()?);
            let sample = value.clone().map(|value| (key.name.clone(), value));
            self.choice(at, sample, holds)
        });
        choices.collect()
    }

    /// The key left out, then one choice a cell.
    fn choices(&self, at: usize, key: &Key, cells: &[Cell]) -> Vec<Choice> {
        let absent = self.choice(at, None, |_| Some(false));
        let present = cells.iter().map(|cell| {
            let sample = (key.name.clone(), cell.value.clone());
            self.choice(at, Some(sample), |atom| Some(cell.holds.contains(atom)))
        });
        std::iter::once(absent).chain(present).collect()
    }

    /// For a key whose tests are of several kinds: real values, from every test's own.
    fn pooled(&self, at: usize, key: &Key) -> Vec<Choice> {
        let texts = key.atoms.iter().flat_map(|atom| match atom {
            Atom::Text(globs) => globs
                .iter()
                .map(|glob| glob.shortest('x').into_iter().collect())
                .collect(),
            _ => Vec::new(),
        });
        let values: Vec<String> = samples(&key.atoms).into_iter().chain(texts).collect();
        let cells = distinct(&key.atoms, values);
        let absent = self.choice(at, None, |_| Some(false));
        let present = cells.iter().map(|cell| {
            let sample = (key.name.clone(), cell.value.clone());
            let holds = |atom: usize| key.atoms.get(atom)?.holds(&cell.value);
            self.choice(at, Some(sample), holds)
        });
        std::iter::once(absent).chain(present).collect()
    }

    /// A test that cannot be told: it holds, it fails, and, where that makes a third case, it is absent.
    fn guesses(&self, about: About) -> Vec<Choice> {
        let whole = |outcome: fn(&Test) -> bool| {
            let holds = self.rules_where(|test| test.about != about || outcome(test));
            Choice {
                must: holds.clone(),
                may: holds,
                sample: None,
            }
        };
        let mut guesses = vec![whole(|test| test.negated), whole(|test| !test.negated)];
        if self.absent == NegatedWhenAbsent::DoesNotMatch {
            guesses.push(whole(|_| false));
        }
        guesses
    }

    fn untold(&self, about: About) -> Choice {
        Choice {
            must: self.rules_where(|test| test.about != about),
            may: Bits::full(self.rules.rules.len()),
            sample: None,
        }
    }

    fn choice(
        &self,
        at: usize,
        sample: Option<(String, String)>,
        holds: impl Fn(usize) -> Option<bool>,
    ) -> Choice {
        let outcome = |test: &Test, undecided: bool| match test.about {
            About::Key { key, atom } if key == at => match (&sample, holds(atom)) {
                (None, _) if test.quantifier == Quantifier::All => undecided,
                (None, _) => test.negated && self.absent == NegatedWhenAbsent::Matches,
                (Some(_), Some(holds)) => holds != test.negated,
                (Some(_), None) => undecided,
            },
            _ => true,
        };
        Choice {
            must: self.rules_where(|test| outcome(test, false)),
            may: self.rules_where(|test| outcome(test, true)),
            sample: sample.clone(),
        }
    }

    fn rules_where(&self, holds: impl Fn(&Test) -> bool) -> Bits {
        let mut set = Bits::new(self.rules.rules.len());
        for (at, rule) in self.rules.rules.iter().enumerate() {
            if rule.tests.iter().all(&holds) {
                set.insert(at);
            }
        }
        set
    }
}
