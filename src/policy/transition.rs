//! What a role can do between two steps of a change.
//!
//! In: what the role is before, in the middle and after. Out: whether in the middle someone has access
//! that they have neither before nor after, or lacks what they have both before and after.

use super::compare::too_complex;
use super::document::PolicyDocument;
use super::engine::{
    Answer, Budget, Finder, Finding, Problem, TooComplex, find_any, outcome_terms,
};
use super::evaluate::{Caller, Request, decide, decide_trust};
use super::readings;
use super::semantics::Semantics;
use super::steady;
use super::trust::TrustPolicy;

/// A role at one moment: who may assume it, and what it may then do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Who may assume it.
    pub trust: TrustPolicy,
    /// Every document attached.
    pub permissions: Vec<PolicyDocument>,
}

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

/// Checks the middle of a change. `None` stands for a role that does not exist: nobody has access.
pub fn check(
    before: Option<&Moment>,
    mid: Option<&Moment>,
    after: Option<&Moment>,
) -> TransitionCheck {
    if steady::is_clean(before, mid, after) {
        return TransitionCheck {
            transient_access: Found::None,
            gap: Found::None,
        };
    }
    let moments = [before, mid, after];
    let at = |can: &[bool], moment: usize| can.get(moment) == Some(&true);
    TransitionCheck {
        transient_access: find(&moments, |can| at(can, 1) && !at(can, 0) && !at(can, 2)),
        gap: find(&moments, |can| at(can, 0) && at(can, 2) && !at(can, 1)),
    }
}

/// Most moments that one question may be about: every combination of outcomes is looked at.
const MAX_MOMENTS: usize = 4;

/// A use of the role of which `predicate` holds, given whether it is possible at each moment.
///
/// The context of assuming the role and that of using it are taken as independent.
pub fn find(moments: &[Option<&Moment>], predicate: impl Fn(&[bool]) -> bool) -> Found {
    if moments.len() > MAX_MOMENTS {
        return Found::Unknown(format!("more than {MAX_MOMENTS} moments"));
    }
    let mut unknown = None;
    for semantics in all_readings(moments) {
        match Search::new(moments, semantics).find(&predicate) {
            Found::None => {}
            found @ Found::Use(_) => return found,
            Found::Unknown(reason) => unknown = Some(reason),
        }
    }
    unknown.map_or(Found::None, Found::Unknown)
}

fn all_readings(moments: &[Option<&Moment>]) -> Vec<Semantics> {
    let present = || moments.iter().copied().flatten();
    let documents: Vec<&PolicyDocument> =
        present().flat_map(|moment| &moment.permissions).collect();
    let trusts: Vec<&TrustPolicy> = present().map(|moment| &moment.trust).collect();
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

struct Search<'m> {
    moments: &'m [Option<&'m Moment>],
    semantics: Semantics,
    budget: Budget,
    /// Why something stayed open.
    open: Option<String>,
}

