//! Findings of the engine as lines of access, each with a request that proves it.

use super::catalogue::{self, KnownAction, Level};
use super::document::{Condition, PolicyDocument};
use super::engine::{Budget, Finder, Finding, Place, Requests, Rule, Term};
use super::evaluate::{Caller, Decision, Request, decide, decide_trust};
use super::semantics::Semantics;
use super::trust::TrustPolicy;
use super::words;
use std::collections::BTreeMap;
use std::fmt;

/// One difference in access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLine {
    /// What changes.
    pub change: Change,
    /// Whether it is about access itself, or about what `Deny` holds back.
    pub reach: Reach,
    /// Actions in catalogue spelling, or the patterns that hold them.
    pub actions: Vec<String>,
    /// Whether `actions` are patterns, so that more than the catalogue's actions are meant.
    pub is_open: bool,
    /// On what, in people's words: `objects of bucket exports-hz`.
    pub resources: Vec<String>,
    /// Under which condition, in people's words.
    pub condition: Option<String>,
    /// A request that shows the difference, as real as can be had.
    pub witness: Witness,
    /// The shortest request that shows it.
    pub shortest: Witness,
    /// Whether such requests are made.
    pub realism: Realism,
}

/// What changes from live to wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// `+` Not so before.
    Gained,
    /// `-` No longer so.
    Lost,
    /// `~` Still so, but only under a condition.
    NowOnlyWhen,
    /// `~` So before, but only under a condition.
    NoLongerOnlyWhen,
}

impl Change {
    /// The sign before a line.
    pub fn sign(self) -> char {
        match self {
            Change::Gained => '+',
            Change::Lost => '-',
            Change::NowOnlyWhen | Change::NoLongerOnlyWhen => '~',
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// What is granted.
    Access,
    /// What `Deny` holds back, which matters in company of other documents.
    Deny,
}

/// Both, access first.
pub(crate) const REACHES: [Reach; 2] = [Reach::Access, Reach::Deny];

/// Whether the requests of a line are made today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Realism {
    /// The witness is a request that the service makes.
    Real,
    /// The service knows the actions, but does not ask about them in this way.
    NotMadeToday,
    /// We do not know the service's requests.
    NotKnown,
}

/// A request, and for trust policies who makes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Witness {
    /// Who asks to assume the role; only for trust policies.
    pub caller: Option<Caller>,
    /// What is asked.
    pub request: Request,
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.request.action)?;
        match &self.caller {
            Some(caller) => write!(f, " by {caller}")?,
            None => write!(f, " on {}", self.request.resource)?,
        }
        for (at, (key, value)) in self.request.context.iter().enumerate() {
            let joint = if at == 0 { "with" } else { "and" };
            write!(f, " {joint} {key} = {value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            change,
            reach,
            actions,
            resources,
            condition,
            ..
        } = self;
        write!(f, "{} ", change.sign())?;
        if *reach == Reach::Deny {
            f.write_str("deny of ")?;
        }
        let joint = if self.witness.caller.is_some() {
            "by"
        } else {
            "on"
        };
        write!(f, "{} {joint} {}", actions.join(", "), resources.join(", "))?;
        match (change, condition) {
            (_, None) => Ok(()),
            (Change::Gained | Change::Lost, Some(condition)) => write!(f, " {condition}"),
            (Change::NowOnlyWhen, Some(condition)) => write!(f, ": now only {condition}"),
            (Change::NoLongerOnlyWhen, Some(condition)) => {
                write!(f, ": no longer only {condition}")
            }
        }
    }
}

/// The documents compared, for deciding single requests.
pub(crate) enum Sides<'a> {
    Policies {
        live: &'a [&'a PolicyDocument],
        wanted: &'a [&'a PolicyDocument],
    },
    Trusts {
        live: &'a TrustPolicy,
        wanted: &'a TrustPolicy,
    },
}

/// Which way a question goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Gained,
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Live,
    Wanted,
}

