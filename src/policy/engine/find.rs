//! Is there a request that some rules match and others do not? In one class of actions and one kind of
//! context, this is a question about target patterns alone.

use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::choice::{Choice, Way};
use super::contexts::Context;
use super::glob::Glob;
use super::problem::{ActionClass, Problem, Requests};
use super::search::shortest_word;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Most ways of choosing one pattern for each part of a question.
const MAX_CHOICES: usize = 4096;

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
    /// The targets of [`Requests::Given`].
    given: Vec<Vec<Glob>>,
    known: BTreeMap<(Requests, Choice), Option<Vec<char>>>,
    refusals: BTreeMap<Bits, Rc<[Choice]>>,
    /// Which target patterns plainly cover each.
    covered: Vec<Related>,
    /// Which may share a word with each.
    met: Vec<Related>,
}

/// How a pattern stands to others, as far as that was asked.
#[derive(Clone)]
struct Related {
    asked: Bits,
    holds: Bits,
}

impl Related {
    /// Whether it holds of a pattern; found out once, for this much of the budget.
    fn ask(
        &mut self,
        at: usize,
        cost: usize,
        budget: &mut Budget,
        holds: impl FnOnce() -> bool,
    ) -> Result<bool, TooComplex> {
        if !self.asked.contains(at) {
            budget.spend(cost)?;
            self.asked.insert(at);
            if holds() {
                self.holds.insert(at);
            }
        }
        Ok(self.holds.contains(at))
    }
}

/// What settles a question before any search.
enum Quick {
    Answer(Option<Vec<char>>),
    Search,
}

