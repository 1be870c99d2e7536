//! Is one needed action granted always, sometimes or never?

use super::super::catalogue::{self, KnownAction, Level};
use super::super::compare::too_complex;
use super::super::document::{Effect, PolicyDocument};
use super::super::engine::{
    Answer, Budget, Finder, Finding, Problem, Requests, TooComplex, access_terms, find_any,
    outcome_terms,
};
use super::super::evaluate::{Decision, Request, StatementPlace, decide, decide_trust};
use super::super::semantics::Semantics;
use super::super::trust::TrustPolicy;
use super::super::{dress, readings, words};
use super::{Attached, Grant, StatementName, ecs, statement};
use std::collections::BTreeSet;

/// The groups of a problem: what is attached, and what is needed.
const ATTACHED: usize = 0;
const NEEDED: usize = 1;

/// Whether a needed action is granted on all resources of a pattern.
pub(super) fn action(attached: &[Attached<'_>], action: KnownAction, resource: &str) -> Grant {
    let documents: Vec<&PolicyDocument> = attached.iter().filter_map(|one| one.document).collect();
    let names: Vec<&str> = attached
        .iter()
        .filter(|one| one.document.is_some())
        .map(|one| one.name)
        .collect();
    let question = Ask {
        subject: Subject::Policies {
            documents: &documents,
            names: &names,
        },
        action,
        resource,
    };
    let grant = question.grant(&readings::of_policies(&documents, &[]));
    let unread = attached.iter().find(|one| one.document.is_none());
    match (unread, &grant) {
        // A Deny that is read holds, whatever else there is.
        (None, _) | (Some(_), Grant::Denied { .. }) => grant,
        (Some(unread), _) => Grant::Unknown {
            reason: format!("the document of `{}` cannot be interpreted", unread.name),
        },
    }
}

/// Whether ECS may assume the role.
pub(super) fn trust(policy: &TrustPolicy) -> Grant {
    let action = KnownAction {
        name: catalogue::ASSUME_ROLE,
        level: Level::Other,
    };
    let question = Ask {
        subject: Subject::Trust(policy),
        action,
        resource: "",
    };
    question.grant(&readings::of_trusts(&[policy]))
}

enum Subject<'a> {
    Policies {
        documents: &'a [&'a PolicyDocument],
        names: &'a [&'a str],
    },
    Trust(&'a TrustPolicy),
}

struct Ask<'a> {
    subject: Subject<'a>,
    action: KnownAction,
    resource: &'a str,
}