impl Sides<'_> {
    fn decide(&self, side: Side, witness: &Witness, semantics: Semantics) -> Decision {
        match self {
            Sides::Policies { live, wanted } => {
                let documents = if side == Side::Live { live } else { wanted };
                decide(documents, &witness.request, semantics)
            }
            Sides::Trusts { live, wanted } => {
                let trust = if side == Side::Live { live } else { wanted };
                match &witness.caller {
                    Some(caller) => decide_trust(trust, caller, &witness.request, semantics),
                    None => Decision::ImplicitDeny,
                }
            }
        }
    }

    fn condition(&self, side: Side, document: usize, statement: usize) -> Option<&Condition> {
        match self {
            Sides::Policies { live, wanted } => {
                let documents = if side == Side::Live { live } else { wanted };
                let statements = documents.get(document)?.statements();
                Some(&statements.get(statement)?.condition)
            }
            Sides::Trusts { live, wanted } => {
                let trust = if side == Side::Live { live } else { wanted };
                Some(&trust.statements().get(statement)?.condition)
            }
        }
    }

    fn witness(&self, action: &str, target: &str, context: &[(String, String)]) -> Witness {
        let action = catalogue::find(action)
            .map_or(action, |known| known.name)
            .to_owned();
        let context: BTreeMap<String, String> = context.iter().cloned().collect();
        let (caller, resource) = match self {
            Sides::Policies { .. } => (None, target.to_owned()),
            Sides::Trusts { .. } => (Caller::read(target), String::new()),
        };
        let request = Request {
            action,
            resource,
            context,
        };
        Witness { caller, request }
    }
}

/// Writes the lines of one direction and one reach.
pub(crate) struct Writer<'w, 'p> {
    pub(crate) finder: &'w mut Finder<'p>,
    pub(crate) sides: &'w Sides<'w>,
    pub(crate) semantics: Semantics,
    pub(crate) direction: Direction,
    pub(crate) reach: Reach,
    pub(crate) terms: &'w [Term],
}

/// What lines must have in common to become one.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Sort {
    change: Change,
    condition: Option<String>,
    realism: Realism,
}

impl Writer<'_, '_> {
    /// The lines, and whether some witness failed to reproduce.
    pub(crate) fn lines(
        &mut self,
        findings: &[Finding],
        budget: &mut Budget,
    ) -> (Vec<AccessLine>, bool) {
        let mut contradicted = false;
        // By class first: the resources of a class stand together. Then classes with the same resources.
        let mut by_class: BTreeMap<(usize, Sort), Vec<AccessLine>> = BTreeMap::new();
        for finding in findings {
            let Some(line) = self.line(finding, budget) else {
                contradicted = true;
                continue;
            };
            let sort = Sort {
                change: line.change,
                condition: line.condition.clone(),
                realism: line.realism,
            };
            by_class
                .entry((finding.class, sort))
                .or_default()
                .push(line);
        }
        let mut merged: Vec<AccessLine> = Vec::new();
        for lines in by_class.into_values() {
            let Some(line) = lines.into_iter().reduce(words::join_resources) else {
                continue;
            };
            match merged
                .iter_mut()
                .find(|known| words::is_joinable(known, &line))
            {
                Some(known) => words::join_actions(known, line),
                None => merged.push(line),
            }
        }
        (merged, contradicted)
    }

    fn own_side(&self) -> Side {
        match (self.direction, self.reach) {
            (Direction::Gained, Reach::Access) | (Direction::Lost, Reach::Deny) => Side::Wanted,
            (Direction::Lost, Reach::Access) | (Direction::Gained, Reach::Deny) => Side::Live,
        }
    }

    fn other_side(&self) -> Side {
        match self.own_side() {
            Side::Live => Side::Wanted,
            Side::Wanted => Side::Live,
        }
    }

    /// Whether the side that has it has it, and the other does not.
    fn reproduces(&self, witness: &Witness) -> bool {
        let own = self.sides.decide(self.own_side(), witness, self.semantics);
        let other = self
            .sides
            .decide(self.other_side(), witness, self.semantics);
        match self.reach {
            Reach::Access => own.is_allowed() == Some(true) && other.is_allowed() == Some(false),
            Reach::Deny => {
                let denies = |decision| matches!(decision, Decision::ExplicitDeny(_));
                denies(own) && !denies(other) && !matches!(other, Decision::Untold(_))
            }
        }
    }

    fn line(&mut self, finding: &Finding, budget: &mut Budget) -> Option<AccessLine> {
        let problem = self.finder.problem;
        let class = problem.classes.get(finding.class)?;
        let rule = problem.rule(finding.rule)?;
        let shortest = self.sides.witness(
            class.words.first()?,
            &finding.target,
            &finding.context.sample,
        );
        if !self.reproduces(&shortest) {
            return None;
        }
        let known = words::known_actions(problem, class);
        let (realism, witness) = self.realistic(finding, &known, &shortest, budget);
        let (change, condition) = self.change(rule, &shortest);
        let (actions, is_open) = words::actions(problem, class, rule, &known);
        let resources = vec![words::target(
            problem,
            rule,
            &finding.way,
            self.beyond(finding),
        )];
        Some(AccessLine {
            change,
            reach: self.reach,
            actions,
            is_open,
            resources,
            condition,
            witness,
            shortest,
            realism,
        })
    }

