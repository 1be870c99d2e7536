//! What a role can do between two steps of a change.
//!
//! In: what the role is before, in the middle and after. Out: whether in the middle someone has access
//! that they have neither before nor after, or lacks what they have both before and after.

mod distinct;
mod inspection;
mod role_state;

use super::access::spelling;
use super::access::too_complex;
use super::access::witness;
use super::document::PolicyDocument;
use super::engine::{
    Answer, Budget, Finder, Finding, Problem, Problems, TooComplex, find_any, outcome_terms,
};
use super::evaluate::{Caller, Request, decide, decide_trust};
use super::readings;
use super::semantics::Semantics;
use super::trust::TrustPolicy;
pub use role_state::RoleState;

use distinct::Distinct;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Someone doing something with the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Who assumes the role.
    pub caller: Caller,
    /// The request to assume it.
    pub assume: Request,
    /// The request made with it.
    pub request: Request,
    /// The reading of the language in which it shows.
    pub semantics: Semantics,
}

/// Whether there is a use of some sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Proof that there is none, in any reading.
    None,
    /// One there is.
    Use(Box<Use>),
    /// It could not be settled, with the reason.
    Unknown(String),
}

/// What [`check`] finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionCheck {
    /// A use that is possible in the middle, but neither before nor after.
    pub transient_access: Found,
    /// A use that is possible before and after, but not in the middle.
    pub gap: Found,
}

impl TransitionCheck {
    /// Whether the middle is proven to add nothing and to lack nothing.
    pub fn is_clean(&self) -> bool {
        self.transient_access == Found::None && self.gap == Found::None
    }
}

/// Whether a use is of some sort, given whether it is possible at each state.
type Predicate<'q> = &'q dyn Fn(&[bool]) -> bool;

/// Checks the middle of a change. `None` stands for a role that does not exist: nobody has access.
pub fn check(
    before: Option<&RoleState>,
    mid: Option<&RoleState>,
    after: Option<&RoleState>,
) -> TransitionCheck {
    if inspection::is_clean(before, mid, after) {
        return TransitionCheck {
            transient_access: Found::None,
            gap: Found::None,
        };
    }
    let at = |can: &[bool], state: usize| can.get(state) == Some(&true);
    let transient = |can: &[bool]| at(can, 1) && !at(can, 0) && !at(can, 2);
    let gap = |can: &[bool]| at(can, 0) && at(can, 2) && !at(can, 1);
    let states = [before, mid, after];
    let [transient_access, gap] = find_each(&states, [&transient, &gap]);
    TransitionCheck {
        transient_access,
        gap,
    }
}

/// Most states that one question may be about: every combination of outcomes is looked at.
const MAX_STATES: usize = 4;

/// A use of the role of which `predicate` holds, given whether it is possible at each state.
///
/// The context of assuming the role and that of using it are taken as independent.
pub fn find(states: &[Option<&RoleState>], predicate: impl Fn(&[bool]) -> bool) -> Found {
    let [found] = find_each(states, [&predicate]);
    found
}

/// The answers to several questions about the same states.
fn find_each<const N: usize>(
    states: &[Option<&RoleState>],
    questions: [Predicate<'_>; N],
) -> [Found; N] {
    if states.len() > MAX_STATES {
        return [(); N].map(|()| Found::Unknown(format!("more than {MAX_STATES} states")));
    }
    let mut held = Contents::new(states);
    let mut asked = questions.map(|predicate| (predicate, Found::None));
    for semantics in all_readings(states) {
        let mut open: Vec<_> = asked
            .iter_mut()
            .filter(|(_, found)| !matches!(found, Found::Use(_)))
            .collect();
        if open.is_empty() {
            break;
        }
        if let Err(TooComplex) = held.ask(semantics, &mut open) {
            open.iter_mut()
                .for_each(|(_, found)| *found = Found::Unknown(too_complex()));
        }
    }
    asked.map(|(_, found)| found)
}

fn all_readings(states: &[Option<&RoleState>]) -> Vec<Semantics> {
    let present = || states.iter().copied().flatten();
    let documents: Vec<&PolicyDocument> = present().flat_map(|state| &state.permissions).collect();
    let trusts: Vec<&TrustPolicy> = present().map(|state| &state.trust).collect();
    let mut readings = readings::of_policies(&documents, &[]);
    for trust in readings::of_trusts(&trusts) {
        let policies = readings.clone().into_iter();
        readings.extend(policies.map(|reading| Semantics {
            principals: trust.principals,
            negated_when_absent: reading.negated_when_absent.max(trust.negated_when_absent),
            ..reading
        }));
    }
    readings.sort();
    readings.dedup();
    readings
}

/// What some states are made of, each different thing once: identical states answer alike.
struct Contents<'m> {
    states: &'m [Option<&'m RoleState>],
    trusts: Distinct,
    permissions: Distinct,
    trust_problems: Problems<'m>,
    permission_problems: Problems<'m>,
}

