//! Findings of the engine as lines of access, each with a request that proves it.

use super::super::catalogue::{self, KnownAction, Level};
use super::super::document::Condition;
use super::super::engine::{
    ActionClass, Budget, Context, Finder, Finding, MAX_FINDINGS, Place, Requests, Rule, Term,
    TooComplex,
};
use super::super::evaluate::{Decision, StatementPlace};
use super::super::semantics::Semantics;
use super::compared::{Aspect, Compared, Direction, Side};
use super::condition::AccessCondition;
use super::extract;
use super::line::{AccessLine, Change, Reach, Realism, Targets};
use super::witness::{self, Witness};
use std::collections::BTreeMap;

/// Most kinds of context that are asked for a condition under which the other side allows the same.
const MAX_ELSEWHERE: usize = 256;

/// Whether the service sends a request that shows a difference.
enum Sent {
    /// It sends this one.
    Made(Witness),
    /// It may send one.
    Unproven,
    /// It sends none.
    Never,
}

/// Writes the lines of one direction and one reach.
pub(crate) struct LineWriter<'w, 'p> {
    pub(crate) finder: &'w mut Finder<'p>,
    pub(crate) compared: &'w Compared<'w>,
    pub(crate) semantics: Semantics,
    pub(crate) aspect: Aspect,
    pub(crate) terms: &'w [Term],
}

/// What lines must have in common to become one.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Sort {
    change: Change,
    condition: Option<AccessCondition>,
    now: Option<AccessCondition>,
    realism: Realism,
}

