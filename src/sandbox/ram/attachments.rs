//! Which policies are on which roles and users.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::validation;
use super::{policies, roles, users};
use crate::cloud::rpc::signature::timestamp;
use crate::model::{PolicyRef, PolicyType, RoleName};
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Attachment, Role};

pub(super) fn attach_to_role(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let name = validation::role_name(parameters)?;
    let attachment = read(account, parameters, now)?;
    attach_role(account, &name, attachment)
}

pub(super) fn detach_from_role(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let name = validation::role_name(parameters)?;
    let attachment = read(account, parameters, now)?;
    detach_role(account, &name, &attachment)
}

pub(super) fn attach_to_user(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let name = validation::user_name(parameters)?;
    let attachment = read(account, parameters, now)?;
    attach_user(account, name, attachment)
}

pub(super) fn detach_from_user(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let name = validation::user_name(parameters)?;
    let attachment = read(account, parameters, now)?;
    detach_user(account, name, &attachment)
}

pub(crate) fn attach_role(
    account: &mut Account,
    name: &RoleName,
    attachment: Attachment,
) -> Answer {
    let quota = match attachment.policy.policy_type {
        PolicyType::Custom => account.quota.custom_policies_per_role,
        PolicyType::System => account.quota.system_policies_per_role,
    };
    let role = changeable_role(account, name)?;
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

pub(crate) fn detach_role(
    account: &mut Account,
    name: &RoleName,
    attachment: &Attachment,
) -> Answer {
    let role = changeable_role(account, name)?;
    let mut held = role.attachments.iter();
    let place = held.position(|held| held.is_same(attachment));
    let place = place.ok_or_else(ApiError::not_attached_to_role)?;
    role.attachments.remove(place);
    Ok(json!({}))
}

fn changeable_role<'a>(
    account: &'a mut Account,
    name: &RoleName,
) -> Result<&'a mut Role, ApiError> {
    let role = account.roles.get_mut(name).ok_or_else(ApiError::no_role)?;
    if role.is_service_linked {
        return Err(ApiError::service_linked());
    }
    Ok(role)
}

pub(crate) fn attach_user(account: &mut Account, name: &str, attachment: Attachment) -> Answer {
    let user = users::find_mut(account, name)?;
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

pub(crate) fn detach_user(account: &mut Account, name: &str, attachment: &Attachment) -> Answer {
    let user = users::find_mut(account, name)?;
    let mut held = user.attachments.iter();
    let place = held.position(|held| held.is_same(attachment));
    let place = place.ok_or_else(ApiError::not_attached_to_user)?;
    user.attachments.remove(place);
    Ok(json!({}))
}

/// At account scope only. Source: ResourceManager's `ListPolicyAttachments` is the call that shows the others.
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
pub(crate) fn read(
    account: &Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Attachment, ApiError> {
    let policy = existing_policy(account, parameters)?;
    let group = parameters.optional("ResourceGroupId");
    // The sandbox keeps no list of groups: any id of their form is one.
    let is_scope = |id: &str| id.starts_with("rg-") || id == account.id.as_str();
    if group.is_some_and(|id| !is_scope(id)) {
        let message =
            "The specified resource group does not exist. You must first create a resource group.";
        return Err(ApiError::new(404, "EntityNotExists.ResourceGroup", message));
    }
    Ok(Attachment {
        policy,
        attached: now,
        // The account's own id stands for the whole account.
        resource_group: group
            .filter(|id| *id != account.id.as_str())
            .map(str::to_owned),
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
            let version = match policy_type {
                PolicyType::Custom => account.policies.get(name).map(|policy| policy.default),
                PolicyType::System => account.system_policy(name).map(|policy| policy.version),
            };
            json!({
                "PolicyName": name.as_str(),
                "PolicyType": policy_type.as_str(),
                "Description": account.policy_description(&attachment.policy),
                "DefaultVersion": version.map(|version| version.to_string()).unwrap_or_default(),
                "AttachDate": timestamp(attachment.attached),
            })
        })
        .collect()
}
