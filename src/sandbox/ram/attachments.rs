//! Which policies are on which roles and users.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::validation;
use super::{policies, roles, users};
use crate::model::{PolicyRef, PolicyType};
use crate::ram::signature::timestamp;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Attachment};

pub(super) fn attach_to_role(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let role_name = validation::role_name(parameters)?;
    let attachment = attachment(account, parameters, now)?;
    let quota = match attachment.policy.policy_type {
        PolicyType::Custom => account.quota.custom_policies_per_role,
        PolicyType::System => account.quota.system_policies_per_role,
    };
    let role = account.roles.get_mut(&role_name);
    let role = role.ok_or_else(ApiError::no_role)?;
    if role.is_service_linked {
        return Err(ApiError::service_linked());
    }
    if role
        .attachments
        .iter()
        .any(|held| held.is_same(&attachment))
    {
        // Modelled on the documented message of `EntityAlreadyExists.Group.Policy`.
        let message = "The role has already been attached this policy.";
        return Err(ApiError::already_exists("Role.Policy", message));
    }
    // Account and resource-group scope, system and custom, are each counted apart.
    let alike = |held: &&Attachment| {
        held.policy.policy_type == attachment.policy.policy_type
            && held.resource_group == attachment.resource_group
    };
    if role.attachments.iter().filter(alike).count() >= quota {
        let message = "The count of policies attached to the role beyond the current limits.";
        return Err(ApiError::limit_exceeded("Role.Policy", message));
    }
    role.attachments.push(attachment);
    Ok(json!({}))
}

pub(super) fn detach_from_role(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let role_name = validation::role_name(parameters)?;
    let attachment = attachment(account, parameters, now)?;
    let role = account.roles.get_mut(&role_name);
    let role = role.ok_or_else(ApiError::no_role)?;
    if role.is_service_linked {
        return Err(ApiError::service_linked());
    }
    let place = role
        .attachments
        .iter()
        .position(|held| held.is_same(&attachment));
    let place = place.ok_or_else(ApiError::not_attached_to_role)?;
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
        .any(|held| held.is_same(&attachment))
    {
        let message = "The user has already been attached this policy.";
        return Err(ApiError::already_exists("User.Policy", message));
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
        .position(|held| held.is_same(&attachment));
    let place = place.ok_or_else(ApiError::not_attached_to_user)?;
    user.attachments.remove(place);
    Ok(json!({}))
}

/// At account scope only: whether RAM shows those of resource groups here is not known.
pub(super) fn list_for_role(account: &Account, parameters: &Parameters) -> Answer {
    let name = validation::role_name(parameters)?;
    let role = roles::find(account, &name)?;
    Ok(json!({ "Policies": { "Policy": listed(account, &role.attachments) } }))
}

pub(super) fn list_for_user(account: &Account, parameters: &Parameters) -> Answer {
    let user = users::find(account, parameters)?;
    Ok(json!({ "Policies": { "Policy": listed(account, &user.attachments) } }))
}

pub(super) fn list_entities(account: &Account, parameters: &Parameters) -> Answer {
    let policy = existing_policy(account, parameters)?;
    let held = |attachments: &[Attachment]| {
        attachments
            .iter()
            .find(|attachment| attachment.is_of(&policy))
            .map(|attachment| timestamp(attachment.attached))
    };
    let roles = account.roles.values().filter_map(|role| {
        Some(json!({
            "RoleId": role.id,
            "RoleName": role.name.as_str(),
            "Arn": account.role_arn(&role.name),
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
) -> Result<Attachment, ApiError> {
    Ok(Attachment {
        policy: existing_policy(account, parameters)?,
        attached: now,
        resource_group: parameters.optional("ResourceGroupId").map(str::to_owned),
    })
}

fn existing_policy(account: &Account, parameters: &Parameters) -> Result<PolicyRef, ApiError> {
    let policy_type = validation::policy_type(parameters)?;
    let name = validation::policy_name(parameters)?;
    let name = match policy_type {
        PolicyType::Custom => policies::find(account, &name)?.name.clone(),
        PolicyType::System => {
            let found = account.system_policy(&name);
            found.ok_or_else(ApiError::no_policy)?.name
        }
    };
    Ok(PolicyRef { policy_type, name })
}

fn listed(account: &Account, attachments: &[Attachment]) -> Vec<Value> {
    attachments
        .iter()
        .filter(|attachment| attachment.resource_group.is_none())
        .map(|attachment| {
            let PolicyRef { policy_type, name } = &attachment.policy;
            let custom = || {
                let policy = account.policies.get(name)?;
                Some((policy.description.clone(), policy.default))
            };
            let system = || {
                let policy = account.system_policy(name)?;
                Some((policy.description, policy.version))
            };
            let found = match policy_type {
                PolicyType::Custom => custom(),
                PolicyType::System => system(),
            };
            let (description, version) = found.unzip();
            json!({
                "PolicyName": name.as_str(),
                "PolicyType": policy_type.as_str(),
                "Description": description.unwrap_or_default(),
                "DefaultVersion": version.map(|version| version.to_string()).unwrap_or_default(),
                "AttachDate": timestamp(attachment.attached),
            })
        })
        .collect()
}