impl LineWriter<'_, '_> {
    /// The lines of the findings, as far as the budget goes, and whether all are there.
    pub(crate) fn lines(
        &mut self,
        findings: &[Finding<'_>],
        budget: &mut Budget,
    ) -> (Vec<AccessLine>, bool) {
        let mut is_complete = findings.len() < MAX_FINDINGS;
        let weight = self.weight();
        // By class first: the resources of a class stand together. Then classes with the same resources.
        let mut by_class: BTreeMap<(usize, Sort), Vec<AccessLine>> = BTreeMap::new();
        let mut known: BTreeMap<usize, Vec<KnownAction>> = BTreeMap::new();
        for finding in findings {
            if budget.spend(weight).is_err() {
                is_complete = false;
                break;
            }
            let known = known
                .entry(finding.class)
                .or_insert_with(|| self.known_actions(finding.class));
            let Some(line) = self.line(finding, known, budget) else {
                continue;
            };
            let sort = Sort {
                change: line.change,
                condition: line.condition.clone(),
                now: line.now.clone(),
                realism: line.realism,
            };
            by_class
                .entry((finding.class, sort))
                .or_default()
                .push(line);
        }
        let mut merged: Vec<AccessLine> = Vec::new();
        for lines in by_class.into_values() {
            let Some(line) = lines.into_iter().reduce(AccessLine::join_targets) else {
                continue;
            };
            match merged.iter_mut().find(|known| known.is_joinable(&line)) {
                Some(known) => known.join_actions(line),
                None => merged.push(line),
            }
        }
        (merged, is_complete)
    }

    /// Work for one line: it asks the evaluator, a few times and once for each kind of context.
    fn weight(&self) -> usize {
        let problem = self.finder.problem;
        let contexts = problem.contexts.possible.len().min(MAX_ELSEWHERE);
        let parts = |rule: &Rule| rule.targets.len() + rule.actions.len() + rule.tests.len();
        let parts: usize = problem.frame.rules.rules.iter().map(parts).sum();
        parts * (contexts + 6) * 64
    }

    fn known_actions(&self, class: usize) -> Vec<KnownAction> {
        let problem = self.finder.problem;
        let class = problem.frame.classes.get(class);
        class
            .map(|class| extract::known_actions(problem, class))
            .unwrap_or_default()
    }

    fn line(
        &mut self,
        finding: &Finding<'_>,
        known: &[KnownAction],
        budget: &mut Budget,
    ) -> Option<AccessLine> {
        let problem = self.finder.problem;
        let class = problem.frame.classes.get(finding.class)?;
        let rule = problem.rule(finding.way.first?)?;
        let shortest = self
            .compared
            .replay(problem, finding, self.aspect, self.semantics)?;
        let (realism, witness) = self.realistic(finding, known, &shortest, budget);
        let (change, condition, now) = self.change(finding, rule, &shortest);
        let group = self.aspect.other_side().group();
        let target = extract::target(problem, class, &finding.way, group);
        Some(AccessLine {
            change,
            reach: self.aspect.reach,
            actions: extract::actions(problem, class, &finding.way, group, known),
            targets: match self.compared {
                Compared::Policies { .. } => Targets::Resources(vec![target]),
                Compared::Trusts { .. } => Targets::Principals(vec![target]),
            },
            condition,
            now,
            witness,
            shortest,
            realism,
        })
    }

    fn reproduces(&self, witness: &Witness) -> bool {
        self.compared
            .reproduces(self.aspect, self.semantics, witness)
    }

    /// A witness in names that people know, and whether it is known to reproduce.
    fn readable(&self, witness: &Witness) -> (Witness, bool) {
        let other = self.finder.problem.frame.other;
        witness::readable(witness, other, |witness| self.reproduces(witness))
    }

    /// A witness that the service really sends, if there is one.
    fn realistic(
        &mut self,
        finding: &Finding<'_>,
        known: &[KnownAction],
        shortest: &Witness,
        budget: &mut Budget,
    ) -> (Realism, Witness) {
        let problem = self.finder.problem;
        let class = problem.frame.classes.get(finding.class);
        let sent = match (class, self.compared) {
            (Some(class), Compared::Policies { .. }) => {
                self.sent_anywhere(finding, class, known, budget)
            }
            _ => Ok(Sent::Unproven),
        };
        if let Ok(Sent::Made(witness)) = sent {
            return (Realism::Real, witness);
        }
        let is_known = |word: &String| catalogue::find(word).is_some();
        let is_settled = matches!(sent, Ok(Sent::Never))
            && class.is_some_and(|class| class.words.iter().all(is_known));
        let realism = match is_settled {
            true => Realism::NotMadeToday,
            false => Realism::NotKnown,
        };
        (realism, self.readable(shortest).0)
    }

    /// As [`Self::sent`], in the finding's kind of context or else in any other.
    fn sent_anywhere(
        &mut self,
        finding: &Finding<'_>,
        class: &ActionClass,
        known: &[KnownAction],
        budget: &mut Budget,
    ) -> Result<Sent, TooComplex> {
        let mut sent = self.sent(finding, finding.context, class, known, budget)?;
        let contexts = &self.finder.problem.contexts.possible;
        if contexts.len() == 1 || matches!(sent, Sent::Made(_)) {
            return Ok(sent);
        }
        if contexts.len() > MAX_ELSEWHERE {
            return Ok(Sent::Unproven);
        }
        for context in contexts {
            if !finding.way.rules.is_within(&context.must) {
                continue;
            }
            match self.sent(finding, context, class, known, budget)? {
                Sent::Never => {}
                Sent::Unproven => sent = Sent::Unproven,
                made @ Sent::Made(_) => return Ok(made),
            }
        }
        Ok(sent)
    }

    /// A request for one of the known actions, of the form in which the service makes them.
    fn sent(
        &mut self,
        finding: &Finding<'_>,
        context: &Context,
        class: &ActionClass,
        known: &[KnownAction],
        budget: &mut Budget,
    ) -> Result<Sent, TooComplex> {
        let Some(term) = self.terms.get(finding.term) else {
            return Err(TooComplex);
        };
        let mut sent = Sent::Never;
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
                context,
            };
            let choice = &finding.way.choice;
            let Some(word) = self.finder.target(&place, &term.none, choice, budget)? else {
                continue;
            };
            let target: String = word.into_iter().collect();
            let plain = self.compared.witness(action.name, &target, &context.sample);
            let (witness, is_shown) = self.readable(&plain);
            if is_shown || self.reproduces(&witness) {
                return Ok(Sent::Made(witness));
            }
            sent = Sent::Unproven;
        }
        Ok(sent)
    }

    /// Whether the other side has the same under some other condition; when the access that changes is there, and
    /// when it is there now where that differs.
    fn change(
        &self,
        finding: &Finding<'_>,
        rule: &Rule,
        witness: &Witness,
    ) -> (Change, Option<AccessCondition>, Option<AccessCondition>) {
        let place = StatementPlace {
            document: rule.document,
            statement: rule.statement,
        };
        let own = self.when(self.aspect.own_side(), place);
        let plain = match self.aspect.direction {
            Direction::Gained => Change::Gained,
            Direction::Lost => Change::Lost,
        };
        if self.aspect.reach == Reach::Deny {
            return (plain, own, None);
        }
        match (self.other_condition(witness), self.aspect.direction) {
            (None, _) => (plain, own.or_else(|| self.unless(finding)), None),
            (Some(other), Direction::Lost) => (Change::NowOnlyWhen, Some(other), None),
            (Some(other), Direction::Gained) => (Change::NoLongerOnlyWhen, Some(other), own),
        }
    }

    fn when(&self, side: Side, place: StatementPlace) -> Option<AccessCondition> {
        AccessCondition::when(self.compared.condition(side, place)?)
    }

    /// The condition of a `Deny` of the same side that holds the actions back at other times.
    fn unless(&self, finding: &Finding<'_>) -> Option<AccessCondition> {
        let problem = self.finder.problem;
        let side = self.aspect.own_side();
        let denies = problem
            .frame
            .deny
            .get(side.group())?
            .and(&problem.frame.classes.get(finding.class)?.active);
        denies.iter().find_map(|at| {
            let rule = problem.rule(at)?;
            let place = StatementPlace {
                document: rule.document,
                statement: rule.statement,
            };
            AccessCondition::unless(self.compared.condition(side, place)?)
        })
    }

    /// Under which conditions the other side allows the request too, if under any.
    fn other_condition(&self, witness: &Witness) -> Option<AccessCondition> {
        if self.finder.problem.contexts.possible.len() == 1 {
            return None;
        }
        let side = self.aspect.other_side();
        let mut when: Vec<Condition> = Vec::new();
        let mut is_allowed = false;
        let contexts = self.finder.problem.contexts.possible.iter();
        for context in contexts.take(MAX_ELSEWHERE) {
            let mut elsewhere = witness.clone();
            elsewhere.request.context = context.sample.iter().cloned().collect();
            if let Decision::Allowed(place) = self.compared.decide(side, &elsewhere, self.semantics)
            {
                is_allowed = true;
                let condition = self.compared.condition(side, place);
                when.extend(condition.filter(|condition| !condition.is_empty()).cloned());
            }
        }
        if !is_allowed {
            return None;
        }
        if let Decision::ExplicitDeny(place) = self.compared.decide(side, witness, self.semantics) {
            return AccessCondition::unless(self.compared.condition(side, place)?);
        }
        when.sort();
        when.dedup();
        let unless = Vec::new();
        (!when.is_empty()).then_some(AccessCondition { when, unless })
    }
}
