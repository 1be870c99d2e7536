//! The way from a role's documents to the answers.

use crate::policy::catalogue::{self, KnownAction};
use crate::policy::coverage::{self, Coverage, Granting, Reading, Refused};
use crate::policy::{Caller, PolicyDocument, StatementPlace, TargetPattern, TrustPolicy};
use jiff::Timestamp;

use super::answer::{ActionAnswer, ExportAnswer, Outcome, Readiness, Refusal};
use super::call::{self, Service};
use super::factor::Factor;
use super::input::{Attached, Export, Role, RoleTrust};
use super::over_grant::over_grant;
use super::requirement::{Name, Requirement, Setting};
use super::statement::StatementName;

/// Whether ExportImage would work with a role, into each of `exports`; into any bucket if there are none.
///
/// `now` is when; without it, an answer that hangs on the time depends on it.
pub fn image_export(role: Role<'_>, exports: &[Export<'_>], now: Option<Timestamp>) -> Readiness {
    let any = [Export::default()];
    let exports = if exports.is_empty() { &any } else { exports };
    let (over_grant, over_grant_reasons) = over_grant(role.attached, exports);
    Readiness {
        trust: trust(role.trust, now),
        exports: permissions(role.attached, exports, now),
        over_grant,
        over_grant_reasons,
    }
}

/// Whether ECS may assume the role; `None` if there is none.
pub(super) fn trust(trust: RoleTrust<'_>, now: Option<Timestamp>) -> Option<Outcome> {
    match trust {
        RoleTrust::Missing => None,
        RoleTrust::Unreadable => Some(Outcome::Depends {
            on: vec![Factor::UnreadTrust],
        }),
        RoleTrust::Policy(policy) => Some(trust_policy(policy, now)),
    }
}

fn trust_policy(policy: &TrustPolicy, now: Option<Timestamp>) -> Outcome {
    let caller = Caller {
        member: "Service".to_owned(),
        id: catalogue::ECS_SERVICE.to_owned(),
    };
    let granting = Granting::Trust {
        policy,
        caller: &caller,
    };
    let known = |key: &str| call::values(key, Service::Sts, now);
    let names = Names {
        granting,
        policies: &[],
        known: &known,
    };
    let target = TargetPattern::new(&format!("{}:{}", caller.member, caller.id));
    let mut outcome = None;
    let read = coverage::in_each_reading(granting, &known, |reading| {
        let coverage = reading.coverage(catalogue::ASSUME_ROLE, vec![target.clone()]);
        combine(&mut outcome, names.outcome(coverage));
    });
    match (read, outcome) {
        (Ok(()), Some(outcome)) => outcome,
        _ => too_complex(),
    }
}

/// One answer for each export.
pub(super) fn permissions(
    attached: &[Attached<'_>],
    exports: &[Export<'_>],
    now: Option<Timestamp>,
) -> Vec<ExportAnswer> {
    let readable = || {
        attached
            .iter()
            .filter_map(|one| Some((one.name, one.document?)))
    };
    let documents: Vec<&PolicyDocument> = readable().map(|(_, document)| document).collect();
    let policies: Vec<&str> = readable().map(|(name, _)| name).collect();
    let granting = Granting::Policies(&documents);
    let known = |key: &str| call::values(key, Service::Oss, now);
    let names = Names {
        granting,
        policies: &policies,
        known: &known,
    };
    let requirements: Vec<Requirement<'_>> = exports
        .iter()
        .flat_map(|export| catalogue::IMAGE_EXPORT.map(|action| Requirement { action, export }))
        .collect();
    let mut outcomes: Vec<Option<Outcome>> = vec![None; requirements.len()];
    let read = coverage::in_each_reading(granting, &known, |reading| {
        for (requirement, outcome) in requirements.iter().zip(&mut outcomes) {
            combine(outcome, names.action(requirement, &documents, reading));
        }
    });
    let unread: Vec<&str> = attached
        .iter()
        .filter(|one| one.document.is_none())
        .map(|one| one.name)
        .collect();
    let mut outcomes = outcomes.into_iter().map(|outcome| {
        let outcome = outcome.filter(|_| read.is_ok()).unwrap_or_else(too_complex);
        with_unread(outcome, &unread)
    });
    let answers = exports.iter().map(|export| ExportAnswer {
        bucket: export.bucket.map(str::to_owned),
        prefix: export.prefix.map(str::to_owned),
        actions: catalogue::IMAGE_EXPORT
            .iter()
            .zip(outcomes.by_ref())
            .map(action_answer)
            .collect(),
    });
    answers.collect()
}

fn action_answer((action, outcome): (&KnownAction, Outcome)) -> ActionAnswer {
    ActionAnswer {
        action: *action,
        outcome,
    }
}

fn too_complex() -> Outcome {
    Outcome::Depends {
        on: vec![Factor::TooComplex],
    }
}

/// Takes in the outcome of one more reading of the language. Readings that differ leave it open.
fn combine(so_far: &mut Option<Outcome>, next: Outcome) {
    let open = match so_far {
        None => Some(next),
        Some(first) if first.answer() == next.answer() => None,
        Some(Outcome::Depends { .. }) => None,
        Some(_) => match next {
            Outcome::Depends { .. } => Some(next),
            Outcome::Granted { .. } | Outcome::Refused { .. } => Some(Outcome::Depends {
                on: vec![Factor::Language],
            }),
        },
    };
    if let Some(outcome) = open {
        *so_far = Some(outcome);
    }
}

/// The outcome beside documents that could not be interpreted: they may grant and deny anything, but a `Deny` that is
/// read holds.
fn with_unread(outcome: Outcome, unread: &[&str]) -> Outcome {
    if unread.is_empty() {
        return outcome;
    }
    let mut on = match outcome {
        Outcome::Refused {
            why: Refusal::Denied { .. },
            ..
        } => return outcome,
        Outcome::Depends { on } => on,
        Outcome::Granted { .. } | Outcome::Refused { .. } => Vec::new(),
    };
    on.extend(unread.iter().map(|policy| Factor::UnreadPolicy {
        policy: (*policy).to_owned(),
    }));
    Outcome::Depends { on }
}

/// Names the statements of the documents.
struct Names<'a> {
    granting: Granting<'a>,
    policies: &'a [&'a str],
    known: &'a dyn Fn(&str) -> Option<Vec<Option<String>>>,
}

