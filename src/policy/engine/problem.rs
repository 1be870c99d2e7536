//! A question about groups of statements, made finite: classes of actions, kinds of context, patterns.

use super::super::document::{Effect, PolicyDocument};
use super::super::semantics::Semantics;
use super::super::trust::TrustPolicy;
use super::bits::Bits;
use super::budget::{Budget, TooComplex};
use super::classes::word_classes;
use super::contexts::{Contexts, contexts};
use super::glob::{Glob, Kind, Token, other_symbol};
use super::principal;
use super::rules::{Rule, Rules};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Requests {
    /// Every request of the right shape.
    All,
    /// Those that OSS makes about buckets.
    Buckets,
    /// Those that OSS makes about objects; a key is not empty and does not begin with `/`.
    Objects,
}

/// Groups of documents, made finite.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) rules: Rules,
    pub(crate) classes: Vec<ActionClass>,
    pub(crate) contexts: Contexts,
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

impl Problem {
    /// Groups of permission policies.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn of_policies(
        groups: &[&[&PolicyDocument]],
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Self, TooComplex> {
        let mut rules = Rules::default();
        for (group, documents) in groups.iter().enumerate() {
            for (document, policy) in documents.iter().enumerate() {
                rules.add_policy(group, document, policy, semantics);
            }
        }
        Self::new(
            rules,
            groups.len(),
            vec![resource_universe()],
            semantics,
            budget,
        )
    }

    /// Groups of one trust policy each, or none.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn of_trusts(
        groups: &[Option<&TrustPolicy>],
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Self, TooComplex> {
        let mut rules = Rules::default();
        for (group, trust) in groups.iter().enumerate() {
            if let Some(trust) = trust {
                rules.add_trust(group, trust, semantics.principals);
            }
        }
        Self::new(
            rules,
            groups.len(),
            principal::universe(),
            semantics,
            budget,
        )
    }

    fn new(
        rules: Rules,
        groups: usize,
        universe: Vec<Glob>,
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Self, TooComplex> {
        let classes = action_classes(&rules, budget)?;
        let contexts = contexts(&rules, semantics.negated_when_absent, budget)?;
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
            contexts,
            universe,
            buckets: vec![bucket_universe()],
            objects: vec![object_universe()],
            other,
        })
    }

    /// The targets of some requests, as patterns one of which must match.
    pub(crate) fn universe(&self, requests: Requests) -> &[Glob] {
        match requests {
            Requests::All => &self.universe,
            Requests::Buckets => &self.buckets,
            Requests::Objects => &self.objects,
        }
    }

    pub(crate) fn rule(&self, at: usize) -> Option<&Rule> {
        self.rules.rules.get(at)
    }

    /// Whether the statements treat an action, in lower case, as they treat a class.
    pub(crate) fn falls_into(&self, class: &ActionClass, action: &[char]) -> bool {
        let is_matched = |at: &usize| {
            self.rules
                .actions
                .get(*at)
                .is_some_and(|glob| glob.matches(action))
        };
        self.rules.rules.iter().enumerate().all(|(at, rule)| {
            let any = rule.actions.iter().any(is_matched);
            class.active.contains(at) == (any != rule.not_action)
        })
    }

    /// What cannot be told of these documents, as one reason.
    pub(crate) fn untold(&self) -> String {
        format!(
            "cannot tell the outcome of {}",
            self.rules.opaque.join(" and ")
        )
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
