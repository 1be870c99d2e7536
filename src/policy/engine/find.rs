//! Is there a request that some rules match and others do not? In one class of actions and one kind of
//! context, this is a question about target patterns alone.

use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::contexts::Context;
use super::glob::Glob;
use super::problem::{ActionClass, Problem, Requests};
use super::search::shortest_word;
use std::collections::HashMap;

/// Most ways of choosing one pattern for each part of a question.
const MAX_CHOICES: usize = 4096;

/// A question: at least one rule of each set in `some` matches, and no rule of `none`.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) some: Vec<Bits>,
    pub(crate) none: Bits,
}

/// One way to answer a part of a question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Choice {
    /// Target patterns that must match.
    pub(crate) wanted: Vec<usize>,
    /// Target patterns that must not.
    pub(crate) forbidden: Vec<usize>,
}

impl Choice {
    fn and(&self, other: &Choice) -> Choice {
        let mut both = self.clone();
        both.wanted.extend(&other.wanted);
        both.forbidden.extend(&other.forbidden);
        both.tidy();
        both
    }

    fn tidy(&mut self) {
        for list in [&mut self.wanted, &mut self.forbidden] {
            list.sort_unstable();
            list.dedup();
        }
    }
}

/// One way to answer every part of a question: the rule that answers it, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Way {
    pub(crate) parts: Vec<(usize, Choice)>,
    /// All parts together.
    pub(crate) choice: Choice,
}

impl Way {
    fn and(&self, rule: usize, choice: &Choice) -> Way {
        let mut parts = self.parts.clone();
        parts.push((rule, choice.clone()));
        let choice = self.choice.and(choice);
        Way { parts, choice }
    }
}

/// Where to look: some requests, in a class of actions and a kind of context.
pub(crate) struct Place<'p> {
    pub(crate) requests: Requests,
    pub(crate) class: &'p ActionClass,
    pub(crate) context: &'p Context,
}

/// Answers questions about one problem, remembering what it found.
pub(crate) struct Finder<'p> {
    pub(crate) problem: &'p Problem,
    /// Which requests questions are about, unless a place says otherwise.
    pub(crate) requests: Requests,
    known: HashMap<(Requests, Choice), Option<Vec<char>>>,
}

/// What settles a question before any search.
enum Quick {
    Answer(Option<Vec<char>>),
    Search,
}

