//! A question about groups of statements, made finite: classes of actions, kinds of context, patterns.

use super::super::document::{Effect, PolicyDocument};
use super::super::operator::Quantifier;
use super::super::semantics::{Matching, NegatedWhenAbsent, PrincipalReading, Semantics};
use super::super::trust::TrustPolicy;
use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::classes::word_classes;
use super::contexts::{Contexts, KnownKeys, contexts};
use super::glob::{Glob, other_symbol};
use super::principal;
use super::rules::{About, Reader, Rule, Rules};
use super::token::{Kind, Token};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Actions that the statements cannot tell apart.
#[derive(Debug, Clone)]
pub(crate) struct ActionClass {
    /// The rules whose action part holds.
    pub(crate) active: Bits,
    /// Words of the class, the shortest first; one for each way in which patterns fall to it.
    pub(crate) words: Vec<String>,
    /// Whether the class holds these words and no other.
    pub(crate) is_closed: bool,
}

/// Which requests are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Requests {
    /// Every request of the right shape.
    All,
    /// Those that OSS makes about buckets.
    Buckets,
    /// Those that OSS makes about objects; a key is not empty and does not begin with `/`.
    Objects,
    /// Those for targets that were given to the finder, by place.
    Given(usize),
}

/// Groups of documents, made finite, as far as most readings of the language agree.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) rules: Rules,
    pub(crate) classes: Vec<ActionClass>,
    /// The targets that there can be.
    universe: Vec<Glob>,
    buckets: Vec<Glob>,
    objects: Vec<Glob>,
    /// A symbol that no target pattern names.
    pub(crate) other: char,
    /// For each group the rules that allow, and those that deny.
    pub(crate) allow: Vec<Bits>,
    pub(crate) deny: Vec<Bits>,
}

/// Groups of documents, made finite, in one reading.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) frame: Rc<Frame>,
    /// The target patterns of the frame's rules.
    pub(crate) targets: Rc<Vec<Glob>>,
    pub(crate) contexts: Rc<Contexts>,
}

/// What problems are made of.
enum Source<'d> {
    Policies(Vec<Vec<&'d PolicyDocument>>),
    Trusts(Vec<Option<&'d TrustPolicy>>),
}

/// The problems of some groups, one for each reading. What readings share is worked out once.
pub(crate) struct Problems<'d> {
    source: Source<'d>,
    /// What is known of condition keys beforehand.
    known: KnownKeys<'d>,
    frames: Vec<(PrincipalReading, Rc<Frame>)>,
    contexts: Vec<(NegatedWhenAbsent, Rc<Contexts>)>,
}

