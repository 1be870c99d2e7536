//! Roles: create, read, change, delete, list.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::tags;
use super::validation;
use crate::cloud::rpc::signature::timestamp;
use crate::model::{RoleName, limit};
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging::{self, MARKER};
use crate::sandbox::rpc::parameters::{Parameters, has_tags};
use crate::sandbox::state::{Account, Role};

pub(super) fn create(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = validation::role_name(parameters)?;
    let trust = parameters.required("AssumeRolePolicyDocument")?;
    let trust = validation::trust_document(trust, "AssumeRolePolicyDocument")?;
    let description = validation::description(parameters)?;
    let duration = validation::session_duration(parameters, "MaxSessionDuration")?;
    let tags = validation::tags(parameters)?;
    let allow_console_login = parameters.boolean("AllowConsoleLogin")?.unwrap_or(true);
    if account.roles.contains_key(&name) {
        let message = "The role does already EXIST.";
        return Err(ApiError::already_exists("Role", message));
    }
    if account.roles.len() >= account.quota.roles {
        let message = "The count of roles beyond the current limits.";
        return Err(ApiError::limit_exceeded("Role", message));
    }
    let role = Role {
        name,
        id: account.next_id(),
        description,
        trust,
        max_session_duration: duration.unwrap_or(limit::MIN_SESSION_DURATION),
        allow_console_login,
        is_service_linked: false,
        created: now,
        updated: None,
        tags,
        attachments: Vec::new(),
    };
    let answer = json!({ "Role": shape(account, &role, Shape::Created) });
    account.roles.insert(role.name.clone(), role);
    Ok(answer)
}

pub(super) fn get(account: &Account, parameters: &Parameters) -> Answer {
    let name = validation::role_name(parameters)?;
    let role = find(account, &name)?;
    Ok(json!({ "Role": shape(account, role, Shape::Got) }))
}

/// What is left out keeps its value.
pub(super) fn update(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = validation::role_name(parameters)?;
    let trust = parameters
        .optional("NewAssumeRolePolicyDocument")
        .map(|text| validation::trust_document(text, "NewAssumeRolePolicyDocument"))
        .transpose()?;
    let description = validation::new_description(parameters)?;
    let duration = validation::session_duration(parameters, "NewMaxSessionDuration")?;
    let allow_console_login = parameters.boolean("NewAllowConsoleLogin")?;
    let role = account.roles.get_mut(&name).ok_or_else(ApiError::no_role)?;
    if role.is_service_linked {
        return Err(ApiError::service_linked());
    }
    role.trust = trust.unwrap_or_else(|| role.trust.clone());
    role.description = description.unwrap_or_else(|| role.description.clone());
    role.max_session_duration = duration.unwrap_or(role.max_session_duration);
    role.allow_console_login = allow_console_login.unwrap_or(role.allow_console_login);
    role.updated = Some(now);
    let role = find(account, &name)?;
    Ok(json!({ "Role": shape(account, role, Shape::Updated) }))
}

pub(super) fn delete(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let name = validation::role_name(parameters)?;
    let role = find(account, &name)?;
    if role.is_service_linked {
        return Err(ApiError::service_linked());
    }
    if !role.attachments.is_empty() {
        let message = "The role CAN NOT has any attached policy while deleting the role.";
        return Err(ApiError::delete_conflict("Role.Policy", message));
    }
    account.roles.remove(&name);
    Ok(json!({}))
}

pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let wanted = parameters.tag_pairs()?;
    let entries = account
        .roles
        .values()
        .filter(|role| has_tags(&role.tags, &wanted))
        .map(|role| {
            let key = role.name.as_str().to_ascii_lowercase();
            (key, shape(account, role, Shape::Listed))
        });
    let page = paging::page(parameters, &MARKER, entries)?;
    let mut answer = json!({
        "IsTruncated": page.marker.is_some(),
        "Roles": { "Role": page.items },
    });
    insert(&mut answer, "Marker", page.marker);
    Ok(answer)
}

pub(super) fn find<'a>(account: &'a Account, name: &RoleName) -> Result<&'a Role, ApiError> {
    account.roles.get(name).ok_or_else(ApiError::no_role)
}

/// Which members a role has differs from operation to operation. Source: SDK models, RAM 1.3.0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Created,
    Got,
    Updated,
    Listed,
}

fn shape(account: &Account, role: &Role, shape: Shape) -> Value {
    let name = &role.name;
    let mut answer = json!({
        "RoleId": role.id,
        "RoleName": name.as_str(),
        "Arn": account.role_arn(name),
        "Description": role.description,
        "CreateDate": timestamp(role.created),
        "MaxSessionDuration": role.max_session_duration,
        "AllowConsoleLogin": role.allow_console_login,
    });
    if shape != Shape::Listed {
        let trust = Some(role.trust.clone());
        insert(&mut answer, "AssumeRolePolicyDocument", trust);
    }
    if shape != Shape::Created {
        insert(&mut answer, "UpdateDate", Some(timestamp(role.updated())));
    }
    if shape == Shape::Listed {
        let tags = tags::shape(&role.tags);
        insert(&mut answer, "Tags", Some(json!({ "Tag": tags })));
    }
    if shape == Shape::Got {
        let principal = format!("{name}@role.{}.onaliyunservice.com", account.id);
        insert(&mut answer, "RolePrincipalName", Some(principal));
        let linked = Some(role.is_service_linked);
        insert(&mut answer, "IsServiceLinkedRole", linked);
    }
    answer
}