impl<'m> Search<'m> {
    fn new(moments: &'m [Option<&'m Moment>], semantics: Semantics) -> Self {
        Self {
            moments,
            semantics,
            budget: Budget::for_question(),
            open: None,
        }
    }

    fn find(&mut self, predicate: &impl Fn(&[bool]) -> bool) -> Found {
        match self.search(predicate) {
            Err(TooComplex) => Found::Unknown(too_complex()),
            Ok(Some(found)) => Found::Use(Box::new(found)),
            Ok(None) => self.open.take().map_or(Found::None, Found::Unknown),
        }
    }

    fn search(&mut self, predicate: &impl Fn(&[bool]) -> bool) -> Result<Option<Use>, TooComplex> {
        let trusts: Vec<Option<&TrustPolicy>> = self
            .moments
            .iter()
            .map(|moment| moment.map(|moment| &moment.trust))
            .collect();
        let documents: Vec<Vec<&PolicyDocument>> = self
            .moments
            .iter()
            .map(|moment| {
                moment
                    .map(|moment| moment.permissions.iter().collect())
                    .unwrap_or_default()
            })
            .collect();
        let groups: Vec<&[&PolicyDocument]> = documents.iter().map(Vec::as_slice).collect();
        let trust = Problem::of_trusts(&trusts, self.semantics, &mut self.budget)?;
        let permission = Problem::of_policies(&groups, self.semantics, &mut self.budget)?;
        let (mut trust, mut permission) = (Finder::new(&trust), Finder::new(&permission));
        for admitted in outcomes(self.moments.len()) {
            let wanted: Vec<Option<bool>> = admitted.iter().copied().map(Some).collect();
            let Some(who) = self.one(&mut trust, &wanted)? else {
                continue;
            };
            for allowed in outcomes(self.moments.len()) {
                // Where nobody of this kind gets in, what the role may do does not matter.
                let idle = admitted
                    .iter()
                    .zip(&allowed)
                    .any(|(admitted, allowed)| !admitted && *allowed);
                if idle || !predicate(&allowed) {
                    continue;
                }
                let wanted = admitted
                    .iter()
                    .zip(&allowed)
                    .map(|(admitted, allowed)| admitted.then_some(*allowed));
                let Some(what) = self.one(&mut permission, &wanted.collect::<Vec<_>>())? else {
                    continue;
                };
                let Some(found) = self.joined(&trust, &who, &permission, &what) else {
                    continue;
                };
                if self.reproduces(&found, predicate) {
                    return Ok(Some(found));
                }
                self.open =
                    Some("a witness did not reproduce: this is a bug in export-iam".to_owned());
            }
        }
        Ok(None)
    }

    /// A request to which the groups answer so.
    fn one(
        &mut self,
        finder: &mut Finder<'_>,
        wanted: &[Option<bool>],
    ) -> Result<Option<Finding>, TooComplex> {
        let terms = outcome_terms(finder.problem, wanted)?;
        match find_any(finder, &terms, &mut self.budget) {
            Answer::Yes(findings) => Ok(findings.into_iter().next()),
            Answer::No => Ok(None),
            Answer::TooComplex(_) => Err(TooComplex),
            Answer::Untold => {
                self.open = Some(finder.problem.untold());
                Ok(None)
            }
        }
    }

    fn joined(
        &self,
        trust: &Finder<'_>,
        who: &Finding,
        permission: &Finder<'_>,
        what: &Finding,
    ) -> Option<Use> {
        let request =
            |finder: &Finder<'_>, finding: &Finding, resource: String| -> Option<Request> {
                let action = finder
                    .problem
                    .classes
                    .get(finding.class)?
                    .words
                    .first()?
                    .clone();
                let context = finding.context.sample.iter().cloned().collect();
                Some(Request {
                    action,
                    resource,
                    context,
                })
            };
        Some(Use {
            caller: Caller::read(&who.target)?,
            assume: request(trust, who, String::new())?,
            request: request(permission, what, what.target.clone())?,
            semantics: self.semantics,
        })
    }

    fn reproduces(&self, found: &Use, predicate: &impl Fn(&[bool]) -> bool) -> bool {
        let can = self
            .moments
            .iter()
            .map(|moment| moment.is_some_and(|moment| can(moment, found)));
        predicate(&can.collect::<Vec<_>>())
    }
}

/// Whether a use is possible at a moment, by the evaluator.
fn can(moment: &Moment, found: &Use) -> bool {
    let documents: Vec<&PolicyDocument> = moment.permissions.iter().collect();
    let admitted = decide_trust(&moment.trust, &found.caller, &found.assume, found.semantics);
    let allowed = decide(&documents, &found.request, found.semantics);
    admitted.is_allowed() == Some(true) && allowed.is_allowed() == Some(true)
}

/// Every combination of yes and no.
fn outcomes(length: usize) -> impl Iterator<Item = Vec<bool>> {
    (0..1_usize << length).map(move |number| (0..length).map(|at| number >> at & 1 == 1).collect())
}
