//! Shapes to a [`Spec`]: documents parsed, references settled.

use std::collections::BTreeMap;

use super::Spec;
use super::checked::{Content, PolicySpec};
use super::document::{self, Files};
use super::error::SpecErrors;
use super::fields::At;
use super::notes::Notes;
use super::promises::promises;
use super::shape::{ContentShape, Items, PolicyShape, RoleShape, SpecShape, TrustShape};
use crate::model::{DesiredRole, Export, PolicyName, PolicyRef, PolicyType, RoleName};
use crate::policy::TrustPolicy;

/// Makes the spec, or reports every mistake found here and before.
pub(super) fn resolve(
    mut notes: Notes,
    shape: SpecShape,
    files: &Files,
) -> Result<Spec, SpecErrors> {
    let SpecShape {
        exports,
        policies,
        roles,
        accounts,
        discover,
        accept,
        never,
    } = shape;
    let policies: BTreeMap<PolicyName, PolicySpec> = policies
        .items
        .into_iter()
        .filter_map(|shape| policy(&mut notes, shape, files))
        .map(|policy| (policy.name.clone(), policy))
        .collect();
    let roles: BTreeMap<RoleName, DesiredRole> = roles
        .items
        .into_iter()
        .filter_map(|shape| role(&mut notes, shape, files, &policies))
        .map(|role| (role.name.clone(), role))
        .collect();
    let accounts = accounts
        .unwrap_or_default()
        .items
        .into_iter()
        .map(|account| account.entry);
    let (never, never_spots) = promises(&notes, never.items, &roles);
    let accept = accept.items.into_iter().map(|entry| {
        let spot = notes.diagnostic(&entry.id_spot, String::new(), None);
        (entry.acceptance, spot)
    });
    let (acceptances, acceptance_spots) = accept.unzip();
    let mut spec = Spec {
        policies,
        roles,
        exports: plain(exports.unwrap_or_default()),
        accounts: accounts.collect(),
        discover: discover.map(|discover| discover.value),
        acceptances,
        acceptance_spots,
        never,
        never_spots,
        warnings: Vec::new(),
    };
    spec.check_lengths(&mut notes);
    spec.warnings = notes.finish()?;
    Ok(spec)
}

fn plain(exports: Items<At<Export>>) -> Vec<Export> {
    exports
        .items
        .into_iter()
        .map(|export| export.value)
        .collect()
}

fn policy(notes: &mut Notes, shape: PolicyShape, files: &Files) -> Option<PolicySpec> {
    let PolicyShape {
        name,
        content,
        description,
        tags,
    } = shape;
    let content = match content? {
        ContentShape::ImageExport(spot) => {
            Content::ImageExport(notes.diagnostic(&spot, String::new(), None))
        }
        ContentShape::Document(shape) => Content::Document(document::policy(notes, &shape, files)?),
    };
    Some(PolicySpec {
        name: name.value,
        content,
        description,
        tags,
    })
}

fn role(
    notes: &mut Notes,
    shape: RoleShape,
    files: &Files,
    declared: &BTreeMap<PolicyName, PolicySpec>,
) -> Option<DesiredRole> {
    let RoleShape {
        name,
        trust,
        description,
        max_session_duration,
        policies,
        extra_policies,
        tags,
    } = shape;
    let trust = match trust? {
        TrustShape::Service(service) => TrustPolicy::for_service(&service),
        TrustShape::Document(shape) => document::trust(notes, &shape, files)?,
    };
    Some(DesiredRole {
        name: name.value,
        trust,
        description,
        max_session_duration,
        policies: policies
            .items
            .into_iter()
            .map(|policy| as_declared(policy.value, declared))
            .collect(),
        extra_policies,
        tags,
    })
}

/// The policy in the spelling of its declaration, which is the one it is created with.
fn as_declared(policy: PolicyRef, declared: &BTreeMap<PolicyName, PolicySpec>) -> PolicyRef {
    match declared.get(&policy.name) {
        Some(PolicySpec { name, .. }) if policy.policy_type == PolicyType::Custom => {
            PolicyRef::custom(name.clone())
        }
        _ => policy,
    }
}