impl<'p> Finder<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        let count = problem.targets.len();
        let related = Related {
            asked: Bits::new(count),
            holds: Bits::new(count),
        };
        Self {
            problem,
            requests: Requests::All,
            given: Vec::new(),
            known: BTreeMap::new(),
            refusals: BTreeMap::new(),
            covered: vec![related.clone(); count],
            met: vec![related; count],
        }
    }

    /// Requests for targets that match any of these patterns.
    pub(crate) fn requests_for(&mut self, targets: Vec<Glob>) -> Requests {
        let known = self.given.iter().position(|given| *given == targets);
        Requests::Given(known.unwrap_or_else(|| {
            self.given.push(targets);
            self.given.len() - 1
        }))
    }

    /// The targets of some requests, as patterns one of which must match.
    fn universe(&self, requests: Requests) -> &[Glob] {
        match requests {
            Requests::Given(at) => self.given.get(at).map(Vec::as_slice).unwrap_or_default(),
            requests => self.problem.frame.universe(requests),
        }
    }

    fn targets(&self) -> usize {
        self.problem.targets.len()
    }

    /// Every way to have some rule of each set match, given those whose action part holds.
    ///
    /// # Errors
    /// When there are too many.
    pub(crate) fn ways(&self, sets: &[Bits], active: &Bits) -> Result<Vec<Way>, TooComplex> {
        if sets.iter().any(|set| !set.meets(active)) {
            return Ok(Vec::new());
        }
        let mut ways = vec![Way {
            first: None,
            rules: Bits::new(self.problem.frame.rules.rules.len()),
            choice: Choice::of(self.targets(), &[], &[]),
        }];
        for set in sets {
            let each = self.ways_of(&set.and(active));
            if ways.len() * each.len() > MAX_CHOICES {
                return Err(TooComplex);
            }
            let joint = ways.iter().flat_map(|way| {
                each.iter().map(|(rule, choice)| {
                    let mut rules = way.rules.clone();
                    rules.insert(*rule);
                    Way {
                        first: way.first.or(Some(*rule)),
                        rules,
                        choice: way.choice.and(choice),
                    }
                })
            });
            ways = joint.filter(|way| way.choice.is_possible()).collect();
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
                ways.push((at, Choice::of(self.targets(), &[], &rule.targets)));
                continue;
            }
            for target in &rule.targets {
                ways.push((at, Choice::of(self.targets(), &[*target], &[])));
            }
        }
        ways
    }

    /// Every way to have none of the rules of `set` match.
    fn refusals(&mut self, set: &Bits) -> Result<Rc<[Choice]>, TooComplex> {
        if let Some(known) = self.refusals.get(set) {
            return Ok(Rc::clone(known));
        }
        let mut forbidden = Bits::new(self.targets());
        let mut choices = vec![Choice::of(self.targets(), &[], &[])];
        for at in set.iter() {
            let Some(rule) = self.problem.rule(at) else {
                continue;
            };
            if !rule.not_target {
                rule.targets.iter().for_each(|at| forbidden.insert(*at));
                continue;
            }
            let one_of = rule.targets.iter();
            let one_of = one_of.map(|target| Choice::of(self.targets(), &[*target], &[]));
            choices = product(&choices, &one_of.collect::<Vec<_>>())?;
        }
        for choice in &mut choices {
            choice.forbidden.add(&forbidden);
        }
        let choices: Rc<[Choice]> = choices.into();
        self.refusals.insert(set.clone(), Rc::clone(&choices));
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
        for refusal in self.refusals(&none.and(&may))?.iter() {
            let choice = refusal.and(way);
            budget.spend(100 + choice.forbidden.words_count() * 16)?;
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
        let below = |word: &Option<Vec<char>>| word.clone().filter(|word| word.len() < limit);
        if !choice.is_possible() {
            return Ok(None);
        }
        let key = (requests, choice);
        if let Some(known) = self.known.get(&key) {
            return Ok(below(known));
        }
        let word = match self.quick(requests, &key.1, budget)? {
            Quick::Answer(word) => word,
            Quick::Search => self.search(requests, &key.1, budget)?,
        };
        let answer = below(&word);
        self.known.insert(key, word);
        Ok(answer)
    }

    /// The patterns of these places.
    fn globs(&self, places: &Bits) -> Vec<&'p Glob> {
        let targets = &self.problem.targets;
        places.iter().filter_map(|at| targets.get(at)).collect()
    }

    /// The wanted patterns, without those that follow from another.
    fn wanted(&self, choice: &Choice) -> Vec<&'p Glob> {
        let mut wanted = self.globs(&choice.wanted);
        drop_implied(&mut wanted);
        wanted
    }

    /// Whether a pattern is plainly covered by one of some others.
    fn is_covered(
        &mut self,
        target: usize,
        by: &Bits,
        budget: &mut Budget,
    ) -> Result<bool, TooComplex> {
        let targets = &self.problem.targets;
        let (Some(inner), Some(covered)) = (targets.get(target), self.covered.get_mut(target))
        else {
            return Ok(false);
        };
        if covered.holds.meets(by) {
            return Ok(true);
        }
        let covers = |glob: &Glob| glob.plainly_covers(inner);
        for at in by.iter() {
            if covered.ask(at, 32, budget, || targets.get(at).is_some_and(covers))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Those of some patterns that may share a word with one.
    fn meeting(
        &mut self,
        target: usize,
        of: &Bits,
        budget: &mut Budget,
    ) -> Result<Bits, TooComplex> {
        let targets = &self.problem.targets;
        let (Some(own), Some(met)) = (targets.get(target), self.met.get_mut(target)) else {
            return Ok(of.clone());
        };
        for at in of.iter() {
            met.ask(at, 256, budget, || {
                targets.get(at).is_some_and(|glob| glob.meets(own))
            })?;
        }
        Ok(of.and(&met.holds))
    }

    fn quick(
        &mut self,
        requests: Requests,
        choice: &Choice,
        budget: &mut Budget,
    ) -> Result<Quick, TooComplex> {
        for target in choice.wanted.iter() {
            if self.is_covered(target, &choice.forbidden, budget)? {
                return Ok(Quick::Answer(None));
            }
        }
        let wanted = self.wanted(choice);
        let [glob] = wanted.as_slice() else {
            return Ok(Quick::Search);
        };
        let word = match requests {
            // No word of the pattern is shorter than this one, so if it will do, it is the answer.
            Requests::All => glob.shortest(self.problem.frame.other),
            // Of the requests that are made, any will do.
            Requests::Buckets | Requests::Objects | Requests::Given(_) => {
                glob.filled(self.problem.frame.other)
            }
        };
        let mut universe = self.universe(requests).iter();
        if !universe.any(|universe| universe.matches(&word)) {
            return Ok(Quick::Search);
        }
        let forbidden = self.globs(&choice.forbidden);
        budget.spend(forbidden.len() * 32)?;
        if forbidden.iter().any(|glob| glob.matches(&word)) {
            return Ok(Quick::Search);
        }
        Ok(Quick::Answer(Some(word)))
    }

    fn search(
        &mut self,
        requests: Requests,
        choice: &Choice,
        budget: &mut Budget,
    ) -> Result<Option<Vec<char>>, TooComplex> {
        let mut forbidden = choice.forbidden.clone();
        for target in choice.wanted.iter() {
            forbidden = self.meeting(target, &forbidden, budget)?;
        }
        let (wanted, forbidden) = (self.wanted(choice), self.globs(&forbidden));
        // Targets that were given are narrow, and often denied as a whole.
        let is_given = matches!(requests, Requests::Given(_));
        let universe = self.universe(requests).iter();
        let mut best: Option<Vec<char>> = None;
        for universe in universe.filter(|universe| wanted.iter().all(|own| universe.meets(own))) {
            if is_given {
                budget.spend(forbidden.len() * 32)?;
                if forbidden.iter().any(|glob| glob.plainly_covers(universe)) {
                    continue;
                }
            }
            let wanted: Vec<&Glob> = wanted.iter().copied().chain([universe]).collect();
            let limit = best.as_ref().map_or(usize::MAX, Vec::len);
            let other = self.problem.frame.other;
            let found = shortest_word(&wanted, &forbidden, other, limit, budget)?;
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
