//! Whether everything that one group of statements grants (or denies) another does too.

use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::choice::{Choice, Term, Way};
use super::contexts::Context;
use super::find::{Finder, Place};
use super::problem::{ActionClass, Problem};
use std::collections::BTreeSet;

/// Most findings that are kept. The verdict takes one; nobody reads hundreds of lines.
pub(crate) const MAX_FINDINGS: usize = 256;

/// Most terms of one question.
const MAX_TERMS: usize = 64;

/// Where a question holds.
#[derive(Debug, Clone)]
pub(crate) struct Finding<'p> {
    /// The class of actions, by place.
    pub(crate) class: usize,
    /// The kind of context.
    pub(crate) context: &'p Context,
    /// Which of the question's terms.
    pub(crate) term: usize,
    /// How its parts are answered.
    pub(crate) way: Way,
    /// The shortest target.
    pub(crate) target: String,
}

/// Whether there is a request of some sort.
#[derive(Debug, Clone)]
pub(crate) enum Answer<'p> {
    /// Proof that there is none.
    No,
    /// There is; one finding for each class and way.
    Yes(Vec<Finding<'p>>),
    /// There may be one; it hangs on something that cannot be told.
    Untold,
    /// The budget was spent first.
    TooComplex(Vec<Finding<'p>>),
}

/// Requests that group `to` grants and group `from` does not.
pub(crate) fn access_terms(problem: &Problem, from: usize, to: usize) -> Vec<Term> {
    let (Some(allowed), Some(denied)) = (problem.frame.allow.get(to), problem.frame.deny.get(to))
    else {
        return Vec::new();
    };
    let (Some(allowed_before), Some(denied_before)) =
        (problem.frame.allow.get(from), problem.frame.deny.get(from))
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
    let (Some(before), Some(after)) = (problem.frame.deny.get(from), problem.frame.deny.get(to))
    else {
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
    let none = Bits::new(problem.frame.rules.rules.len());
    let mut terms = vec![Term {
        some: Vec::new(),
        none,
    }];
    for (group, allowed) in allowed.iter().enumerate() {
        let (Some(allow), Some(deny)) = (
            problem.frame.allow.get(group),
            problem.frame.deny.get(group),
        ) else {
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
pub(crate) fn find_all<'p>(
    finder: &mut Finder<'p>,
    terms: &[Term],
    budget: &mut Budget,
) -> Answer<'p> {
    answer(finder, terms, budget, Extent::All)
}

/// Whether one of the terms holds anywhere; at most one finding.
pub(crate) fn find_any<'p>(
    finder: &mut Finder<'p>,
    terms: &[Term],
    budget: &mut Budget,
) -> Answer<'p> {
    answer(finder, terms, budget, Extent::First)
}

/// Every way in which one of the terms holds for one class of actions in some contexts, or the first one.
///
/// # Errors
/// When the budget is spent.
pub(crate) fn find_in_class<'p>(
    finder: &mut Finder<'p>,
    class: usize,
    contexts: &'p [Context],
    terms: &[Term],
    extent: Extent,
    budget: &mut Budget,
) -> Result<Vec<Finding<'p>>, TooComplex> {
    let mut findings = Vec::new();
    collect_in_class(
        finder,
        class,
        contexts,
        terms,
        extent,
        &mut findings,
        budget,
    )?;
    Ok(findings)
}

/// Whether one of the terms may hold anywhere, whatever cannot be told.
///
/// # Errors
/// When the budget is spent.
pub(crate) fn is_possible(
    finder: &mut Finder<'_>,
    terms: &[Term],
    budget: &mut Budget,
) -> Result<bool, TooComplex> {
    let contexts = &finder.problem.contexts.possible;
    let mut findings = Vec::new();
    collect(
        finder,
        terms,
        contexts,
        Extent::First,
        &mut findings,
        budget,
    )?;
    Ok(!findings.is_empty())
}

/// How many findings are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// One for each way.
    All,
    /// One.
    First,
}

fn answer<'p>(
    finder: &mut Finder<'p>,
    terms: &[Term],
    budget: &mut Budget,
    extent: Extent,
) -> Answer<'p> {
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

fn collect<'p>(
    finder: &mut Finder<'p>,
    terms: &[Term],
    contexts: &'p [Context],
    extent: Extent,
    findings: &mut Vec<Finding<'p>>,
    budget: &mut Budget,
) -> Result<(), TooComplex> {
    for class in 0..finder.problem.frame.classes.len() {
        collect_in_class(finder, class, contexts, terms, extent, findings, budget)?;
        if is_enough(findings, extent) {
            break;
        }
    }
    Ok(())
}

fn is_enough(findings: &[Finding<'_>], extent: Extent) -> bool {
    match extent {
        Extent::First => !findings.is_empty(),
        Extent::All => findings.len() >= MAX_FINDINGS,
    }
}

fn collect_in_class<'p>(
    finder: &mut Finder<'p>,
    class: usize,
    contexts: &'p [Context],
    terms: &[Term],
    extent: Extent,
    findings: &mut Vec<Finding<'p>>,
    budget: &mut Budget,
) -> Result<(), TooComplex> {
    let problem = finder.problem;
    let Some(of) = problem.frame.classes.get(class) else {
        return Ok(());
    };
    for (term, question) in terms.iter().enumerate() {
        let ways = finder.ways(&question.some, &of.active)?;
        budget.spend(50 + ways.len() * 30)?;
        // Two rules may answer in the same way under different conditions; one finding is enough.
        let mut found: BTreeSet<Choice> = BTreeSet::new();
        for way in ways {
            if found.contains(&way.choice) {
                continue;
            }
            let Some((context, target)) = answered(finder, of, question, &way, contexts, budget)?
            else {
                continue;
            };
            budget.spend(500)?;
            found.insert(way.choice.clone());
            findings.push(Finding {
                class,
                context,
                term,
                way,
                target,
            });
            if is_enough(findings, extent) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The first context in which a way answers a question, and the shortest target there.
fn answered<'p>(
    finder: &mut Finder<'p>,
    class: &'p ActionClass,
    term: &Term,
    way: &Way,
    contexts: &'p [Context],
    budget: &mut Budget,
) -> Result<Option<(&'p Context, String)>, TooComplex> {
    let requests = finder.requests;
    let holds = |context: &&Context| way.rules.is_within(&context.must);
    for context in contexts.iter().filter(holds) {
        budget.spend(16)?;
        let place = Place {
            requests,
            class,
            context,
        };
        if let Some(word) = finder.target(&place, &term.none, &way.choice, budget)? {
            return Ok(Some((context, word.into_iter().collect())));
        }
    }
    Ok(None)
}