impl Ask<'_> {
    /// The answer that every reading gives, or that they differ.
    fn grant(&self, readings: &[Semantics]) -> Grant {
        let grant = |semantics: Semantics| {
            let mut budget = Budget::for_question();
            let answer = self.in_reading(semantics, &mut budget);
            answer.unwrap_or_else(|TooComplex| Grant::Unknown {
                reason: too_complex(),
            })
        };
        let first = grant(readings.first().copied().unwrap_or_default());
        for other in readings.iter().skip(1) {
            if grant(*other).is_granted() != first.is_granted() {
                let reason = "depends on how RAM reads wildcards across `:` or absent keys, which it does not document";
                return Grant::Unknown {
                    reason: reason.to_owned(),
                };
            }
        }
        first
    }

    fn in_reading(&self, semantics: Semantics, budget: &mut Budget) -> Result<Grant, TooComplex> {
        let problem = self.problem(self.resource, semantics, budget)?;
        let mut finder = self.finder(&problem);
        let missing = match find_any(
            &mut finder,
            &access_terms(&problem, ATTACHED, NEEDED),
            budget,
        ) {
            Answer::No => {
                return Ok(Grant::Granted {
                    by: self.granted_by(&mut finder, semantics, budget)?,
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
        let Some(witness) = missing
            .first()
            .and_then(|finding| self.request(&problem, finding))
        else {
            return Err(TooComplex);
        };
        let witness = self.dressed(&problem, witness, semantics);
        if let Some(region) = self.region(semantics, budget)? {
            return Ok(Grant::OnlyInRegion { region, witness });
        }
        let both = outcome_terms(&problem, &[Some(true), Some(true)])?;
        let partly = match find_any(&mut finder, &both, budget) {
            Answer::No => false,
            Answer::Untold => {
                return Ok(Grant::Unknown {
                    reason: problem.untold(),
                });
            }
            Answer::TooComplex(_) => return Err(TooComplex),
            Answer::Yes(_) => true,
        };
        if partly && let Some(condition) = self.condition(&problem, &witness, semantics) {
            return Ok(Grant::OnlyWhen { condition, witness });
        }
        Ok(match self.decide(&witness, semantics) {
            Decision::ExplicitDeny(place) => Grant::Denied {
                by: self.name(place),
                witness,
            },
            _ => Grant::Missing { witness, partly },
        })
    }

    fn problem(
        &self,
        resource: &str,
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Problem, TooComplex> {
        match &self.subject {
            Subject::Policies { documents, .. } => {
                let needed = statement(self.action.name, resource);
                Problem::of_policies(&[documents, &[&needed]], semantics, budget)
            }
            Subject::Trust(policy) => {
                let needed = TrustPolicy::for_service(catalogue::ECS_SERVICE);
                Problem::of_trusts(&[Some(policy), Some(&needed)], semantics, budget)
            }
        }
    }

    fn finder<'p>(&self, problem: &'p Problem) -> Finder<'p> {
        let mut finder = Finder::new(problem);
        finder.requests = match self.action.level {
            Level::Bucket => Requests::Buckets,
            Level::Object => Requests::Objects,
            Level::Service | Level::Other => Requests::All,
        };
        finder
    }

    fn request(&self, problem: &Problem, finding: &Finding) -> Option<Request> {
        problem.classes.get(finding.class)?;
        Some(Request {
            action: self.action.name.to_owned(),
            resource: match self.subject {
                Subject::Policies { .. } => finding.target.clone(),
                Subject::Trust(_) => String::new(),
            },
            context: finding.context.sample.iter().cloned().collect(),
        })
    }

    fn dressed(&self, problem: &Problem, witness: Request, semantics: Semantics) -> Request {
        let needed = statement(self.action.name, self.resource);
        let shows = |request: &Request| {
            decide(&[&needed], request, semantics).is_allowed() == Some(true)
                && self.decide(request, semantics).is_allowed() != Some(true)
        };
        dress::dressed_request(&witness, problem.other, shows)
    }

    fn decide(&self, request: &Request, semantics: Semantics) -> Decision {
        match &self.subject {
            Subject::Policies { documents, .. } => decide(documents, request, semantics),
            Subject::Trust(policy) => decide_trust(policy, &ecs(), request, semantics),
        }
    }

    fn name(&self, place: StatementPlace) -> StatementName {
        let policy = match &self.subject {
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
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Vec<StatementName>, TooComplex> {
        let problem = finder.problem;
        let both = outcome_terms(problem, &[Some(true), Some(true)])?;
        let findings = match super::super::engine::find_all(finder, &both, budget) {
            Answer::Yes(findings) => findings,
            _ => Vec::new(),
        };
        let mut by = BTreeSet::new();
        for finding in &findings {
            if let Some(request) = self.request(problem, finding)
                && let Decision::Allowed(place) = self.decide(&request, semantics)
            {
                by.insert(self.name(place));
            }
            for (rule, _) in &finding.way.parts {
                let rule = problem.rule(*rule);
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
    fn region(
        &self,
        semantics: Semantics,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let Subject::Policies { documents, .. } = &self.subject else {
            return Ok(None);
        };
        let statements = documents.iter().flat_map(|document| document.statements());
        let patterns = statements.flat_map(|statement| statement.resource.patterns());
        let regions: BTreeSet<&str> = patterns
            .filter_map(|pattern| pattern.split(':').nth(2))
            .filter(|region| !region.is_empty() && !region.contains(['*', '?']))
            .collect();
        for region in regions {
            let resource = self
                .resource
                .replacen("acs:oss:*:", &format!("acs:oss:{region}:"), 1);
            let problem = self.problem(&resource, semantics, budget)?;
            let mut finder = self.finder(&problem);
            let terms = access_terms(&problem, ATTACHED, NEEDED);
            if matches!(find_any(&mut finder, &terms, budget), Answer::No) {
                return Ok(Some(region.to_owned()));
            }
        }
        Ok(None)
    }

    /// Under which condition the witness would be granted, in words, if under any.
    fn condition(
        &self,
        problem: &Problem,
        witness: &Request,
        semantics: Semantics,
    ) -> Option<String> {
        let words = |place: StatementPlace| {
            let condition = match &self.subject {
                Subject::Policies { documents, .. } => {
                    &documents
                        .get(place.document)?
                        .statements()
                        .get(place.statement)?
                        .condition
                }
                Subject::Trust(policy) => &policy.statements().get(place.statement)?.condition,
            };
            (!condition.is_empty()).then(|| words::condition(condition))
        };
        let granted = problem.contexts.possible.iter().find_map(|context| {
            let context = context.sample.iter().cloned().collect();
            match self.decide(
                &Request {
                    context,
                    ..witness.clone()
                },
                semantics,
            ) {
                Decision::Allowed(place) => Some(place),
                _ => None,
            }
        })?;
        match self.decide(witness, semantics) {
            Decision::ExplicitDeny(place) => Some(format!("unless {}", words(place)?)),
            _ => Some(format!("when {}", words(granted)?)),
        }
    }
}