impl<'m> Contents<'m> {
    fn new(states: &'m [Option<&'m RoleState>]) -> Self {
        let trusts = states.iter();
        let trusts = trusts.map(|state| state.map(|state| &state.trust));
        let permissions = states.iter().map(|state| -> Vec<&PolicyDocument> {
            let attached = state.map(|state| state.permissions.iter().collect());
            attached.unwrap_or_default()
        });
        let (each_trust, trusts) = Distinct::of(trusts, |one, other| one == other);
        let (each_list, permissions) = Distinct::of(permissions, |one, other| {
            one.iter().all(|document| other.contains(document))
                && other.iter().all(|document| one.contains(document))
        });
        let lists: Vec<&[&PolicyDocument]> = each_list.iter().map(Vec::as_slice).collect();
        Self {
            states,
            trusts,
            permissions,
            trust_problems: Problems::of_trusts(&each_trust),
            permission_problems: Problems::of_policies(&lists),
        }
    }

    /// Asks the open questions in one reading.
    fn ask(
        &mut self,
        semantics: Semantics,
        open: &mut [&mut (Predicate<'_>, Found)],
    ) -> Result<(), TooComplex> {
        let mut budget = Budget::for_question();
        let trust = self.trust_problems.read(semantics, &mut budget)?;
        let permission = self.permission_problems.read(semantics, &mut budget)?;
        let mut search = Search {
            states: self.states,
            semantics,
            trust: Side::new(&trust, &self.trusts),
            permission: Side::new(&permission, &self.permissions),
        };
        for (predicate, found) in open {
            match search.find(*predicate, &mut budget.clone()) {
                Found::None => {}
                settled => *found = settled,
            }
        }
        Ok(())
    }
}

/// What the trust policies, or the permissions, say of requests.
struct Side<'p> {
    finder: Finder<'p>,
    distinct: &'p Distinct,
    known: BTreeMap<Vec<Option<bool>>, Answered<'p>>,
}

/// Whether there is a request of some sort.
#[derive(Clone)]
enum Answered<'p> {
    No,
    Yes(Rc<Finding<'p>>),
    Untold,
}

impl<'p> Side<'p> {
    fn new(problem: &'p Problem, distinct: &'p Distinct) -> Self {
        Self {
            finder: Finder::new(problem),
            distinct,
            known: BTreeMap::new(),
        }
    }

    /// A request to which the states answer so.
    fn request(
        &mut self,
        outcomes: &[Option<bool>],
        budget: &mut Budget,
    ) -> Result<Answered<'p>, TooComplex> {
        let Some(wanted) = self.distinct.outcomes(outcomes) else {
            return Ok(Answered::No);
        };
        if let Some(known) = self.known.get(&wanted) {
            return Ok(known.clone());
        }
        let terms = outcome_terms(self.finder.problem, &wanted)?;
        let answered = match find_any(&mut self.finder, &terms, budget) {
            Answer::Yes(findings) => {
                let first = findings.into_iter().next();
                first.map_or(Answered::No, |finding| Answered::Yes(Rc::new(finding)))
            }
            Answer::No => Answered::No,
            Answer::TooComplex(_) => return Err(TooComplex),
            Answer::Untold => Answered::Untold,
        };
        self.known.insert(wanted, answered.clone());
        Ok(answered)
    }

    fn read(&self, finding: &Finding<'_>, resource: String) -> Option<Request> {
        let class = self.finder.problem.frame.classes.get(finding.class)?;
        Some(Request {
            action: spelling(self.finder.problem, class.words.first()?).to_owned(),
            resource,
            context: finding.context.sample.iter().cloned().collect(),
        })
    }
}

/// One reading of the states.
struct Search<'p> {
    states: &'p [Option<&'p RoleState>],
    semantics: Semantics,
    trust: Side<'p>,
    permission: Side<'p>,
}

