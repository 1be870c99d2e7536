//! Which policies are on which roles and users.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, policies, roles, users};
use crate::model::{PolicyName, PolicyType};
use crate::ram::signature::timestamp;
use crate::sandbox::checks;
use crate::sandbox::parameters::Parameters;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::state::{Account, Attachment};

pub(super) fn attach_to_role(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let role_name = checks::role_name(parameters)?;
    let attachment = attachment(account, parameters, now)?;
    let quota = match attachment.policy_type {
        PolicyType::Custom => account.quota.custom_policies_per_role,
        PolicyType::System => account.quota.system_policies_per_role,
    };
    let role = account.roles.get_mut(&role_name);
    let role = role.ok_or_else(Refusal::no_role)?;
    if role.is_service_linked {
        return Err(Refusal::service_linked());
    }
    if role
        .attachments
        .iter()
        .any(|held| is_same(held, &attachment))
    {
        // Modelled on the documented message of `EntityAlreadyExists.Group.Policy`.
        let message = "The role has already been attached this policy.";
        return Err(Refusal::already_exists("Role.Policy", message));
    }
    // Account and resource-group scope, system and custom, are each counted apart.
    let alike = |held: &&Attachment| {
        held.policy_type == attachment.policy_type
            && held.resource_group == attachment.resource_group
    };
    if role.attachments.iter().filter(alike).count() >= quota {
        let message = "The count of policies attached to the role beyond the current limits.";
        return Err(Refusal::limit_exceeded("Role.Policy", message));
    }
    role.attachments.push(attachment);
    Ok(json!({}))
}

pub(super) fn detach_from_role(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let role_name = checks::role_name(parameters)?;
    let attachment = attachment(account, parameters, now)?;
    let role = account.roles.get_mut(&role_name);
    let role = role.ok_or_else(Refusal::no_role)?;
    if role.is_service_linked {
        return Err(Refusal::service_linked());
    }
    let place = role
        .attachments
        .iter()
        .position(|held| is_same(held, &attachment));
    let place = place.ok_or_else(Refusal::not_attached_to_role)?;
    role.attachments.remove(place);
    Ok(json!({}))
}

pub(super) fn attach_to_user(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let attachment = attachment(account, parameters, now)?;
    let user = users::find_mut(account, parameters)?;
    if user
        .attachments
        .iter()
        .any(|held| is_same(held, &attachment))
    {
        let message = "The user has already been attached this policy.";
        return Err(Refusal::already_exists("User.Policy", message));
    }
    user.attachments.push(attachment);
    Ok(json!({}))
}

pub(super) fn detach_from_user(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let attachment = attachment(account, parameters, now)?;
    let user = users::find_mut(account, parameters)?;
    let place = user
        .attachments
        .iter()
        .position(|held| is_same(held, &attachment));
    let place = place.ok_or_else(Refusal::not_attached_to_user)?;
    user.attachments.remove(place);
    Ok(json!({}))
}

/// At account scope only: whether RAM shows those of resource groups here is not known.
pub(super) fn list_for_role(account: &Account, parameters: &Parameters) -> Answer {
    let name = checks::role_name(parameters)?;
    let (_, role) = roles::find(account, &name)?;
    Ok(json!({ "Policies": { "Policy": listed(account, &role.attachments) } }))
}

pub(super) fn list_for_user(account: &Account, parameters: &Parameters) -> Answer {
    let user = users::find(account, parameters)?;
    Ok(json!({ "Policies": { "Policy": listed(account, &user.attachments) } }))
}

pub(super) fn list_entities(account: &Account, parameters: &Parameters) -> Answer {
    let (policy_type, policy) = existing_policy(account, parameters)?;
    let held = |attachments: &[Attachment]| {
        attachments
            .iter()
            .find(|attachment| attachment.is_of(policy_type, &policy))
            .map(|attachment| timestamp(attachment.attached))
    };
    let roles = account.roles.iter().filter_map(|(name, role)| {
        Some(json!({
            "RoleId": role.id,
            "RoleName": name.as_str(),
            "Arn": account.role_arn(name),
            "Description": role.description,
            "AttachDate": held(&role.attachments)?,
        }))
    });
    let users = account.users.values().filter_map(|user| {
        Some(json!({
            "UserId": user.id,
            "UserName": user.name,
            "DisplayName": user.display_name,
            "AttachDate": held(&user.attachments)?,
        }))
    });
    Ok(json!({
        "Roles": { "Role": roles.collect::<Vec<_>>() },
        "Users": { "User": users.collect::<Vec<_>>() },
        "Groups": { "Group": [] },
    }))
}

/// The attachment that the parameters describe, of a policy that exists, in its own spelling.
fn attachment(
    account: &Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Attachment, Refusal> {
    let (policy_type, policy) = existing_policy(account, parameters)?;
    Ok(Attachment {
        policy_type,
        policy,
        attached: now,
        resource_group: parameters.optional("ResourceGroupId").map(str::to_owned),
    })
}

fn existing_policy(
    account: &Account,
    parameters: &Parameters,
) -> Result<(PolicyType, PolicyName), Refusal> {
    let policy_type = checks::policy_type(parameters)?;
    let name = checks::policy_name(parameters)?;
    let name = match policy_type {
        PolicyType::Custom => policies::find(account, &name)?.0.clone(),
        PolicyType::System => {
            let found = account.system_policy(&name);
            found.ok_or_else(Refusal::no_policy)?.0
        }
    };
    Ok((policy_type, name))
}

fn is_same(held: &Attachment, other: &Attachment) -> bool {
    held.policy_type == other.policy_type
        && held.policy == other.policy
        && held.resource_group == other.resource_group
}

fn listed(account: &Account, attachments: &[Attachment]) -> Vec<Value> {
    attachments
        .iter()
        .filter(|attachment| attachment.resource_group.is_none())
        .map(|attachment| {
            let name = &attachment.policy;
            let custom = || {
                let policy = account.policies.get(name)?;
                Some((policy.description.clone(), policy.default))
            };
            let system = || {
                let (_, policy) = account.system_policy(name)?;
                Some((policy.description, policy.version))
            };
            let found = match attachment.policy_type {
                PolicyType::Custom => custom(),
                PolicyType::System => system(),
            };
            let (description, version) = found.unzip();
            json!({
                "PolicyName": name.as_str(),
                "PolicyType": attachment.policy_type.as_str(),
                "Description": description.unwrap_or_default(),
                "DefaultVersion": version.map(|version| version.to_string()).unwrap_or_default(),
                "AttachDate": timestamp(attachment.attached),
            })
        })
        .collect()
}