    /// Target patterns of the other side that lie inside the finding's and hold for the same actions.
    fn beyond(&self, finding: &Finding) -> Vec<usize> {
        let problem = self.finder.problem;
        let group = usize::from(self.other_side() == Side::Wanted);
        let (Some(set), Some(class)) = (
            match self.reach {
                Reach::Access => problem.allow.get(group),
                Reach::Deny => problem.deny.get(group),
            },
            problem.classes.get(finding.class),
        ) else {
            return Vec::new();
        };
        let [own] = finding.way.wanted.as_slice() else {
            return Vec::new();
        };
        let Some(own) = problem.rules.targets.get(*own) else {
            return Vec::new();
        };
        let active = set.and(&class.active);
        let rules = active
            .iter()
            .filter_map(|at| problem.rule(at))
            .filter(|rule| !rule.not_target);
        let mut inside: Vec<usize> = rules
            .flat_map(|rule| rule.targets.iter().copied())
            .collect();
        inside.retain(|at| {
            problem
                .rules
                .targets
                .get(*at)
                .is_some_and(|glob| glob != own && own.plainly_covers(glob))
        });
        inside.sort_unstable();
        inside.dedup();
        inside
    }

    /// A witness that the service really sends, if there is one.
    fn realistic(
        &mut self,
        finding: &Finding,
        known: &[KnownAction],
        shortest: &Witness,
        budget: &mut Budget,
    ) -> (Realism, Witness) {
        let problem = self.finder.problem;
        let plain = (
            Realism::NotKnown,
            words::dressed(shortest, problem.other, |w| self.reproduces(w)),
        );
        if matches!(self.sides, Sides::Trusts { .. }) {
            return plain;
        }
        let (Some(term), Some(class)) = (
            self.terms.get(finding.term),
            problem.classes.get(finding.class),
        ) else {
            return plain;
        };
        let mut tried = Vec::new();
        for action in known {
            let requests = match action.level {
                Level::Bucket => Requests::Buckets,
                Level::Object => Requests::Objects,
                Level::Service | Level::Other => Requests::All,
            };
            if tried.contains(&requests) {
                continue;
            }
            tried.push(requests);
            let place = Place {
                requests,
                class,
                context: &finding.context,
            };
            let Ok(Some(word)) = self.finder.target(&place, term, &finding.way, budget) else {
                continue;
            };
            let target: String = word.into_iter().collect();
            let witness = self
                .sides
                .witness(action.name, &target, &finding.context.sample);
            let witness = words::dressed(&witness, problem.other, |w| self.reproduces(w));
            if self.reproduces(&witness) {
                return (Realism::Real, witness);
            }
        }
        let all_known = class
            .words
            .iter()
            .all(|word| catalogue::find(word).is_some());
        let realism = if all_known {
            Realism::NotMadeToday
        } else {
            Realism::NotKnown
        };
        (realism, plain.1)
    }

    /// Whether the other side has the same under some other condition, and the condition in words.
    fn change(&self, rule: &Rule, witness: &Witness) -> (Change, Option<String>) {
        let own = self
            .sides
            .condition(self.own_side(), rule.document, rule.statement);
        let own = own
            .filter(|condition| !condition.is_empty())
            .map(words::condition);
        let plain = match self.direction {
            Direction::Gained => Change::Gained,
            Direction::Lost => Change::Lost,
        };
        let when = own.as_ref().map(|words| format!("when {words}"));
        if self.reach == Reach::Deny {
            return (plain, when);
        }
        match self.other_condition(witness) {
            None => (plain, when),
            Some(other) => match self.direction {
                Direction::Lost => (Change::NowOnlyWhen, Some(other)),
                Direction::Gained => {
                    let now = own.map(|words| format!("{other}, now when {words}"));
                    (Change::NoLongerOnlyWhen, Some(now.unwrap_or(other)))
                }
            },
        }
    }

    /// Under which condition the other side allows the request too, if under any.
    fn other_condition(&self, witness: &Witness) -> Option<String> {
        let side = self.other_side();
        let allowed_by = self
            .finder
            .problem
            .contexts
            .possible
            .iter()
            .take(256)
            .find_map(|context| {
                let mut elsewhere = witness.clone();
                elsewhere.request.context = context.sample.iter().cloned().collect();
                match self.sides.decide(side, &elsewhere, self.semantics) {
                    Decision::Allowed(place) => Some(place),
                    _ => None,
                }
            })?;
        let words = |place: super::evaluate::StatementPlace| {
            let condition = self
                .sides
                .condition(side, place.document, place.statement)?;
            (!condition.is_empty()).then(|| words::condition(condition))
        };
        match self.sides.decide(side, witness, self.semantics) {
            Decision::ExplicitDeny(place) => Some(format!("unless {}", words(place)?)),
            _ => Some(format!("when {}", words(allowed_by)?)),
        }
    }
}
