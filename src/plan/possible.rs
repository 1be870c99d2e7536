//! Every write that a plan may hold, before anything is read.

use crate::model::{
    DesiredPolicy, DesiredRole, DesiredState, PolicyName, PolicyRef, Step, VersionId,
};

/// The writes that a plan towards `desired` may hold, whatever the account is like, but for the policies beyond
/// the spec that `extra_policies: detach` takes away: their names are not known yet.
///
/// Only the operation and the names in a step count here; the rest stands for any value.
///
/// INVARIANT (nothing is missing): each step of each plan towards `desired` has its like here. The laws check it.
#[must_use]
pub fn possible_steps(desired: &DesiredState) -> Vec<Step> {
    let DesiredState {
        policies,
        roles,
        exports: _,
        never: _,
        removals,
    } = desired;
    let of_policies = policies.values().flat_map(policy_steps);
    let of_roles = roles.values().flat_map(role_steps);
    let gone_roles = removals.roles.iter().flat_map(|(role, policies)| {
        let detach = policies.iter().map(|policy| Step::DetachPolicy {
            role: role.clone(),
            policy: policy.clone(),
        });
        detach.chain([Step::DeleteRole { role: role.clone() }])
    });
    let gone_policies = removals.policies.iter().flat_map(|policy| {
        [
            delete_version(policy),
            Step::DeletePolicy {
                policy: policy.clone(),
            },
        ]
    });
    of_policies
        .chain(of_roles)
        .chain(gone_roles)
        .chain(gone_policies)
        .collect()
}

fn policy_steps(wanted: &DesiredPolicy) -> Vec<Step> {
    let DesiredPolicy {
        name: policy,
        document,
        description,
        tags,
    } = wanted;
    let document = document.to_json();
    let mut steps = vec![
        Step::CreatePolicy {
            policy: policy.clone(),
            document: document.clone(),
            description: description.clone(),
            tags: tags.clone().unwrap_or_default(),
        },
        Step::CreatePolicyVersion {
            policy: policy.clone(),
            document,
        },
        Step::SetDefaultPolicyVersion {
            policy: policy.clone(),
            version: VersionId::from_number(1),
        },
        delete_version(policy),
    ];
    steps.extend(
        description
            .clone()
            .map(|description| Step::UpdatePolicyDescription {
                policy: policy.clone(),
                description,
            }),
    );
    steps.extend(tags.clone().map(|tags| Step::TagPolicy {
        policy: policy.clone(),
        tags,
    }));
    steps
}

fn role_steps(wanted: &DesiredRole) -> Vec<Step> {
    let DesiredRole {
        name: role,
        trust,
        description,
        max_session_duration,
        policies,
        extra_policies: _,
        tags,
    } = wanted;
    let trust = trust.to_json();
    let attach = |policy: &PolicyRef| Step::AttachPolicy {
        role: role.clone(),
        policy: policy.clone(),
    };
    let mut steps = vec![
        Step::CreateRole {
            role: role.clone(),
            trust: trust.clone(),
            description: description.clone(),
            max_session_duration: *max_session_duration,
            tags: tags.clone().unwrap_or_default(),
        },
        Step::UpdateRole {
            role: role.clone(),
            trust: Some(trust),
            description: description.clone(),
            max_session_duration: *max_session_duration,
        },
    ];
    steps.extend(policies.iter().map(attach));
    steps.extend(tags.clone().map(|tags| Step::TagRole {
        role: role.clone(),
        tags,
    }));
    steps
}

fn delete_version(policy: &PolicyName) -> Step {
    Step::DeletePolicyVersion {
        policy: policy.clone(),
        version: VersionId::from_number(1),
    }
}
