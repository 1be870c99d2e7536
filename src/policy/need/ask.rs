//! Is one needed action granted always, sometimes or never?

use super::super::access::too_complex;
use super::super::access::{description, witness};
use super::super::catalogue::{self, KnownAction, Level};
use super::super::document::{Effect, PolicyDocument};
use super::super::engine::{
    Answer, Budget, Finder, Finding, Problem, Problems, Requests, Term, TooComplex, access_terms,
    find_all, find_any, outcome_terms,
};
use super::super::evaluate::{Decision, Request, StatementPlace, decide, decide_trust};
use super::super::readings;
use super::super::semantics::Semantics;
use super::super::trust::TrustPolicy;
use super::{Attached, Grant, Need, StatementName, ecs};
use std::collections::BTreeSet;

/// The group of a problem that holds what is attached. Each need is a group of its own behind it.
const ATTACHED: usize = 0;

/// Whether needed actions are granted on all resources of their patterns, one answer each.
pub(super) fn actions(attached: &[Attached<'_>], needs: &[Need]) -> Vec<Grant> {
    let documents: Vec<&PolicyDocument> = attached.iter().filter_map(|one| one.document).collect();
    let names: Vec<&str> = attached
        .iter()
        .filter(|one| one.document.is_some())
        .map(|one| one.name)
        .collect();
    let subject = Subject::Policies {
        documents: &documents,
        names: &names,
    };
    let needed: Vec<PolicyDocument> = needs.iter().map(Need::document).collect();
    let needed: Vec<[&PolicyDocument; 1]> = needed.iter().map(|one| [one]).collect();
    let mut groups: Vec<&[&PolicyDocument]> = vec![&documents];
    groups.extend(needed.iter().map(|one| one.as_slice()));
    let problems = Problems::of_policies(&groups);
    let grants = grants(
        &subject,
        needs,
        problems,
        &readings::of_policies(&documents, &[]),
    );
    let unread = attached.iter().find(|one| one.document.is_none());
    let limited = grants.into_iter().map(|grant| match (unread, &grant) {
        // A Deny that is read holds, whatever else there is.
        (None, _) | (Some(_), Grant::Denied { .. }) => grant,
        (Some(unread), _) => Grant::Unknown {
            reason: format!("the document of `{}` cannot be interpreted", unread.name),
        },
    });
    limited.collect()
}

/// Whether ECS may assume the role.
pub(super) fn trust(policy: &TrustPolicy) -> Grant {
    let need = Need {
        action: KnownAction {
            name: catalogue::ASSUME_ROLE,
            level: Level::Other,
        },
        resource: String::new(),
    };
    let needed = TrustPolicy::for_service(catalogue::ECS_SERVICE);
    let problems = Problems::of_trusts(&[Some(policy), Some(&needed)]);
    let readings = readings::of_trusts(&[policy]);
    let grants = grants(&Subject::Trust(policy), &[need], problems, &readings);
    let unknown = Grant::Unknown {
        reason: too_complex(),
    };
    grants.into_iter().next().unwrap_or(unknown)
}

enum Subject<'a> {
    Policies {
        documents: &'a [&'a PolicyDocument],
        names: &'a [&'a str],
    },
    Trust(&'a TrustPolicy),
}

/// The answers that every reading gives, or that they differ.
fn grants(
    subject: &Subject<'_>,
    needs: &[Need],
    mut problems: Problems<'_>,
    readings: &[Semantics],
) -> Vec<Grant> {
    let mut grants: Vec<Grant> = Vec::new();
    for semantics in readings {
        let mut budget = Budget::for_question();
        let problem = problems.read(*semantics, &mut budget);
        let mut finder = problem.as_ref().ok().map(Finder::new);
        for (of, need) in needs.iter().enumerate() {
            // Where the readings differ already, more of them change nothing.
            if grants.get(of).is_some_and(|grant| *grant == differs()) {
                continue;
            }
            let ask = Ask {
                subject,
                need,
                group: ATTACHED + 1 + of,
                semantics: *semantics,
            };
            let answer = match &mut finder {
                Some(finder) => ask.answer(finder, &mut budget.clone()),
                None => Err(TooComplex),
            };
            let answer = answer.unwrap_or_else(|TooComplex| Grant::Unknown {
                reason: too_complex(),
            });
            match grants.get_mut(of) {
                None => grants.push(answer),
                Some(first) if first.is_granted() == answer.is_granted() => {}
                Some(first) => *first = differs(),
            }
        }
    }
    grants
}

