//! Whether requests of one action are granted: always, under some conditions, or never.
//!
//! Says why in terms of statements. What the requests are, and what is known of their condition keys, is an
//! argument: this part knows no service.

use super::access::witness;
use super::document::Effect;
use super::engine::{
    Budget, Context, Extent, Finder, Finding, Glob, Kind, KnownKeys, Problem, Term, Token,
    TooComplex, find_in_class, outcome_terms,
};
use super::evaluate::{Decision, Request, StatementPlace};
use super::granting::Granting;
use super::semantics::Semantics;
use std::collections::BTreeSet;

/// Most kinds of context in which it is looked for what decides. People read one or two conditions.
const MAX_CONTEXTS: usize = 64;

/// The targets of some requests: texts, with names in between that may be anything a service calls its things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetPattern(Vec<Token>);

impl TargetPattern {
    pub(crate) fn new(start: &str) -> Self {
        Self(Vec::new()).text(start)
    }

    /// With this text behind it.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.extend(text.chars().map(Token::Symbol));
        self
    }

    /// With any name behind it, of at least one letter, digit, `.`, `_` or `-`.
    pub(crate) fn any_name(mut self) -> Self {
        self.0
            .extend([Token::One(Kind::Name), Token::Star(Kind::Name)]);
        self
    }

    /// With any text behind it, of at least one character.
    pub(crate) fn any_text(mut self) -> Self {
        self.0
            .extend([Token::One(Kind::Any), Token::Star(Kind::Any)]);
        self
    }
}

/// Whether requests are granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// All of them, under all conditions. Proven.
    Always {
        /// The statements that have a part in it.
        by: Vec<StatementPlace>,
    },
    /// All of them under some conditions, not all of them under others.
    Depends {
        /// What decides.
        on: Vec<Factor>,
    },
    /// Under no condition all of them.
    Never {
        /// Why.
        why: Refused,
        /// A request that is refused.
        witness: Request,
    },
    /// The budget was spent first.
    TooComplex,
}

/// Something that decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Factor {
    /// The condition of a statement.
    Condition(StatementPlace),
    /// A part of a statement whose meaning is not known, in words.
    NotUnderstood {
        place: Option<StatementPlace>,
        part: String,
    },
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No statement grants it; `partly`: others of the requests are granted.
    NotGranted { partly: bool },
    /// A statement denies it.
    Denied(StatementPlace),
    /// A statement would grant it, but its condition does not hold.
    ConditionFails(StatementPlace),
}

/// Asks `question` in every reading of the language that can matter, the likeliest first.
///
/// # Errors
/// When the documents are too complex.
pub(crate) fn in_each_reading(
    granting: Granting<'_>,
    known: KnownKeys<'_>,
    mut question: impl FnMut(&mut Reading<'_>),
) -> Result<(), TooComplex> {
    let (problems, readings) = granting.problems();
    let mut problems = problems.with_known_keys(known);
    for semantics in readings {
        let mut budget = Budget::for_question();
        let problem = problems.read(semantics, &mut budget)?;
        let mut reading = Reading {
            granting,
            semantics,
            refused: refused_terms(&problem, granting.layers())?,
            granted: outcome_terms(&problem, &vec![Some(true); granting.layers()])?,
            finder: Finder::new(&problem),
            budget,
        };
        question(&mut reading);
    }
    Ok(())
}

/// Requests that some layer refuses.
fn refused_terms(problem: &Problem, layers: usize) -> Result<Vec<Term>, TooComplex> {
    let mut terms = Vec::new();
    for layer in 0..layers {
        let mut allowed = vec![None; layer];
        allowed.push(Some(false));
        terms.extend(outcome_terms(problem, &allowed)?);
    }
    Ok(terms)
}

/// The documents in one reading of the language.
pub(crate) struct Reading<'p> {
    granting: Granting<'p>,
    semantics: Semantics,
    finder: Finder<'p>,
    refused: Vec<Term>,
    granted: Vec<Term>,
    budget: Budget,
}

/// The requests that are asked about.
struct Asked<'a> {
    action: &'a str,
    class: usize,
}

impl<'p> Reading<'p> {
    /// Whether an action is granted on every target that one of the patterns matches.
    pub(crate) fn coverage(&mut self, action: &str, targets: Vec<TargetPattern>) -> Coverage {
        let mut budget = self.budget.clone();
        let targets = targets
            .into_iter()
            .map(|target| Glob::from_tokens(target.0));
        let targets: Vec<Glob> = targets.collect();
        let answer = self.answer(action, targets, &mut budget);
        answer.unwrap_or(Coverage::TooComplex)
    }

