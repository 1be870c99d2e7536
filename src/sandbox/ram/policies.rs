//! Policies: create, read, describe, delete, list. Custom ones can change, system ones only be read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::tags;
use super::validation;
use crate::cloud::rpc::signature::timestamp;
use crate::model::{PolicyName, PolicyRef, PolicyType, Tags, VersionId};
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging::{self, MARKER};
use crate::sandbox::rpc::parameters::{Parameters, has_tags};
use crate::sandbox::state::{Account, Attachment, CustomPolicy, SystemPolicy, Version};

pub(super) fn create(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = validation::policy_name(parameters)?;
    let document = validation::policy_document(parameters)?;
    let description = validation::description(parameters)?;
    let tags = validation::tags(parameters)?;
    if account.policies.contains_key(&name) {
        // The manual's message says "group"; it is kept, so that nobody relies on the text.
        let message = "The group does already EXIST.";
        return Err(ApiError::already_exists("Policy", message));
    }
    if account.policies.len() >= account.quota.policies {
        let message = "The count of policy beyond the current limits.";
        return Err(ApiError::limit_exceeded("Policy", message));
    }
    let first = VersionId::from_number(1);
    let version = Version {
        id: first,
        document,
        created: now,
    };
    let policy = CustomPolicy {
        name,
        description,
        created: now,
        updated: None,
        versions: BTreeMap::from([(first, version)]),
        default: first,
        last_version: first.number(),
        tags,
    };
    let answer = json!({ "Policy": {
        "PolicyName": policy.name.as_str(),
        "PolicyType": "Custom",
        "Description": policy.description,
        "DefaultVersion": first.to_string(),
        "CreateDate": timestamp(now),
    }});
    account.policies.insert(policy.name.clone(), policy);
    Ok(answer)
}

pub(super) fn get(account: &Account, parameters: &Parameters) -> Answer {
    let name = validation::policy_name(parameters)?;
    match validation::policy_type(parameters)? {
        PolicyType::Custom => {
            let policy = find(account, &name)?;
            Ok(json!({
                "Policy": custom(account, policy),
                "DefaultPolicyVersion": {
                    "VersionId": policy.default.to_string(),
                    "IsDefaultVersion": true,
                    "CreateDate": timestamp(default_created(policy)),
                    "PolicyDocument": policy.document(),
                },
            }))
        }
        PolicyType::System => {
            let found = account.system_policy(&name);
            let policy = found.ok_or_else(ApiError::no_policy)?;
            Ok(json!({
                "Policy": system(account, &policy),
                "DefaultPolicyVersion": {
                    "VersionId": policy.version.to_string(),
                    "IsDefaultVersion": true,
                    "CreateDate": timestamp(policy.created),
                    "PolicyDocument": policy.document,
                },
            }))
        }
    }
}

pub(super) fn update_description(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let name = validation::policy_name(parameters)?;
    let description = validation::new_description(parameters)?;
    let description = description.ok_or_else(|| ApiError::missing("NewDescription"))?;
    let policy = account.policies.get_mut(&name);
    let policy = policy.ok_or_else(ApiError::no_policy)?;
    policy.description = description;
    policy.updated = Some(now);
    Ok(json!({ "Policy": described(policy) }))
}

/// Nothing detaches it on the way; `CascadingDelete` takes the other versions with it.
pub(super) fn delete(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let name = validation::policy_name(parameters)?;
    let takes_versions = parameters.boolean("CascadingDelete")?.unwrap_or(false);
    let policy = find(account, &name)?;
    let meant = PolicyRef::custom(name.clone());
    // Any scope counts here: an attachment in a resource group would dangle too.
    let is_meant = |attachment: &Attachment| attachment.policy == meant;
    let users = account.users.values();
    if users.flat_map(|user| &user.attachments).any(is_meant) {
        let message = "The policy CAN NOT been attached to any user while deleting the policy.";
        return Err(ApiError::delete_conflict("Policy.User", message));
    }
    let roles = account.roles.values();
    if roles.flat_map(|role| &role.attachments).any(is_meant) {
        // Not in RAM's own list of codes; this is what ResourceManager documents for the same case.
        let message = "The policy cannot be attached to any role when you delete it.";
        return Err(ApiError::delete_conflict("Policy.Role", message));
    }
    if policy.versions.len() > 1 && !takes_versions {
        let message = "The policy CAN NOT has any version except the default version.";
        return Err(ApiError::delete_conflict("Policy.Version", message));
    }
    account.policies.remove(&name);
    Ok(json!({}))
}

/// Both types in one list, by type and name, unless `PolicyType` asks for one.
pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let only = match parameters.optional("PolicyType") {
        Some(_) => Some(validation::policy_type(parameters)?),
        None => None,
    };
    let wanted = parameters.tag_pairs()?;
    let mut entries = Vec::new();
    if only != Some(PolicyType::System) {
        for policy in account.policies.values() {
            if has_tags(&policy.tags, &wanted) {
                let item = listed(custom(account, policy), &policy.tags);
                entries.push((key("1", &policy.name), item));
            }
        }
    }
    if only != Some(PolicyType::Custom) && wanted.is_empty() {
        for (name, policy) in account.all_system_policies() {
            let item = listed(system(account, &policy), &Tags::new());
            entries.push((key("2", &name), item));
        }
    }
    let page = paging::page(parameters, &MARKER, entries.into_iter())?;
    let mut answer = json!({
        "IsTruncated": page.marker.is_some(),
        "Policies": { "Policy": page.items },
    });
    insert(&mut answer, "Marker", page.marker);
    Ok(answer)
}

fn key(kind: &str, name: &PolicyName) -> String {
    format!("{kind}/{}", name.as_str().to_ascii_lowercase())
}

fn listed(mut policy: Value, tags: &Tags) -> Value {
    let tags = json!({ "Tag": tags::shape(tags) });
    insert(&mut policy, "Tags", Some(tags));
    policy
}

pub(super) fn find<'a>(
    account: &'a Account,
    name: &PolicyName,
) -> Result<&'a CustomPolicy, ApiError> {
    account.policies.get(name).ok_or_else(ApiError::no_policy)
}

fn default_created(policy: &CustomPolicy) -> Timestamp {
    policy
        .versions
        .get(&policy.default)
        .map_or(policy.created, |version| version.created)
}

fn custom(account: &Account, policy: &CustomPolicy) -> Value {
    let mut answer = described(policy);
    let count = account.attachment_count(&PolicyRef::custom(policy.name.clone()));
    insert(&mut answer, "AttachmentCount", Some(count));
    answer
}

/// Without the count of attachments, which `UpdatePolicyDescription` does not tell.
fn described(policy: &CustomPolicy) -> Value {
    json!({
        "PolicyName": policy.name.as_str(),
        "PolicyType": "Custom",
        "Description": policy.description,
        "DefaultVersion": policy.default.to_string(),
        "CreateDate": timestamp(policy.created),
        "UpdateDate": timestamp(policy.updated()),
    })
}

fn system(account: &Account, policy: &SystemPolicy) -> Value {
    json!({
        "PolicyName": policy.name.as_str(),
        "PolicyType": "System",
        "Description": policy.description,
        "DefaultVersion": policy.version.to_string(),
        "CreateDate": timestamp(policy.created),
        "UpdateDate": timestamp(policy.created),
        "AttachmentCount": account.attachment_count(&PolicyRef::system(policy.name.clone())),
    })
}