fn differs() -> Grant {
    let reason =
        "depends on how RAM reads wildcards across `:` or absent keys, which it does not document";
    Grant::Unknown {
        reason: reason.to_owned(),
    }
}

/// One need in one reading.
struct Ask<'a> {
    subject: &'a Subject<'a>,
    need: &'a Need,
    /// The need's group in the problem.
    group: usize,
    semantics: Semantics,
}

impl Ask<'_> {
    fn answer(&self, finder: &mut Finder<'_>, budget: &mut Budget) -> Result<Grant, TooComplex> {
        let problem = finder.problem;
        finder.requests = self.requests();
        let terms = access_terms(problem, ATTACHED, self.group);
        let missing = match find_any(finder, &terms, budget) {
            Answer::No => {
                return Ok(Grant::Granted {
                    by: self.granted_by(finder, budget)?,
                });
            }
            Answer::Untold => {
                return Ok(Grant::Unknown {
                    reason: problem.untold(),
                });
            }
            Answer::TooComplex(_) => return Err(TooComplex),
            Answer::Yes(findings) => findings,
        };
        let Some(witness) = missing.first().map(|finding| self.request(finding)) else {
            return Err(TooComplex);
        };
        let witness = self.readable(problem, witness);
        if let Some(region) = self.region(budget)? {
            return Ok(Grant::OnlyInRegion { region, witness });
        }
        let both = self.both(problem)?;
        let partly = match find_any(finder, &both, budget) {
            Answer::No => false,
            Answer::Untold => {
                return Ok(Grant::Unknown {
                    reason: problem.untold(),
                });
            }
            Answer::TooComplex(_) => return Err(TooComplex),
            Answer::Yes(_) => true,
        };
        if partly && let Some(condition) = self.condition(problem, &witness) {
            return Ok(Grant::OnlyWhen { condition, witness });
        }
        Ok(match self.decide(&witness) {
            Decision::ExplicitDeny(place) => Grant::Denied {
                by: self.name(place),
                witness,
            },
            _ => Grant::Missing { witness, partly },
        })
    }

    fn requests(&self) -> Requests {
        match self.need.action.level {
            Level::Bucket => Requests::Buckets,
            Level::Object => Requests::Objects,
            Level::Service | Level::Other => Requests::All,
        }
    }

    /// Requests that are needed and granted.
    fn both(&self, problem: &Problem) -> Result<Vec<Term>, TooComplex> {
        let mut allowed = vec![None; self.group + 1];
        for group in [ATTACHED, self.group] {
            if let Some(allowed) = allowed.get_mut(group) {
                *allowed = Some(true);
            }
        }
        outcome_terms(problem, &allowed)
    }

    fn request(&self, finding: &Finding<'_>) -> Request {
        Request {
            action: self.need.action.name.to_owned(),
            resource: match self.subject {
                Subject::Policies { .. } => finding.target.clone(),
                Subject::Trust(_) => String::new(),
            },
            context: finding.context.sample.iter().cloned().collect(),
        }
    }

    fn readable(&self, problem: &Problem, witness: Request) -> Request {
        let needed = self.need.document();
        let shows = |request: &Request| {
            decide(&[&needed], request, self.semantics).is_allowed() == Some(true)
                && self.decide(request).is_allowed() != Some(true)
        };
        witness::readable_request(&witness, problem.frame.other, shows).0
    }

    fn decide(&self, request: &Request) -> Decision {
        match self.subject {
            Subject::Policies { documents, .. } => decide(documents, request, self.semantics),
            Subject::Trust(policy) => decide_trust(policy, &ecs(), request, self.semantics),
        }
    }

    fn name(&self, place: StatementPlace) -> StatementName {
        let policy = match self.subject {
            Subject::Policies { names, .. } => {
                names.get(place.document).copied().unwrap_or_default()
            }
            Subject::Trust(_) => "",
        };
        StatementName {
            policy: policy.to_owned(),
            statement: place.statement,
        }
    }

    /// Every statement that has a part in granting the need.
    fn granted_by(
        &self,
        finder: &mut Finder<'_>,
        budget: &mut Budget,
    ) -> Result<Vec<StatementName>, TooComplex> {
        let problem = finder.problem;
        let both = self.both(problem)?;
        let findings = match find_all(finder, &both, budget) {
            Answer::Yes(findings) => findings,
            _ => Vec::new(),
        };
        let mut by = BTreeSet::new();
        for finding in &findings {
            if let Decision::Allowed(place) = self.decide(&self.request(finding)) {
                by.insert(self.name(place));
            }
            for rule in finding.way.rules.iter() {
                let rule = problem.rule(rule);
                if let Some(rule) =
                    rule.filter(|rule| rule.group == ATTACHED && rule.effect == Effect::Allow)
                {
                    by.insert(self.name(StatementPlace {
                        document: rule.document,
                        statement: rule.statement,
                    }));
                }
            }
        }
        Ok(by.into_iter().collect())
    }

    /// The spelling of the region in which the need is granted, if it is in one that a statement names.
    fn region(&self, budget: &mut Budget) -> Result<Option<String>, TooComplex> {
        let Subject::Policies { documents, .. } = self.subject else {
            return Ok(None);
        };
        let statements = documents.iter().flat_map(|document| document.statements());
        let patterns = statements.flat_map(|statement| statement.resource.patterns());
        let regions: BTreeSet<&str> = patterns
            .filter_map(|pattern| pattern.split(':').nth(2))
            .filter(|region| !region.is_empty() && !region.contains(['*', '?']))
            .collect();
        for region in regions {
            let there = Need {
                resource: self.need.resource.replacen(
                    "acs:oss:*:",
                    &format!("acs:oss:{region}:"),
                    1,
                ),
                ..*self.need
            };
            let needed = there.document();
            let mut problems = Problems::of_policies(&[documents, &[&needed]]);
            let problem = problems.read(self.semantics, budget)?;
            let mut finder = Finder::new(&problem);
            finder.requests = self.requests();
            let terms = access_terms(&problem, ATTACHED, ATTACHED + 1);
            if matches!(find_any(&mut finder, &terms, budget), Answer::No) {
                return Ok(Some(region.to_owned()));
            }
        }
        Ok(None)
    }

    /// Under which condition the witness would be granted, in words, if under any.
    fn condition(&self, problem: &Problem, witness: &Request) -> Option<String> {
        let condition = |place: StatementPlace| match self.subject {
            Subject::Policies { documents, .. } => {
                let statements = documents.get(place.document)?.statements();
                Some(&statements.get(place.statement)?.condition)
            }
            Subject::Trust(policy) => Some(&policy.statements().get(place.statement)?.condition),
        };
        let granted = problem.contexts.possible.iter().find_map(|context| {
            let context = context.sample.iter().cloned().collect();
            let elsewhere = Request {
                context,
                ..witness.clone()
            };
            match self.decide(&elsewhere) {
                Decision::Allowed(place) => Some(place),
                _ => None,
            }
        })?;
        match self.decide(witness) {
            Decision::ExplicitDeny(place) => description::unless(condition(place)?),
            _ => description::when(condition(granted)?),
        }
    }
}
