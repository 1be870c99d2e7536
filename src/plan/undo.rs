//! The way back: what to want so that an account is again as it was before an apply.

use std::collections::BTreeSet;

use crate::model::{
    Address, DesiredPolicy, DesiredRole, DesiredState, ExtraPolicies, ObservedPolicy, ObservedRole,
    ObservedState, PolicyRef, Scope, Tags,
};
use crate::policy::{PolicyDocument, TrustPolicy};

/// A live document that cannot be written back, because it holds something this program does not understand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` cannot be put back: {reason}")]
pub struct UndoError {
    /// Whose document it is.
    pub address: Address,
    /// What about it.
    pub reason: String,
}

/// The state to want for the way back from `applied`, which began at `before`: old documents in force byte
/// for byte, old attachments, and what the apply created gone. Versions that the apply dropped stay dropped, and a description
/// that was empty stays, since RAM cannot clear one.
///
/// # Errors
/// With every live document that cannot be written back.
pub fn undo(
    applied: &DesiredState,
    before: &ObservedState,
) -> Result<DesiredState, Vec<UndoError>> {
    let scope = Scope::of(applied);
    let mut back = DesiredState {
        exports: applied.exports.clone(),
        never: applied.never.clone(),
        ..DesiredState::default()
    };
    let mut errors = Vec::new();
    for name in scope.custom_policies.keys() {
        match before
            .policies
            .get(&PolicyRef::custom(name.clone()))
            .and_then(Option::as_ref)
        {
            None => drop(back.removals.policies.insert(name.clone())),
            Some(found) => match policy_back(found, before.policy_tags.get(name)) {
                Ok(policy) => drop(back.policies.insert(name.clone(), policy)),
                Err(error) => errors.push(error),
            },
        }
    }
    for name in scope.roles.keys() {
        match before.roles.get(name).and_then(Option::as_ref) {
            None => {
                let attached = applied
                    .roles
                    .get(name)
                    .map(|role| role.policies.clone())
                    .unwrap_or_default();
                back.removals.roles.insert(name.clone(), attached);
            }
            Some(found) => match role_back(found, before) {
                Ok(role) => drop(back.roles.insert(name.clone(), role)),
                Err(error) => errors.push(error),
            },
        }
    }
    if errors.is_empty() {
        Ok(back)
    } else {
        Err(errors)
    }
}

fn policy_back(found: &ObservedPolicy, tags: Option<&Tags>) -> Result<DesiredPolicy, UndoError> {
    let address = Address::Policy(found.policy.name.clone());
    let document = PolicyDocument::parse_live(&found.document);
    let document = document.and_then(|document| document.rewrite().map(|_| document));
    let document = document.map(|document| document.with_text(&found.document));
    Ok(DesiredPolicy {
        name: found.policy.name.clone(),
        document: document.map_err(|error| UndoError {
            address,
            reason: error.to_string(),
        })?,
        description: Some(found.description.clone()).filter(|text| !text.is_empty()),
        tags: tags.cloned(),
    })
}

fn role_back(found: &ObservedRole, before: &ObservedState) -> Result<DesiredRole, UndoError> {
    let address = Address::Role(found.name.clone());
    let trust =
        TrustPolicy::parse_live(&found.trust).and_then(|trust| trust.rewrite().map(|_| trust));
    let trust = trust.map(|trust| trust.with_text(&found.trust));
    let attached = before
        .attachments
        .get(&found.name)
        .into_iter()
        .flatten()
        .cloned();
    Ok(DesiredRole {
        name: found.name.clone(),
        trust: trust.map_err(|error| UndoError {
            address,
            reason: error.to_string(),
        })?,
        description: Some(found.description.clone()).filter(|text| !text.is_empty()),
        max_session_duration: found.max_session_duration,
        policies: attached.collect::<BTreeSet<PolicyRef>>(),
        extra_policies: ExtraPolicies::Detach,
        tags: before.role_tags.get(&found.name).cloned(),
    })
}
