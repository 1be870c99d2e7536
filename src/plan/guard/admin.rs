//! A role that newly gets everything, or everything in RAM, can give itself and others the rest.

use crate::model::{Address, ObservedState};
use crate::plan::Plan;
use crate::plan::order::World;
use crate::policy::{PolicyDocument, Question, compare};

use super::refusal::{Refusal, Risk};

/// What counts, with the words for it; the widest first, since one refusal is enough.
const POWERS: [(&str, &str); 3] = [
    (
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        "every action on everything",
    ),
    (
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:*","Resource":"*"}]}"#,
        "every action of RAM",
    ),
    (
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#,
        "the right to assume every role that trusts this account",
    ),
];

pub(super) fn refusals(plan: &Plan, observed: &ObservedState) -> Vec<Refusal> {
    let before = World::of(observed);
    let after = before.after(plan.steps.iter().map(|planned| &planned.step));
    let powers: Vec<(PolicyDocument, &str)> = POWERS
        .iter()
        .filter_map(|(text, words)| Some((PolicyDocument::parse(text).ok()?, *words)))
        .collect();
    let gained = after.roles().filter_map(|role| {
        let (held, holds) = (before.documents(role), after.documents(role));
        let new =
            |(power, _): &&(PolicyDocument, &str)| grants(&holds, power) && !grants(&held, power);
        let (_, words) = powers.iter().find(new)?;
        let message = format!("it newly gets {words}");
        Some(Refusal {
            risk: Risk::Admin,
            address: Address::Role(role.clone()),
            message,
        })
    });
    gained.collect()
}

/// Whether the documents together grant all of `power`.
fn grants(documents: &[&PolicyDocument], power: &PolicyDocument) -> bool {
    let beyond = compare(documents, &[power], Question::Effective);
    !documents.is_empty() && beyond.gained.is_empty() && beyond.reasons.is_empty()
}