impl Names<'_> {
    /// The outcome of one requirement in one reading.
    fn action(
        &self,
        requirement: &Requirement<'_>,
        documents: &[&PolicyDocument],
        reading: &mut Reading<'_>,
    ) -> Outcome {
        let mut ask = |setting: &Setting| {
            let targets = vec![requirement.targets(setting)];
            self.outcome(reading.coverage(requirement.action.name, targets))
        };
        let open = requirement.open();
        let outcome = ask(&open);
        if !matches!(outcome, Outcome::Refused { .. }) {
            return outcome;
        }
        let settings = requirement.settings(documents);
        if settings == [open] {
            return outcome;
        }
        let outcomes: Vec<(Setting, Outcome)> = settings
            .into_iter()
            .map(|setting| {
                let outcome = ask(&setting);
                (setting, outcome)
            })
            .collect();
        in_settings(outcome, &outcomes)
    }

    fn outcome(&self, coverage: Coverage) -> Outcome {
        match coverage {
            Coverage::Always { by } => Outcome::Granted {
                by: by.into_iter().map(|place| self.name(place)).collect(),
            },
            Coverage::Depends { on } => Outcome::Depends {
                on: on.into_iter().map(|factor| self.factor(factor)).collect(),
            },
            Coverage::Never { why, witness } => Outcome::Refused {
                why: self.refusal(why),
                witness,
            },
            Coverage::TooComplex => too_complex(),
        }
    }

    fn factor(&self, factor: coverage::Factor) -> Factor {
        match factor {
            coverage::Factor::Condition(place) => {
                let condition = self.granting.condition(place).cloned().unwrap_or_default();
                let mut keys: Vec<String> = condition
                    .tests()
                    .map(|(_, key, _)| key.to_owned())
                    .filter(|key| (self.known)(key).is_none_or(|values| values.len() > 1))
                    .collect();
                keys.dedup();
                Factor::Condition {
                    by: self.name(place),
                    effect: self.granting.effect(place),
                    condition,
                    keys,
                }
            }
            coverage::Factor::NotUnderstood { place, part } => Factor::NotUnderstood {
                by: place.map(|place| self.name(place)),
                part,
            },
        }
    }

    fn refusal(&self, why: Refused) -> Refusal {
        match why {
            Refused::NotGranted { partly } => Refusal::NotGranted { partly },
            Refused::Denied(place) => Refusal::Denied {
                by: self.name(place),
            },
            Refused::ConditionFails(place) => Refusal::ConditionFails {
                by: self.name(place),
                condition: self.granting.condition(place).cloned().unwrap_or_default(),
            },
        }
    }

    fn name(&self, place: StatementPlace) -> StatementName {
        let policy = match self.granting {
            Granting::Policies(_) => self.policies.get(place.document).copied(),
            Granting::Trust { .. } => None,
        };
        StatementName {
            policy: policy.unwrap_or_default().to_owned(),
            statement: place.statement,
        }
    }
}

/// The outcome of a requirement that is refused where everything is left open, by its outcome in each setting.
fn in_settings(refused: Outcome, outcomes: &[(Setting, Outcome)]) -> Outcome {
    if outcomes.iter().all(|(_, outcome)| is_refused(outcome)) {
        return refused;
    }
    let mut on: Vec<Factor> = Vec::new();
    let names = |part| Requirement::names(outcomes.iter().map(|(setting, _)| setting), part);
    let (region, owner, bucket): (Part, Part, Part) = (
        |setting| &setting.region,
        |setting| &setting.owner,
        |setting| &setting.bucket,
    );
    if differs(outcomes, region, [owner, bucket]) {
        on.push(Factor::Region {
            spellings: names(region),
        });
    }
    if differs(outcomes, owner, [region, bucket]) {
        on.push(Factor::Owner {
            accounts: names(owner),
        });
    }
    if differs(outcomes, bucket, [region, owner]) {
        on.push(Factor::Bucket);
    }
    for factor in outcomes.iter().flat_map(|(_, outcome)| outcome.factors()) {
        if !on.contains(factor) {
            on.push(factor.clone());
        }
    }
    match outcomes.first() {
        // The spellings that matter are none of this region.
        Some((_, first @ Outcome::Granted { .. })) if on.is_empty() => first.clone(),
        _ => Outcome::Depends { on },
    }
}

/// One part of a setting.
type Part = fn(&Setting) -> &Name;

/// Whether two settings that differ in one part alone have different outcomes.
fn differs(outcomes: &[(Setting, Outcome)], part: Part, shared: [Part; 2]) -> bool {
    outcomes.iter().any(|(setting, outcome)| {
        outcomes.iter().any(|(other, others)| {
            shared.iter().all(|of| of(setting) == of(other))
                && part(setting) != part(other)
                && is_refused(outcome) != is_refused(others)
        })
    })
}

fn is_refused(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Refused { .. })
}
