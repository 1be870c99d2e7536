//! Whether everything that one group of statements grants (or denies) another does too.

use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::contexts::Context;
use super::find::{Choice, Finder, Place, Term, Way};
use super::problem::Problem;
use std::collections::HashSet;

/// Most findings that are kept. The verdict takes one; nobody reads hundreds of lines.
pub(crate) const MAX_FINDINGS: usize = 256;

/// Most terms of one question.
const MAX_TERMS: usize = 64;

/// Where a question holds.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// The class of actions, by place.
    pub(crate) class: usize,
    /// The kind of context.
    pub(crate) context: Context,
    /// Which of the question's terms.
    pub(crate) term: usize,
    /// How its parts are answered.
    pub(crate) way: Way,
    /// The shortest target.
    pub(crate) target: String,
}

/// Whether there is a request of some sort.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Proof that there is none.
    No,
    /// There is; one finding for each class and way.
    Yes(Vec<Finding>),
    /// There may be one; it hangs on something that cannot be told.
    Untold,
    /// The budget was spent first.
    TooComplex(Vec<Finding>),
}

/// Requests that group `to` grants and group `from` does not.
pub(crate) fn access_terms(problem: &Problem, from: usize, to: usize) -> Vec<Term> {
    let (Some(allowed), Some(denied)) = (problem.allow.get(to), problem.deny.get(to)) else {
        return Vec::new();
    };
    let (Some(allowed_before), Some(denied_before)) =
        (problem.allow.get(from), problem.deny.get(from))
    else {
        return Vec::new();
    };
    let silent = Term {
        some: vec![allowed.clone()],
        none: denied.or(allowed_before),
    };
    let refused = Term {
        some: vec![allowed.clone(), denied_before.clone()],
        none: denied.clone(),
    };
    let terms = [silent, refused].into_iter();
    terms
        .filter(|term| term.some.iter().all(|set| !set.is_empty()))
        .collect()
}

/// Requests that group `from` denies and group `to` does not.
pub(crate) fn deny_terms(problem: &Problem, from: usize, to: usize) -> Vec<Term> {
    let (Some(before), Some(after)) = (problem.deny.get(from), problem.deny.get(to)) else {
        return Vec::new();
    };
    let term = Term {
        some: vec![before.clone()],
        none: after.clone(),
    };
    Vec::from_iter((!before.is_empty()).then_some(term))
}

/// Requests to which each group answers as `allowed` says, for those groups that it says something of.
///
/// # Errors
/// When there are too many ways to be refused.
pub(crate) fn outcome_terms(
    problem: &Problem,
    allowed: &[Option<bool>],
) -> Result<Vec<Term>, TooComplex> {
    let none = Bits::new(problem.rules.rules.len());
    let mut terms = vec![Term {
        some: Vec::new(),
        none,
    }];
    for (group, allowed) in allowed.iter().enumerate() {
        let (Some(allow), Some(deny)) = (problem.allow.get(group), problem.deny.get(group)) else {
            continue;
        };
        let with = |term: &Term, some: Option<&Bits>, none: Option<&Bits>| Term {
            some: term.some.iter().chain(some).cloned().collect(),
            none: none.map_or_else(|| term.none.clone(), |none| term.none.or(none)),
        };
        terms = match allowed {
            None => continue,
            Some(true) => terms
                .iter()
                .map(|term| with(term, Some(allow), Some(deny)))
                .collect(),
            // Refused: nothing allows it, or something denies it.
            Some(false) => terms
                .iter()
                .flat_map(|term| [with(term, None, Some(allow)), with(term, Some(deny), None)])
                .collect(),
        };
        if terms.len() > MAX_TERMS {
            return Err(TooComplex);
        }
    }
    terms.retain(|term| term.some.iter().all(|set| !set.is_empty()));
    Ok(terms)
}

/// Every class and way in which one of the terms holds, a shortest target each.
pub(crate) fn find_all(finder: &mut Finder<'_>, terms: &[Term], budget: &mut Budget) -> Answer {
    answer(finder, terms, budget, Extent::All)
}

/// Whether one of the terms holds anywhere; at most one finding.
pub(crate) fn find_any(finder: &mut Finder<'_>, terms: &[Term], budget: &mut Budget) -> Answer {
    answer(finder, terms, budget, Extent::First)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    All,
    First,
}

fn answer(finder: &mut Finder<'_>, terms: &[Term], budget: &mut Budget, extent: Extent) -> Answer {
    let problem = finder.problem;
    let contexts = &problem.contexts;
    let mut findings = Vec::new();
    let possible = match contexts.proven {
        Some(_) => Extent::First,
        None => extent,
    };
    let outcome = collect(
        finder,
        terms,
        &contexts.possible,
        possible,
        &mut findings,
        budget,
    );
    match (outcome, &contexts.proven) {
        (Err(TooComplex), None) => Answer::TooComplex(findings),
        (Err(TooComplex), Some(_)) => Answer::TooComplex(Vec::new()),
        (Ok(()), _) if findings.is_empty() => Answer::No,
        (Ok(()), None) => Answer::Yes(findings),
        (Ok(()), Some(proven)) => {
            findings.clear();
            match collect(finder, terms, proven, extent, &mut findings, budget) {
                Err(TooComplex) => Answer::TooComplex(findings),
                Ok(()) if findings.is_empty() => Answer::Untold,
                Ok(()) => Answer::Yes(findings),
            }
        }
    }
}

fn collect(
    finder: &mut Finder<'_>,
    terms: &[Term],
    contexts: &[Context],
    extent: Extent,
    findings: &mut Vec<Finding>,
    budget: &mut Budget,
) -> Result<(), TooComplex> {
    let problem = finder.problem;
    for (at, class) in problem.classes.iter().enumerate() {
        for (number, term) in terms.iter().enumerate() {
            let ways = finder.ways(&term.some, &class.active)?;
            budget.spend(50 + ways.len() * 100)?;
            // Two rules may answer in the same way under different conditions; one finding is enough.
            let mut found: HashSet<Choice> = HashSet::new();
            for way in ways {
                if found.contains(&way.choice) {
                    continue;
                }
                let holds = |context: &&Context| {
                    way.parts
                        .iter()
                        .all(|(rule, _)| context.must.contains(*rule))
                };
                for context in contexts.iter().filter(holds) {
                    budget.spend(16)?;
                    let requests = finder.requests;
                    let place = Place {
                        requests,
                        class,
                        context,
                    };
                    let Some(word) = finder.target(&place, &term.none, &way.choice, budget)? else {
                        continue;
                    };
                    findings.push(Finding {
                        class: at,
                        context: context.clone(),
                        term: number,
                        way: way.clone(),
                        target: word.into_iter().collect(),
                    });
                    budget.spend(500)?;
                    found.insert(way.choice.clone());
                    if extent == Extent::First || findings.len() == MAX_FINDINGS {
                        return Ok(());
                    }
                    break;
                }
            }
        }
    }
    Ok(())
}