impl<'p> Finder<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        Self {
            problem,
            requests: Requests::All,
            known: HashMap::new(),
        }
    }

    /// Every way to have some rule of each set match, given those whose action part holds.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn ways(&self, sets: &[Bits], active: &Bits) -> Result<Vec<Way>, TooComplex> {
        let mut ways = vec![Way::default()];
        for set in sets {
            let each = self.ways_of(&set.and(active));
            if ways.len() * each.len() > MAX_CHOICES {
                return Err(TooComplex);
            }
            let joint = ways
                .iter()
                .flat_map(|way| each.iter().map(|(rule, choice)| way.and(*rule, choice)));
            ways = joint.collect();
        }
        Ok(ways)
    }

    /// One way for each pattern of an ordinary rule, one for a whole `NotResource` rule.
    fn ways_of(&self, set: &Bits) -> Vec<(usize, Choice)> {
        let mut ways: Vec<(usize, Choice)> = Vec::new();
        for at in set.iter() {
            let Some(rule) = self.problem.rule(at) else {
                continue;
            };
            if rule.not_target {
                let forbidden = rule.targets.clone();
                let wanted = Vec::new();
                ways.push((at, Choice { wanted, forbidden }));
                continue;
            }
            for target in &rule.targets {
                let wanted = vec![*target];
                let forbidden = Vec::new();
                ways.push((at, Choice { wanted, forbidden }));
            }
        }
        ways
    }

    /// Every way to have none of the rules of `set` match.
    fn refusals(&self, set: &Bits) -> Result<Vec<Choice>, TooComplex> {
        let mut forbidden = Vec::new();
        let mut choices = vec![Choice::default()];
        for at in set.iter() {
            let Some(rule) = self.problem.rule(at) else {
                continue;
            };
            if !rule.not_target {
                forbidden.extend(&rule.targets);
                continue;
            }
            let one_of = rule.targets.iter().map(|target| Choice {
                wanted: vec![*target],
                ..Choice::default()
            });
            choices = product(&choices, &one_of.collect::<Vec<_>>())?;
        }
        for choice in &mut choices {
            choice.forbidden.extend(&forbidden);
            choice.tidy();
        }
        Ok(choices)
    }

    /// The shortest target that no rule of `none` matches, in a place and with every part of the question
    /// answered as `way` says.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn target(
        &mut self,
        place: &Place<'_>,
        none: &Bits,
        way: &Choice,
        budget: &mut Budget,
    ) -> Result<Option<Vec<char>>, TooComplex> {
        let may = place.class.active.and(&place.context.may);
        let mut best: Option<Vec<char>> = None;
        for refusal in self.refusals(&none.and(&may))? {
            let choice = refusal.and(way);
            budget.spend(200 + choice.forbidden.len() * 8)?;
            let limit = best.as_ref().map_or(usize::MAX, Vec::len);
            best = self
                .shortest(place.requests, choice, limit, budget)?
                .or(best);
        }
        Ok(best)
    }

    /// The shortest word below `limit` for one choice.
    fn shortest(
        &mut self,
        requests: Requests,
        choice: Choice,
        limit: usize,
        budget: &mut Budget,
    ) -> Result<Option<Vec<char>>, TooComplex> {
        let below = |word: Option<Vec<char>>| word.filter(|word| word.len() < limit);
        if choice
            .wanted
            .iter()
            .any(|place| choice.forbidden.contains(place))
        {
            return Ok(None);
        }
        let key = (requests, choice);
        if let Some(known) = self.known.get(&key) {
            return Ok(below(known.clone()));
        }
        let problem = self.problem;
        let globs = |places: &[usize]| -> Vec<&'p Glob> {
            let globs = places
                .iter()
                .filter_map(|place| problem.rules.targets.get(*place));
            globs.collect()
        };
        let (mut wanted, forbidden) = (globs(&key.1.wanted), globs(&key.1.forbidden));
        drop_implied(&mut wanted);
        let universe = problem.universe(requests);
        let word = match self.quick(requests, &wanted, &forbidden) {
            Quick::Answer(word) => {
                budget.spend(forbidden.len() * wanted.len() * 32)?;
                word
            }
            Quick::Search => self.search(universe, &wanted, &forbidden, budget)?,
        };
        self.known.insert(key, word.clone());
        Ok(below(word))
    }

    fn quick(&self, requests: Requests, wanted: &[&Glob], forbidden: &[&Glob]) -> Quick {
        let covered = |inner: &&Glob| forbidden.iter().any(|outer| outer.plainly_covers(inner));
        if wanted.iter().any(covered) {
            return Quick::Answer(None);
        }
        let [glob] = wanted else {
            return Quick::Search;
        };
        let word = match requests {
            // No word of the pattern is shorter than this one, so if it will do, it is the answer.
            Requests::All => glob.shortest(self.problem.other),
            // Of the requests that are made, any will do.
            Requests::Buckets | Requests::Objects => glob.filled(self.problem.other),
        };
        let fits = self
            .problem
            .universe(requests)
            .iter()
            .any(|universe| universe.matches(&word));
        if fits && !forbidden.iter().any(|glob| glob.matches(&word)) {
            return Quick::Answer(Some(word));
        }
        Quick::Search
    }

    fn search(
        &self,
        universe: &[Glob],
        wanted: &[&Glob],
        forbidden: &[&Glob],
        budget: &mut Budget,
    ) -> Result<Option<Vec<char>>, TooComplex> {
        let mut best: Option<Vec<char>> = None;
        let meets = |glob: &&Glob| wanted.iter().all(|wanted| glob.meets(wanted));
        budget.spend(forbidden.len() * wanted.len() * 256)?;
        let forbidden: Vec<&Glob> = forbidden.iter().copied().filter(meets).collect();
        for universe in universe.iter().filter(|universe| meets(universe)) {
            let wanted: Vec<&Glob> = wanted.iter().copied().chain([universe]).collect();
            let limit = best.as_ref().map_or(usize::MAX, Vec::len);
            let found = shortest_word(&wanted, &forbidden, self.problem.other, limit, budget)?;
            best = found.or(best);
        }
        Ok(best)
    }
}

/// Drops patterns that follow from another wanted one.
fn drop_implied(wanted: &mut Vec<&Glob>) {
    let mut at = 0;
    while let Some(glob) = wanted.get(at) {
        let implied = wanted.iter().enumerate().any(|(of, other)| {
            of != at && glob.plainly_covers(other) && (of < at || !other.plainly_covers(glob))
        });
        if implied {
            wanted.remove(at);
        } else {
            at += 1;
        }
    }
}

fn product(left: &[Choice], right: &[Choice]) -> Result<Vec<Choice>, TooComplex> {
    if left.len() * right.len() > MAX_CHOICES {
        return Err(TooComplex);
    }
    Ok(left
        .iter()
        .flat_map(|one| right.iter().map(|other| one.and(other)))
        .collect())
}