impl<'d> Problems<'d> {
    /// Groups of permission policies.
    pub(crate) fn of_policies(groups: &[&[&'d PolicyDocument]]) -> Self {
        Self::new(Source::Policies(
            groups.iter().map(|group| group.to_vec()).collect(),
        ))
    }

    /// Groups of one trust policy each, or none.
    pub(crate) fn of_trusts(groups: &[Option<&'d TrustPolicy>]) -> Self {
        Self::new(Source::Trusts(groups.to_vec()))
    }

    fn new(source: Source<'d>) -> Self {
        Self {
            source,
            known: &|_| None,
            frames: Vec::new(),
            contexts: Vec::new(),
        }
    }

    /// The same about requests whose condition keys are known as far as `known` says.
    pub(crate) fn with_known_keys(self, known: KnownKeys<'d>) -> Self {
        Self { known, ..self }
    }

    /// The problem in one reading.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn read(
        &mut self,
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Problem, TooComplex> {
        let frame = self.frame(semantics.principals, budget)?;
        let negated = semantics.negated_when_absent;
        let known = self.contexts.iter().find(|(of, _)| *of == negated);
        // Conditions do not depend on what principals are.
        let contexts = match known {
            Some((_, known)) => Rc::clone(known),
            None => {
                let made = Rc::new(contexts(&frame.rules, negated, self.known, budget)?);
                self.contexts.push((negated, Rc::clone(&made)));
                made
            }
        };
        let targets = match (&self.source, semantics.matching) {
            (Source::Policies(_), Matching::PerField) => {
                let texts = frame.rules.targets.texts().iter();
                Rc::new(
                    texts
                        .map(|text| Glob::resource(text, Matching::PerField))
                        .collect(),
                )
            }
            _ => Rc::clone(&frame.rules.targets.globs),
        };
        Ok(Problem {
            frame,
            targets,
            contexts,
        })
    }

    fn frame(
        &mut self,
        principals: PrincipalReading,
        budget: &mut Budget,
    ) -> Result<Rc<Frame>, TooComplex> {
        let known = self.frames.iter().find(|(of, _)| match self.source {
            Source::Policies(_) => true,
            Source::Trusts(_) => *of == principals,
        });
        if let Some((_, known)) = known {
            return Ok(Rc::clone(known));
        }
        let mut reader = Reader::default();
        let made = match &self.source {
            Source::Policies(groups) => {
                for (group, documents) in groups.iter().enumerate() {
                    for (document, policy) in documents.iter().enumerate() {
                        reader.add_policy(group, document, policy);
                    }
                }
                Frame::new(
                    reader.finish(),
                    groups.len(),
                    vec![resource_universe()],
                    budget,
                )?
            }
            Source::Trusts(groups) => {
                for (group, trust) in groups.iter().enumerate() {
                    if let Some(trust) = trust {
                        reader.add_trust(group, trust, principals);
                    }
                }
                Frame::new(reader.finish(), groups.len(), principal::universe(), budget)?
            }
        };
        let made = Rc::new(made);
        self.frames.push((principals, Rc::clone(&made)));
        Ok(made)
    }
}

impl Frame {
    fn new(
        rules: Rules,
        groups: usize,
        universe: Vec<Glob>,
        budget: &mut Budget,
    ) -> Result<Self, TooComplex> {
        let classes = action_classes(&rules, budget)?;
        let other = other_symbol(rules.targets.globs.iter().chain(&universe));
        let of = |effect: Effect| {
            let mut sets = vec![Bits::new(rules.rules.len()); groups];
            for (at, rule) in rules.rules.iter().enumerate() {
                if rule.effect == effect
                    && let Some(set) = sets.get_mut(rule.group)
                {
                    set.insert(at);
                }
            }
            sets
        };
        Ok(Self {
            allow: of(Effect::Allow),
            deny: of(Effect::Deny),
            rules,
            classes,
            universe,
            buckets: vec![bucket_universe()],
            objects: vec![object_universe()],
            other,
        })
    }

    /// The targets of some requests, as patterns one of which must match.
    pub(crate) fn universe(&self, requests: Requests) -> &[Glob] {
        match requests {
            Requests::All | Requests::Given(_) => &self.universe,
            Requests::Buckets => &self.buckets,
            Requests::Objects => &self.objects,
        }
    }
}

impl Problem {
    pub(crate) fn rule(&self, at: usize) -> Option<&Rule> {
        self.frame.rules.rules.get(at)
    }

    /// The class of an action, by place.
    pub(crate) fn class_of(&self, action: &str) -> Option<usize> {
        let action: Vec<char> = action.to_ascii_lowercase().chars().collect();
        let mut classes = self.frame.classes.iter();
        classes.position(|class| self.falls_into(class, &action))
    }

    /// Whether the statements treat an action, in lower case, as they treat a class.
    pub(crate) fn falls_into(&self, class: &ActionClass, action: &[char]) -> bool {
        let rules = &self.frame.rules;
        let is_matched = |at: &usize| {
            let glob = rules.actions.get(*at);
            glob.is_some_and(|glob| glob.matches(action))
        };
        rules.rules.iter().enumerate().all(|(at, rule)| {
            let any = rule.actions.iter().any(is_matched);
            class.active.contains(at) == (any != rule.not_action)
        })
    }

    /// What cannot be told of these documents, as one reason.
    pub(crate) fn untold(&self) -> String {
        format!("cannot tell the outcome of {}", self.undecided_parts())
    }

    /// The parts of a rule that are not understood, in words, if there are any.
    pub(crate) fn not_understood(&self, rule: &Rule) -> Option<String> {
        let parts = rule.tests.iter().filter_map(|test| match test.about {
            About::Opaque(place) => self.frame.rules.opaque.get(place).cloned(),
            About::Key { .. } => None,
        });
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// The parts of these documents whose outcome cannot be told, in words.
    pub(crate) fn undecided_parts(&self) -> String {
        let rules = &self.frame.rules;
        if !rules.opaque.is_empty() {
            return rules.opaque.join(" and ");
        }
        let tests = rules.rules.iter().flat_map(|rule| &rule.tests);
        let sets: BTreeSet<usize> = tests
            .filter(|test| test.quantifier != Quantifier::One)
            .filter_map(|test| match test.about {
                About::Key { key, .. } => Some(key),
                About::Opaque(_) => None,
            })
            .collect();
        let name = |at: usize| rules.keys.get(at).map(|key| format!("`{}`", key.name));
        let names = |keys: &mut dyn Iterator<Item = usize>| {
            let names: Vec<String> = keys.filter_map(name).collect();
            names.join(" and ")
        };
        match sets.is_empty() {
            true => format!("the conditions on {}", names(&mut (0..rules.keys.len()))),
            false => format!(
                "`ForAnyValue` and `ForAllValues` where {} is absent or has several values",
                names(&mut sets.into_iter())
            ),
        }
    }
}

fn action_classes(rules: &Rules, budget: &mut Budget) -> Result<Vec<ActionClass>, TooComplex> {
    let globs: Vec<&Glob> = rules.actions.globs.iter().collect();
    let other = other_symbol(globs.iter().copied());
    let mut classes: Vec<ActionClass> = Vec::new();
    for class in word_classes(&globs, &action_universe(), other, budget)? {
        let mut active = Bits::new(rules.rules.len());
        for (at, rule) in rules.rules.iter().enumerate() {
            budget.spend(rule.actions.len())?;
            let matched = rule
                .actions
                .iter()
                .any(|action| class.matched.contains(*action));
            if matched != rule.not_action {
                active.insert(at);
            }
        }
        budget.spend(classes.len())?;
        let is_literal = |at| globs.get(at).is_some_and(|glob: &&Glob| glob.is_literal());
        let is_closed = class.matched.iter().any(is_literal);
        match classes.iter_mut().find(|known| known.active == active) {
            Some(known) => {
                known.words.push(class.word);
                known.is_closed &= is_closed;
            }
            None => classes.push(ActionClass {
                active,
                words: vec![class.word],
                is_closed,
            }),
        }
    }
    Ok(classes)
}

/// `service:name`, both parts without `:`.
fn action_universe() -> Glob {
    let part = [Token::One(Kind::NoColon), Token::Star(Kind::NoColon)];
    Glob::from_tokens(part.into_iter().chain([Token::Symbol(':')]).chain(part))
}

fn arn(service: &[Token], fields: &[Token], relative: &[Token]) -> Glob {
    let mut tokens: Vec<Token> = "acs:".chars().map(Token::Symbol).collect();
    tokens.extend(service);
    for _ in 0..2 {
        tokens.push(Token::Symbol(':'));
        tokens.extend(fields);
    }
    tokens.push(Token::Symbol(':'));
    tokens.extend(relative);
    Glob::from_tokens(tokens)
}

const FIELD: [Token; 2] = [Token::One(Kind::Field), Token::Star(Kind::Field)];
const SOME: [Token; 2] = [Token::One(Kind::Any), Token::Star(Kind::Any)];
const OSS: [Token; 3] = [Token::Symbol('o'), Token::Symbol('s'), Token::Symbol('s')];

/// `acs:service:region:account:relative`, region and account possibly empty.
fn resource_universe() -> Glob {
    arn(&FIELD, &[Token::Star(Kind::Field)], &SOME)
}

fn bucket_universe() -> Glob {
    arn(&OSS, &FIELD, &FIELD)
}

fn object_universe() -> Glob {
    let key = [
        Token::Symbol('/'),
        Token::One(Kind::NoSlash),
        Token::Star(Kind::Any),
    ];
    let relative: Vec<Token> = FIELD.into_iter().chain(key).collect();
    arn(&OSS, &FIELD, &relative)
}
