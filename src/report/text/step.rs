//! A step in words.

use super::style::safe;
use crate::model::Step;

/// What the step does, starting with the RAM operation.
pub(super) fn describe(step: &Step) -> String {
    let operation = step.operation();
    match step {
        Step::CreateRole { role, .. } | Step::DeleteRole { role } => format!("{operation} {role}"),
        Step::UpdateRole {
            role,
            trust,
            description,
            max_session_duration,
        } => {
            let parts = [
                trust.as_ref().map(|_| "trust policy"),
                description.as_ref().map(|_| "description"),
                max_session_duration.as_ref().map(|_| "max session"),
            ];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            format!("{operation} {role}: {}", parts.join(", "))
        }
        Step::CreatePolicy { policy, .. } | Step::DeletePolicy { policy } => {
            format!("{operation} {policy}")
        }
        Step::UpdatePolicyDescription { policy, .. } => format!("{operation} {policy}"),
        Step::CreatePolicyVersion { policy, .. } => {
            format!("{operation} {policy}: new default version")
        }
        Step::SetDefaultPolicyVersion { policy, version } => {
            format!("{operation} {policy}: back to {version}, which says what is wanted")
        }
        Step::DeletePolicyVersion { policy, version } => format!("{operation} {policy} {version}"),
        Step::AttachPolicy { role, policy } => format!("{operation} {policy} to {role}"),
        Step::DetachPolicy { role, policy } => format!("{operation} {policy} from {role}"),
        Step::DetachGroupPolicy {
            role,
            policy,
            group,
        } => format!("{operation} {policy} from {role} for group {}", safe(group)),
        Step::TagRole { role, tags } => format!("{operation} role {role}: {}", keys(tags)),
        Step::TagPolicy { policy, tags } => format!("{operation} policy {policy}: {}", keys(tags)),
    }
}

fn keys(tags: &crate::model::Tags) -> String {
    tags.keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
