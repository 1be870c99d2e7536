//! What layers of documents grant an export or import, each action by itself and all of them together.

use crate::policy::coverage::{self, Coverage, Reading, Refused};
use crate::policy::{Granting, PolicyDocument, StatementPlace, TargetPattern};
use jiff::Timestamp;

use super::answer::{Outcome, Refusal};
use super::call::{self, Service};
use super::doubt::Doubts;
use super::factor::Factor;
use super::input::Attached;
use super::requirement::{Name, Place, Requirement, Setting};
use super::statement::StatementName;

/// One document, and what its statements are called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) document: &'a PolicyDocument,
    /// The numbers of its statements, from 0, where they are not in their places.
    pub(super) numbers: Option<&'a [usize]>,
}

impl<'a> Source<'a> {
    /// The source of an attached document, if that could be interpreted.
    pub(super) fn of(attached: &Attached<'a>) -> Option<Self> {
        Some(Self {
            name: attached.name,
            document: attached.document?,
            numbers: None,
        })
    }
}

/// The outcome of each action for each place, where every layer must grant.
pub(super) fn outcomes(
    layers: &[Vec<Source<'_>>],
    places: &[Place<'_>],
    now: Option<Timestamp>,
) -> Vec<Outcome> {
    let documents = documents(layers);
    let flat: Vec<&PolicyDocument> = documents.iter().flatten().copied().collect();
    let sources: Vec<&Source<'_>> = layers.iter().flatten().collect();
    let granting = Granting::Layers(&documents);
    let known = |key: &str| known(key, now);
    let names = Names {
        granting,
        sources: &sources,
        known: &known,
    };
    let requirements = requirements(places);
    let mut outcomes: Vec<Option<Outcome>> = vec![None; requirements.len()];
    let read = coverage::in_each_reading(granting, &known, |reading| {
        for (requirement, outcome) in requirements.iter().zip(&mut outcomes) {
            combine(outcome, names.action(requirement, &flat, reading));
        }
    });
    outcomes
        .into_iter()
        .map(|outcome| outcome.filter(|_| read.is_ok()).unwrap_or_else(too_complex))
        .collect()
}

/// Whether there are conditions under which every layer grants all that is asked for in a place; `None` where that cannot
/// be told.
pub(super) fn can_all_hold(
    layers: &[Vec<Source<'_>>],
    place: &Place<'_>,
    now: Option<Timestamp>,
) -> Option<bool> {
    let documents = documents(layers);
    let known = |key: &str| known(key, now);
    let flat: Vec<&PolicyDocument> = documents.iter().flatten().copied().collect();
    let requirements = requirements(std::slice::from_ref(place));
    let settings = requirements.first()?.settings(&flat);
    let asked: Vec<Vec<(&str, TargetPattern)>> = settings
        .iter()
        .map(|setting| {
            let requirements = requirements.iter();
            requirements
                .map(|one| (one.action.name, one.targets(setting)))
                .collect()
        })
        .collect();
    let mut answers = Vec::new();
    let read = coverage::in_each_reading(Granting::Layers(&documents), &known, |reading| {
        let mut each = asked.iter().map(|asked| reading.can_all_hold(asked));
        let any = each.try_fold(false, |any, answer| answer.map(|answer| any || answer));
        answers.push(any.ok());
    });
    let first = *answers.first()?;
    let is_told = read.is_ok() && answers.iter().all(|answer| *answer == first);
    first.filter(|_| is_told)
}

fn documents<'a>(layers: &[Vec<Source<'a>>]) -> Vec<Vec<&'a PolicyDocument>> {
    let of = |layer: &Vec<Source<'a>>| layer.iter().map(|source| source.document).collect();
    layers.iter().map(of).collect()
}

fn requirements<'a>(places: &'a [Place<'a>]) -> Vec<Requirement<'a>> {
    let of = |place: &'a Place<'a>| {
        let actions = place.operation.actions().iter();
        actions.map(move |action| Requirement {
            action: *action,
            place,
        })
    };
    places.iter().flat_map(of).collect()
}

fn known(key: &str, now: Option<Timestamp>) -> Option<Vec<Option<String>>> {
    match Doubts::values(key) {
        Some(values) => values,
        None => call::values(key, Service::Oss, now),
    }
}

/// The outcome where the documents are too complex.
pub(super) fn too_complex() -> Outcome {
    Outcome::Depends {
        on: vec![Factor::TooComplex],
    }
}

/// Takes in the outcome of one more reading of the language. Readings that differ leave it open.
pub(super) fn combine(so_far: &mut Option<Outcome>, next: Outcome) {
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

/// The outcome beside documents that are not known: they may grant and deny anything, but a `Deny` that is
/// read holds.
pub(super) fn with_unread(outcome: Outcome, unread: &[Factor]) -> Outcome {
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
    on.extend_from_slice(unread);
    Outcome::Depends { on }
}

/// Names the statements of the documents.
pub(super) struct Names<'a> {
    pub(super) granting: Granting<'a>,
    /// Of the documents of all layers through; none for a trust policy.
    pub(super) sources: &'a [&'a Source<'a>],
    pub(super) known: &'a dyn Fn(&str) -> Option<Vec<Option<String>>>,
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

    pub(super) fn outcome(&self, coverage: Coverage) -> Outcome {
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
                let by = self.name(place);
                let effect = self.granting.effect(place);
                match Doubts::split(condition, keys) {
                    (Some(doubt), ..) => Factor::Doubt { by, effect, doubt },
                    (None, condition, keys) => Factor::Condition {
                        by,
                        effect,
                        condition,
                        keys,
                    },
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
        let Some(source) = self.sources.get(place.document) else {
            return StatementName {
                policy: String::new(),
                statement: place.statement,
            };
        };
        let number = |numbers: &[usize]| numbers.get(place.statement).copied();
        StatementName {
            policy: source.name.to_owned(),
            statement: source.numbers.and_then(number).unwrap_or(place.statement),
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
    let (region, owner, bucket, key): (Part, Part, Part, Part) = (
        |setting| &setting.region,
        |setting| &setting.owner,
        |setting| &setting.bucket,
        |setting| &setting.key,
    );
    if differs(outcomes, region, [owner, bucket, key]) {
        on.push(Factor::Region {
            spellings: names(region),
        });
    }
    if differs(outcomes, owner, [region, bucket, key]) {
        on.push(Factor::Owner {
            accounts: names(owner),
        });
    }
    if differs(outcomes, bucket, [region, owner, key]) {
        on.push(Factor::Bucket);
    }
    if differs(outcomes, key, [region, owner, bucket]) {
        on.push(Factor::Object);
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
fn differs(outcomes: &[(Setting, Outcome)], part: Part, shared: [Part; 3]) -> bool {
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
