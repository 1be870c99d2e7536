//! Tags on roles and custom policies: written as `Key` and `Value`, read as `TagKey` and `TagValue`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::validation;
use crate::model::{PolicyName, RoleName, Tags, limit};
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging::{self, TOKEN};
use crate::sandbox::rpc::parameters::{Parameters, has_tags};
use crate::sandbox::state::Account;

/// Most resources in one call. Source: RAM, `TagResources`.
const RESOURCES: usize = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    Policy,
}

impl Kind {
    fn of(parameters: &Parameters) -> Result<Self, ApiError> {
        match parameters.required("ResourceType")? {
            "role" => Ok(Self::Role),
            "policy" => Ok(Self::Policy),
            _ => Err(ApiError::incorrect("ResourceType")),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Policy => "policy",
        }
    }
}

pub(super) fn tag(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let tags = validation::tags(parameters)?;
    if tags.is_empty() {
        return Err(ApiError::missing("Tag"));
    }
    change(account, parameters, |held| held.extend(tags.clone()))
}

pub(super) fn untag(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let mut keys = parameters.texts("TagKeys")?;
    if keys.is_empty() {
        // As the Terraform provider sends them.
        keys = parameters.texts("TagKey")?;
    }
    let all = parameters.boolean("All")?.unwrap_or(false);
    if keys.len() > limit::TAGS {
        return Err(ApiError::out_of_range("TagKeys", 1, 20));
    }
    if keys.is_empty() && !all {
        return Err(ApiError::missing("TagKeys"));
    }
    change(account, parameters, |held| {
        // Named keys win over `All`: the switch only says what no keys at all means.
        held.retain(|key, _| !keys.is_empty() && !keys.contains(key));
    })
}

/// Changes the tags of every resource that `parameters` name, or of none when one does not exist.
fn change(
    account: &mut Account,
    parameters: &Parameters,
    mut edit: impl FnMut(&mut Tags),
) -> Answer {
    let kind = Kind::of(parameters)?;
    let names = resource_names(parameters)?;
    if names.is_empty() {
        return Err(ApiError::missing("ResourceNames"));
    }
    for name in &names {
        tags_of(account, kind, name)?;
    }
    for name in &names {
        edit(tags_of(account, kind, name)?);
    }
    Ok(json!({}))
}

/// A bare list, unlike RAM's other lists.
pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let kind = Kind::of(parameters)?;
    let names = resource_names(parameters)?;
    let wanted = parameters.tag_pairs()?;
    let held: Vec<(&str, &Tags)> = match kind {
        Kind::Role => account
            .roles
            .iter()
            .map(|(name, role)| (name.as_str(), &role.tags))
            .collect(),
        Kind::Policy => account
            .policies
            .iter()
            .map(|(name, policy)| (name.as_str(), &policy.tags))
            .collect(),
    };
    let is_named = |name: &str| {
        names.is_empty() || names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    let entries = held
        .into_iter()
        .filter(|(name, tags)| is_named(name) && has_tags(tags, &wanted))
        .flat_map(|(name, tags)| {
            tags.iter().map(move |(key, value)| {
                let item = json!({
                    "ResourceType": kind.as_str(),
                    "ResourceName": name,
                    "TagKey": key,
                    "TagValue": value,
                });
                (format!("{}\n{key}", name.to_ascii_lowercase()), item)
            })
        });
    let page = paging::page(parameters, &TOKEN, entries)?;
    let mut answer = json!({ "TagResources": page.items });
    insert(&mut answer, "NextToken", page.marker);
    Ok(answer)
}

fn resource_names(parameters: &Parameters) -> Result<Vec<String>, ApiError> {
    let names = parameters.texts("ResourceNames")?;
    if names.len() > RESOURCES {
        return Err(ApiError::out_of_range("ResourceNames", 1, 50));
    }
    Ok(names)
}

fn tags_of<'a>(account: &'a mut Account, kind: Kind, name: &str) -> Result<&'a mut Tags, ApiError> {
    match kind {
        Kind::Role => RoleName::new(name)
            .ok()
            .and_then(|name| account.roles.get_mut(&name))
            .map(|role| &mut role.tags)
            .ok_or_else(ApiError::no_role),
        Kind::Policy => PolicyName::new(name)
            .ok()
            .and_then(|name| account.policies.get_mut(&name))
            .map(|policy| &mut policy.tags)
            .ok_or_else(ApiError::no_policy),
    }
}

/// As lists of roles and policies show them.
pub(super) fn shape(tags: &Tags) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| json!({ "TagKey": key, "TagValue": value }))
        .collect()
}
