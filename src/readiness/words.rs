//! Outcomes and factors in words.

use crate::policy::Effect;
use crate::policy::access::description;

use super::answer::{Outcome, Refusal};
use super::factor::Factor;

impl Outcome {
    /// Why it is so, in words that follow the name of an action.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Outcome::Granted { .. } => "granted".to_owned(),
            Outcome::Refused { why, witness } => match why {
                Refusal::NotGranted { partly: false } => "not granted".to_owned(),
                Refusal::NotGranted { partly: true } => {
                    format!("granted in part, not on {}", witness.resource)
                }
                Refusal::Denied { by } => format!("denied by {by}"),
                Refusal::ConditionFails { by, condition } => format!(
                    "granted {} ({by}), which ECS never meets",
                    description::when(condition).unwrap_or_default(),
                ),
            },
            Outcome::Depends { on } => {
                let reasons: Vec<String> = on.iter().map(reason).collect();
                reasons.join("; ")
            }
        }
    }
}

/// What a factor does.
fn reason(factor: &Factor) -> String {
    match factor {
        Factor::Condition {
            by,
            effect,
            condition,
            keys: _,
        } => {
            let condition = match effect {
                Effect::Allow => description::when(condition),
                Effect::Deny => description::unless(condition),
            };
            format!("granted {} ({by})", condition.unwrap_or_default())
        }
        Factor::Doubt { by, effect, doubt } => match effect {
            Effect::Allow => format!("granted by {by} only if {doubt}"),
            Effect::Deny => format!("denied by {by} if {doubt}"),
        },
        Factor::Region { spellings } => format!(
            "depends on whether OSS presents the region as {}",
            spellings.join(" or ")
        ),
        Factor::Bucket => "granted for some buckets and not for others".to_owned(),
        Factor::Object => "granted for some objects and not for others".to_owned(),
        Factor::NotUnderstood { by: Some(by), part } => {
            format!("{by} has {part}, which is not understood")
        }
        Factor::Owner { .. }
        | Factor::UnreadPolicy { .. }
        | Factor::UnreadTrust
        | Factor::Language
        | Factor::NotUnderstood { by: None, .. }
        | Factor::TooComplex => format!("depends on {}", factor.what()),
    }
}