    /// Whether there is a condition under which all of these are granted, each an action and its targets.
    ///
    /// # Errors
    /// When the documents are too complex.
    pub(crate) fn can_all_hold(
        &mut self,
        asked: &[(&str, TargetPattern)],
    ) -> Result<bool, TooComplex> {
        let mut budget = self.budget.clone();
        let problem = self.finder.problem;
        let mut questions = Vec::new();
        for (action, target) in asked {
            let class = problem.class_of(action).ok_or(TooComplex)?;
            let target = Glob::from_tokens(target.0.clone());
            questions.push((
                Asked { action, class },
                self.finder.requests_for(vec![target]),
            ));
        }
        'contexts: for context in &problem.contexts.possible {
            for (asked, requests) in &questions {
                self.finder.requests = *requests;
                let contexts = std::slice::from_ref(context);
                if self.refusal(asked, contexts, &mut budget)?.is_some() {
                    continue 'contexts;
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn answer(
        &mut self,
        action: &str,
        targets: Vec<Glob>,
        budget: &mut Budget,
    ) -> Result<Coverage, TooComplex> {
        let problem = self.finder.problem;
        let class = problem.class_of(action).ok_or(TooComplex)?;
        self.finder.requests = self.finder.requests_for(targets);
        let asked = Asked { action, class };
        let contexts = &problem.contexts.possible;
        if self.refusal(&asked, contexts, budget)?.is_none() {
            let by = self.granted_by(&asked, budget)?;
            return Ok(Coverage::Always { by });
        }
        let mut refusals = Vec::new();
        let mut holds = None;
        for context in contexts {
            match self.refusal(&asked, std::slice::from_ref(context), budget)? {
                Some(refusal) if refusals.len() < MAX_CONTEXTS => refusals.push(refusal),
                Some(_) => {}
                None => {
                    holds.get_or_insert(context);
                }
            }
            if holds.is_some() && refusals.len() >= MAX_CONTEXTS {
                break;
            }
        }
        let Some(context) = holds else {
            // A refusal without a condition says more than one with a condition.
            let is_plain =
                |refusal: &&Finding<'_>| match self.decide(&self.request(&asked, refusal)) {
                    Decision::ExplicitDeny(place) => !self.has_condition(place),
                    _ => true,
                };
            let plainest = refusals.iter().find(is_plain).or(refusals.first());
            let plainest = plainest.cloned().ok_or(TooComplex)?;
            return self.never(&asked, &plainest, budget);
        };
        let factors = refusals
            .iter()
            .map(|refusal| self.factor(&asked, refusal, context));
        let on: BTreeSet<Factor> = factors.collect();
        Ok(Coverage::Depends {
            on: on.into_iter().collect(),
        })
    }

    /// A request that is refused in some contexts.
    fn refusal(
        &mut self,
        asked: &Asked<'_>,
        contexts: &'p [Context],
        budget: &mut Budget,
    ) -> Result<Option<Finding<'p>>, TooComplex> {
        let (finder, terms) = (&mut self.finder, &self.refused);
        let found = find_in_class(finder, asked.class, contexts, terms, Extent::First, budget)?;
        Ok(found.into_iter().next())
    }

    /// Every statement that has a part in granting what is asked.
    fn granted_by(
        &mut self,
        asked: &Asked<'_>,
        budget: &mut Budget,
    ) -> Result<Vec<StatementPlace>, TooComplex> {
        let problem = self.finder.problem;
        let contexts = &problem.contexts.possible;
        let (finder, terms) = (&mut self.finder, &self.granted);
        let found = find_in_class(finder, asked.class, contexts, terms, Extent::All, budget)?;
        let mut by = BTreeSet::new();
        for finding in &found {
            if let Decision::Allowed(place) = self.decide(&self.request(asked, finding)) {
                by.insert(place);
            }
            let rules = finding.way.rules.iter().filter_map(|at| problem.rule(at));
            let allowing = rules.filter(|rule| rule.effect == Effect::Allow);
            by.extend(allowing.map(|rule| {
                self.granting
                    .place(rule.group, rule.document, rule.statement)
            }));
        }
        Ok(by.into_iter().collect())
    }

    fn never(
        &mut self,
        asked: &Asked<'_>,
        refusal: &Finding<'p>,
        budget: &mut Budget,
    ) -> Result<Coverage, TooComplex> {
        let witness = self.readable(self.request(asked, refusal));
        let why = match self.decide(&witness) {
            Decision::ExplicitDeny(place) => Refused::Denied(place),
            _ => match self.granting.without_conditions(&witness, self.semantics) {
                Decision::Allowed(place) if self.has_condition(place) => {
                    Refused::ConditionFails(place)
                }
                _ => {
                    let contexts = &self.finder.problem.contexts.possible;
                    let (finder, terms) = (&mut self.finder, &self.granted);
                    let class = asked.class;
                    let granted =
                        find_in_class(finder, class, contexts, terms, Extent::First, budget)?;
                    let partly = !granted.is_empty();
                    Refused::NotGranted { partly }
                }
            },
        };
        Ok(Coverage::Never { why, witness })
    }

    /// What makes the difference between a context in which a request is refused and one in which it is not.
    fn factor(&self, asked: &Asked<'_>, refusal: &Finding<'_>, holds: &Context) -> Factor {
        let refused = self.request(asked, refusal);
        let granted = Request {
            context: holds.sample.iter().cloned().collect(),
            ..refused.clone()
        };
        let part = || self.finder.problem.undecided_parts();
        match (self.decide(&refused), self.decide(&granted)) {
            (Decision::ExplicitDeny(place), _)
            | (Decision::ImplicitDeny, Decision::Allowed(place))
                if self.has_condition(place) =>
            {
                Factor::Condition(place)
            }
            (Decision::Untold(place), _) | (_, Decision::Untold(place)) => Factor::NotUnderstood {
                place: Some(place),
                part: part(),
            },
            _ => Factor::NotUnderstood {
                place: None,
                part: part(),
            },
        }
    }

    fn request(&self, asked: &Asked<'_>, finding: &Finding<'_>) -> Request {
        Request {
            action: asked.action.to_owned(),
            resource: match self.granting {
                Granting::Layers(_) => finding.target.clone(),
                Granting::Trust { .. } => String::new(),
            },
            context: finding.context.sample.iter().cloned().collect(),
        }
    }

    /// A refused request in names that people know.
    fn readable(&self, request: Request) -> Request {
        let is_refused = |request: &Request| self.decide(request).is_allowed() != Some(true);
        let other = self.finder.problem.frame.other;
        witness::readable_request(&request, other, is_refused).0
    }

    fn decide(&self, request: &Request) -> Decision {
        self.granting.decide(request, self.semantics)
    }

    fn has_condition(&self, place: StatementPlace) -> bool {
        self.granting
            .condition(place)
            .is_some_and(|condition| !condition.is_empty())
    }
}
