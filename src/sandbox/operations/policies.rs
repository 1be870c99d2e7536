//! Policies: create, read, describe, delete, list. Custom ones can change, system ones only be read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Answer;
use crate::model::{PolicyName, PolicyType, Tags, VersionId};
use crate::ram::signature::timestamp;
use crate::sandbox::checks;
use crate::sandbox::operations::tags;
use crate::sandbox::paging::{self, MARKER};
use crate::sandbox::parameters::Parameters;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::state::{Account, CustomPolicy, SystemPolicy, Version};

pub(super) fn create(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = checks::policy_name(parameters)?;
    let document = checks::policy_document(parameters)?;
    let description = checks::description(parameters)?;
    let tags = checks::tags(parameters)?;
    if account.policies.contains_key(&name) {
        // The manual's message says "group"; it is kept, so that nobody relies on the text.
        let message = "The group does already EXIST.";
        return Err(Refusal::already_exists("Policy", message));
    }
    if account.policies.len() >= account.quota.policies {
        let message = "The count of policy beyond the current limits.";
        return Err(Refusal::limit_exceeded("Policy", message));
    }
    let first = VersionId::from_number(1);
    let version = Version {
        document,
        created: now,
    };
    let policy = CustomPolicy {
        description,
        created: now,
        updated: now,
        versions: BTreeMap::from([(first, version)]),
        default: first,
        last_version: first.number(),
        tags,
    };
    let answer = json!({ "Policy": {
        "PolicyName": name.as_str(),
        "PolicyType": "Custom",
        "Description": policy.description,
        "DefaultVersion": first.to_string(),
        "CreateDate": timestamp(now),
    }});
    account.policies.insert(name, policy);
    Ok(answer)
}

pub(super) fn get(account: &Account, parameters: &Parameters) -> Answer {
    let name = checks::policy_name(parameters)?;
    match checks::policy_type(parameters)? {
        PolicyType::Custom => {
            let (name, policy) = find(account, &name)?;
            Ok(json!({
                "Policy": custom(account, name, policy),
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
            let (name, policy) = found.ok_or_else(Refusal::no_policy)?;
            Ok(json!({
                "Policy": system(account, &name, &policy),
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
    let name = checks::policy_name(parameters)?;
    let description = checks::new_description(parameters)?;
    let description = description.ok_or_else(|| Refusal::missing("NewDescription"))?;
    let policy = account.policies.get_mut(&name);
    let policy = policy.ok_or_else(Refusal::no_policy)?;
    policy.description = description;
    policy.updated = now;
    let (name, policy) = find(account, &name)?;
    Ok(json!({ "Policy": custom(account, name, policy) }))
}

/// Nothing detaches it on the way; `CascadingDelete` takes the other versions with it.
pub(super) fn delete(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let name = checks::policy_name(parameters)?;
    let takes_versions = parameters.boolean("CascadingDelete")?.unwrap_or(false);
    let (_, policy) = find(account, &name)?;
    // Any scope counts here: an attachment in a resource group would dangle too.
    let is_meant = |attachment: &crate::sandbox::state::Attachment| {
        attachment.policy_type == PolicyType::Custom && attachment.policy == name
    };
    let users = account.users.values();
    if users.flat_map(|user| &user.attachments).any(is_meant) {
        let message = "The policy CAN NOT been attached to any user while deleting the policy.";
        return Err(Refusal::delete_conflict("Policy.User", message));
    }
    let roles = account.roles.values();
    if roles.flat_map(|role| &role.attachments).any(is_meant) {
        // Not in RAM's own list of codes; this is what ResourceManager documents for the same case.
        let message = "The policy cannot be attached to any role when you delete it.";
        return Err(Refusal::delete_conflict("Policy.Role", message));
    }
    if policy.versions.len() > 1 && !takes_versions {
        let message = "The policy CAN NOT has any version except the default version.";
        return Err(Refusal::delete_conflict("Policy.Version", message));
    }
    account.policies.remove(&name);
    Ok(json!({}))
}

/// Both types in one list, by type and name, unless `PolicyType` asks for one.
pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let only = match parameters.optional("PolicyType") {
        Some(_) => Some(checks::policy_type(parameters)?),
        None => None,
    };
    let wanted = parameters.tag_pairs()?;
    let mut entries = Vec::new();
    if only != Some(PolicyType::System) {
        for (name, policy) in &account.policies {
            if tags::matches(&policy.tags, &wanted) {
                let item = listed(custom(account, name, policy), &policy.tags);
                entries.push((key("1", name), item));
            }
        }
    }
    if only != Some(PolicyType::Custom) && wanted.is_empty() {
        for (name, policy) in account.all_system_policies() {
            let item = listed(system(account, &name, &policy), &Tags::new());
            entries.push((key("2", &name), item));
        }
    }
    let page = paging::page(parameters, &MARKER, entries.into_iter())?;
    let mut answer = json!({
        "IsTruncated": page.marker.is_some(),
        "Policies": { "Policy": page.items },
    });
    super::insert(&mut answer, "Marker", page.marker);
    Ok(answer)
}

fn key(kind: &str, name: &PolicyName) -> String {
    format!("{kind}/{}", name.as_str().to_ascii_lowercase())
}

fn listed(mut policy: Value, tags: &Tags) -> Value {
    let tags = json!({ "Tag": tags::shape(tags) });
    super::insert(&mut policy, "Tags", Some(tags));
    policy
}

pub(super) fn find<'a>(
    account: &'a Account,
    name: &PolicyName,
) -> Result<(&'a PolicyName, &'a CustomPolicy), Refusal> {
    account
        .policies
        .get_key_value(name)
        .ok_or_else(Refusal::no_policy)
}

fn default_created(policy: &CustomPolicy) -> Timestamp {
    policy
        .versions
        .get(&policy.default)
        .map_or(policy.created, |version| version.created)
}

fn custom(account: &Account, name: &PolicyName, policy: &CustomPolicy) -> Value {
    json!({
        "PolicyName": name.as_str(),
        "PolicyType": "Custom",
        "Description": policy.description,
        "DefaultVersion": policy.default.to_string(),
        "CreateDate": timestamp(policy.created),
        "UpdateDate": timestamp(policy.updated),
        "AttachmentCount": account.attachment_count(PolicyType::Custom, name),
    })
}

fn system(account: &Account, name: &PolicyName, policy: &SystemPolicy) -> Value {
    json!({
        "PolicyName": name.as_str(),
        "PolicyType": "System",
        "Description": policy.description,
        "DefaultVersion": policy.version.to_string(),
        "CreateDate": timestamp(policy.created),
        "UpdateDate": timestamp(policy.created),
        "AttachmentCount": account.attachment_count(PolicyType::System, name),
    })
}
