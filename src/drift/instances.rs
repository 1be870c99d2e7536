//! Instances that wear the export role: whoever is on one has all that the role has.

use std::collections::BTreeMap;

use super::finding::{DriftKind, Finding, Value};
use super::identity::{digest, id};
use super::severity::Severity;
use crate::model::{AccountId, Address, RegionId, RoleName};

/// The finding that some instances wear the role, by region; nothing where none does.
#[must_use]
pub fn instances_finding(
    account: &AccountId,
    role: &RoleName,
    instances: &BTreeMap<RegionId, Vec<String>>,
) -> Option<Finding> {
    let named: Vec<String> = instances
        .iter()
        .flat_map(|(region, ids)| ids.iter().map(move |id| format!("{id} in {region}")))
        .collect();
    if named.is_empty() {
        return None;
    }
    let address = Address::Role(role.clone());
    let (part, kind) = ("instances", DriftKind::InstanceBound);
    Some(Finding {
        id: id(account, &address, part, kind),
        state: digest(named.iter().cloned()),
        address,
        part,
        kind,
        severity: Severity::Critical,
        live: Some(Value::Text(named.join(", "))),
        spec: None,
        access: None,
        sentence: None,
        acceptance: None,
        since: None,
    })
}
