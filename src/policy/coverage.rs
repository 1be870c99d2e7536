//! Whether requests of one action are granted: always, under some conditions, or never.
//!
//! Says why in terms of statements. What the requests are, and what is known of their condition keys, is an
//! argument: this part knows no service.

use super::access::witness;
use super::document::{Condition, Effect, PolicyDocument};
use super::engine::{
    Budget, Context, Extent, Finder, Finding, Glob, Kind, KnownKeys, Problems, Term, Token,
    TooComplex, find_in_class, outcome_terms,
};
use super::evaluate::{Caller, Decision, Request, StatementPlace, decide, decide_trust};
use super::readings;
use super::semantics::Semantics;
use super::trust::TrustPolicy;
use std::collections::BTreeSet;

/// Most kinds of context in which it is looked for what decides. People read one or two conditions.
const MAX_CONTEXTS: usize = 64;

/// The documents that grant.
#[derive(Clone, Copy)]
pub(crate) enum Granting<'a> {
    /// Everything attached to one identity.
    Policies(&'a [&'a PolicyDocument]),
    /// A trust policy, asked by one caller.
    Trust {
        policy: &'a TrustPolicy,
        caller: &'a Caller,
    },
}

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
    let (mut problems, readings) = match granting {
        Granting::Policies(documents) => (
            Problems::of_policies(&[documents]),
            readings::of_policies(documents, &[]),
        ),
        Granting::Trust { policy, .. } => (
            Problems::of_trusts(&[Some(policy)]),
            readings::of_trusts(&[policy]),
        ),
    };
    problems = problems.with_known_keys(known);
    for semantics in readings {
        let mut budget = Budget::for_question();
        let problem = problems.read(semantics, &mut budget)?;
        let mut reading = Reading {
            granting,
            semantics,
            refused: outcome_terms(&problem, &[Some(false)])?,
            granted: outcome_terms(&problem, &[Some(true)])?,
            finder: Finder::new(&problem),
            budget,
        };
        question(&mut reading);
    }
    Ok(())
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
            by.extend(allowing.map(|rule| StatementPlace {
                document: rule.document,
                statement: rule.statement,
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
            _ => match self.without_conditions(&witness) {
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
                Granting::Policies(_) => finding.target.clone(),
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
        match self.granting {
            Granting::Policies(documents) => decide(documents, request, self.semantics),
            Granting::Trust { policy, caller } => {
                decide_trust(policy, caller, request, self.semantics)
            }
        }
    }

    /// What would be decided if every grant held always.
    fn without_conditions(&self, request: &Request) -> Decision {
        match self.granting {
            Granting::Policies(documents) => {
                let documents: Vec<PolicyDocument> = documents
                    .iter()
                    .map(|document| {
                        let mut statements = document.statements().to_vec();
                        for statement in &mut statements {
                            lift(statement.effect, &mut statement.condition);
                        }
                        PolicyDocument::new(statements)
                    })
                    .collect();
                let documents: Vec<&PolicyDocument> = documents.iter().collect();
                decide(&documents, request, self.semantics)
            }
            Granting::Trust { policy, caller } => {
                let mut statements = policy.statements().to_vec();
                for statement in &mut statements {
                    lift(statement.effect, &mut statement.condition);
                }
                let policy = TrustPolicy::new(statements);
                decide_trust(&policy, caller, request, self.semantics)
            }
        }
    }

    fn has_condition(&self, place: StatementPlace) -> bool {
        self.granting
            .condition(place)
            .is_some_and(|condition| !condition.is_empty())
    }
}

fn lift(effect: Effect, condition: &mut Condition) {
    if effect == Effect::Allow {
        *condition = Condition::default();
    }
}

impl<'a> Granting<'a> {
    /// The condition of a statement.
    pub(crate) fn condition(&self, place: StatementPlace) -> Option<&'a Condition> {
        match self {
            Granting::Policies(documents) => {
                let statements = documents.get(place.document)?.statements();
                Some(&statements.get(place.statement)?.condition)
            }
            Granting::Trust { policy, .. } => {
                Some(&policy.statements().get(place.statement)?.condition)
            }
        }
    }

    /// Whether a statement grants or refuses.
    pub(crate) fn effect(&self, place: StatementPlace) -> Effect {
        let effect = match self {
            Granting::Policies(documents) => documents
                .get(place.document)
                .and_then(|document| document.statements().get(place.statement))
                .map(|statement| statement.effect),
            Granting::Trust { policy, .. } => policy
                .statements()
                .get(place.statement)
                .map(|statement| statement.effect),
        };
        effect.unwrap_or(Effect::Deny)
    }
}