impl Search<'_> {
    fn find(&mut self, predicate: Predicate<'_>, budget: &mut Budget) -> Found {
        let mut open = None;
        match self.search(predicate, &mut open, budget) {
            Err(TooComplex) => Found::Unknown(too_complex()),
            Ok(Some(found)) => Found::Use(Box::new(found)),
            Ok(None) => open.map_or(Found::None, Found::Unknown),
        }
    }

    /// A use of which the predicate holds. `open` becomes why something stayed open.
    fn search(
        &mut self,
        predicate: Predicate<'_>,
        open: &mut Option<String>,
        budget: &mut Budget,
    ) -> Result<Option<Use>, TooComplex> {
        for admitted in outcomes(self.states.len()) {
            let each: Vec<Option<bool>> = admitted.iter().copied().map(Some).collect();
            for allowed in self.allowed(&admitted, predicate) {
                let who = match self.trust.request(&each, budget)? {
                    Answered::Yes(who) => who,
                    Answered::No => break,
                    Answered::Untold => {
                        *open = Some(self.trust.finder.problem.untold());
                        break;
                    }
                };
                let what = match self.permission.request(&allowed, budget)? {
                    Answered::Yes(what) => what,
                    Answered::No => continue,
                    Answered::Untold => {
                        *open = Some(self.permission.finder.problem.untold());
                        continue;
                    }
                };
                match self.joined(&who, &what) {
                    Some(found) if self.reproduces(&found, predicate) => {
                        return Ok(Some(self.readable(found, predicate)));
                    }
                    Some(_) => {
                        let reason = "a witness did not reproduce: this is a bug in export-iam";
                        *open = Some(reason.to_owned());
                    }
                    None => {}
                }
            }
        }
        Ok(None)
    }

    /// What the permissions must say for the predicate to hold of someone so admitted. Where they do not get
    /// in, what the role may do does not matter.
    fn allowed(&self, admitted: &[bool], predicate: Predicate<'_>) -> Vec<Vec<Option<bool>>> {
        let mut wanted = Vec::new();
        for allowed in outcomes(admitted.len()) {
            let pairs = || admitted.iter().zip(&allowed);
            if pairs().any(|(admitted, allowed)| !admitted && *allowed) || !predicate(&allowed) {
                continue;
            }
            let each = pairs().map(|(admitted, allowed)| admitted.then_some(*allowed));
            let each: Vec<Option<bool>> = each.collect();
            if self.permission.distinct.outcomes(&each).is_some() {
                wanted.push(each);
            }
        }
        wanted
    }

    fn joined(&self, who: &Finding<'_>, what: &Finding<'_>) -> Option<Use> {
        Some(Use {
            caller: Caller::read(&who.target)?,
            assume: self.trust.read(who, String::new())?,
            request: self.permission.read(what, what.target.clone())?,
            semantics: self.semantics,
        })
    }

    /// The same use of a resource as people know them, where there is one.
    fn readable(&self, found: Use, predicate: Predicate<'_>) -> Use {
        let with = |request: &Request| Use {
            request: request.clone(),
            ..found.clone()
        };
        let shows = |request: &Request| self.reproduces(&with(request), predicate);
        let other = self.permission.finder.problem.frame.other;
        let filled = witness::filled(&found.request, other);
        let start = if shows(&filled) {
            &filled
        } else {
            &found.request
        };
        let (request, _) = witness::readable_request(start, other, shows);
        with(&request)
    }

    fn reproduces(&self, found: &Use, predicate: Predicate<'_>) -> bool {
        let can = self
            .states
            .iter()
            .map(|state| state.is_some_and(|state| can(state, found)));
        predicate(&can.collect::<Vec<_>>())
    }
}

/// Whether a use is possible at a state, by the evaluator.
fn can(state: &RoleState, found: &Use) -> bool {
    let documents: Vec<&PolicyDocument> = state.permissions.iter().collect();
    let admitted = decide_trust(&state.trust, &found.caller, &found.assume, found.semantics);
    let allowed = decide(&documents, &found.request, found.semantics);
    admitted.is_allowed() == Some(true) && allowed.is_allowed() == Some(true)
}

/// Every combination of yes and no.
fn outcomes(length: usize) -> impl Iterator<Item = Vec<bool>> {
    (0..1_usize << length).map(move |number| (0..length).map(|at| number >> at & 1 == 1).collect())
}
