//! Steps, and what became of them.

use serde::Serialize;

use crate::account::{AccountError, Written};
use crate::apply::Outcome;
use crate::model::{PolicyName, PolicyRef, PolicyType, RoleName, Step};
use crate::plan::PlannedStep;

#[derive(Serialize)]
pub(super) struct StepShape {
    operation: &'static str,
    subject: Subject,
    wave: usize,
    effects: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorShape>,
}

#[derive(Serialize, Default)]
struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group: Option<String>,
}

impl StepShape {
    pub(super) fn new(planned: &PlannedStep, outcome: Option<&Outcome>) -> Self {
        let PlannedStep {
            wave,
            step,
            effects,
        } = planned;
        let error = outcome.and_then(|outcome| match outcome {
            Outcome::Failed(error) | Outcome::Unknown(error) => Some(ErrorShape::new(error)),
            Outcome::Done(_) | Outcome::NotAttempted => None,
        });
        Self {
            operation: step.operation(),
            subject: Subject::new(step),
            wave: *wave,
            effects: effects.iter().map(|effect| effect.as_str()).collect(),
            outcome: outcome.map(outcome_word),
            error,
        }
    }
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done(Written::ByUs(_)) => "done",
        Outcome::Done(Written::Already) => "already",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotAttempted => "not-attempted",
    }
}

impl Subject {
    fn new(step: &Step) -> Self {
        let custom = |policy: &PolicyName| Self {
            policy: Some(policy.to_string()),
            policy_type: Some(PolicyType::Custom.as_str()),
            ..Self::default()
        };
        match step {
            Step::CreateRole { role, .. }
            | Step::UpdateRole { role, .. }
            | Step::DeleteRole { role }
            | Step::TagRole { role, .. } => Self {
                role: Some(role.to_string()),
                ..Self::default()
            },
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::DeletePolicy { policy }
            | Step::TagPolicy { policy, .. } => custom(policy),
            Step::SetDefaultPolicyVersion { policy, version }
            | Step::DeletePolicyVersion { policy, version } => Self {
                version: Some(version.to_string()),
                ..custom(policy)
            },
            Step::AttachPolicy { role, policy } | Step::DetachPolicy { role, policy } => {
                attachment(role, policy)
            }
            Step::DetachGroupPolicy {
                role,
                policy,
                group,
            } => Self {
                resource_group: Some(group.clone()),
                ..attachment(role, policy)
            },
        }
    }
}

fn attachment(role: &RoleName, policy: &PolicyRef) -> Subject {
    Subject {
        role: Some(role.to_string()),
        policy: Some(policy.name.to_string()),
        policy_type: Some(policy.policy_type.as_str()),
        ..Subject::default()
    }
}

#[derive(Serialize)]
struct ErrorShape {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    attempts: u32,
}

impl ErrorShape {
    fn new(error: &AccountError) -> Self {
        Self {
            message: error.message.clone(),
            code: error.code.clone(),
            http_status: error.http_status,
            request_id: error.request_id.clone(),
            attempts: error.attempts,
        }
    }
}
