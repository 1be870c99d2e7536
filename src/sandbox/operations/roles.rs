//! Roles: create, read, change, delete, list.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Answer;
use crate::model::{RoleName, limit};
use crate::ram::signature::timestamp;
use crate::sandbox::checks;
use crate::sandbox::operations::tags;
use crate::sandbox::paging::{self, MARKER};
use crate::sandbox::parameters::Parameters;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::state::{Account, Role};

pub(super) fn create(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = checks::role_name(parameters)?;
    let trust = parameters.required("AssumeRolePolicyDocument")?;
    let trust = checks::trust_document(trust, "AssumeRolePolicyDocument")?;
    let description = checks::description(parameters)?;
    let duration = checks::session_duration(parameters, "MaxSessionDuration")?;
    let tags = checks::tags(parameters)?;
    let allow_console_login = parameters.boolean("AllowConsoleLogin")?.unwrap_or(true);
    if account.roles.contains_key(&name) {
        let message = "The role does already EXIST.";
        return Err(Refusal::already_exists("Role", message));
    }
    if account.roles.len() >= account.quota.roles {
        let message = "The count of roles beyond the current limits.";
        return Err(Refusal::limit_exceeded("Role", message));
    }
    let role = Role {
        id: account.next_id(),
        description,
        trust,
        max_session_duration: duration.unwrap_or(limit::MIN_SESSION_DURATION),
        allow_console_login,
        is_service_linked: false,
        created: now,
        updated: now,
        tags,
        attachments: Vec::new(),
    };
    let answer = json!({ "Role": shape(account, &name, &role, Shape::Created) });
    account.roles.insert(name, role);
    Ok(answer)
}

pub(super) fn get(account: &Account, parameters: &Parameters) -> Answer {
    let name = checks::role_name(parameters)?;
    let (name, role) = find(account, &name)?;
    Ok(json!({ "Role": shape(account, name, role, Shape::Got) }))
}

/// What is left out keeps its value.
pub(super) fn update(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = checks::role_name(parameters)?;
    let trust = parameters
        .optional("NewAssumeRolePolicyDocument")
        .map(|text| checks::trust_document(text, "NewAssumeRolePolicyDocument"))
        .transpose()?;
    let description = checks::new_description(parameters)?;
    let duration = checks::session_duration(parameters, "NewMaxSessionDuration")?;
    let allow_console_login = parameters.boolean("NewAllowConsoleLogin")?;
    let role = account.roles.get_mut(&name).ok_or_else(Refusal::no_role)?;
    if role.is_service_linked {
        return Err(Refusal::service_linked());
    }
    role.trust = trust.unwrap_or_else(|| role.trust.clone());
    role.description = description.unwrap_or_else(|| role.description.clone());
    role.max_session_duration = duration.unwrap_or(role.max_session_duration);
    role.allow_console_login = allow_console_login.unwrap_or(role.allow_console_login);
    role.updated = now;
    let (name, role) = find(account, &name)?;
    Ok(json!({ "Role": shape(account, name, role, Shape::Updated) }))
}

pub(super) fn delete(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let name = checks::role_name(parameters)?;
    let (_, role) = find(account, &name)?;
    if role.is_service_linked {
        return Err(Refusal::service_linked());
    }
    if !role.attachments.is_empty() {
        let message = "The role CAN NOT has any attached policy while deleting the role.";
        return Err(Refusal::delete_conflict("Role.Policy", message));
    }
    account.roles.remove(&name);
    Ok(json!({}))
}

pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let wanted = parameters.tag_pairs()?;
    let entries = account
        .roles
        .iter()
        .filter(|(_, role)| tags::matches(&role.tags, &wanted))
        .map(|(name, role)| {
            let key = name.as_str().to_ascii_lowercase();
            (key, shape(account, name, role, Shape::Listed))
        });
    let page = paging::page(parameters, &MARKER, entries)?;
    let mut answer = json!({
        "IsTruncated": page.marker.is_some(),
        "Roles": { "Role": page.items },
    });
    super::insert(&mut answer, "Marker", page.marker);
    Ok(answer)
}

pub(super) fn find<'a>(
    account: &'a Account,
    name: &RoleName,
) -> Result<(&'a RoleName, &'a Role), Refusal> {
    account
        .roles
        .get_key_value(name)
        .ok_or_else(Refusal::no_role)
}

/// Which members a role has differs from operation to operation. Source: SDK models, RAM 1.3.0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Created,
    Got,
    Updated,
    Listed,
}

fn shape(account: &Account, name: &RoleName, role: &Role, shape: Shape) -> Value {
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
        super::insert(&mut answer, "AssumeRolePolicyDocument", trust);
    }
    if shape != Shape::Created {
        super::insert(&mut answer, "UpdateDate", Some(timestamp(role.updated)));
    }
    if shape == Shape::Listed {
        let tags = tags::shape(&role.tags);
        super::insert(&mut answer, "Tags", Some(json!({ "Tag": tags })));
    }
    if shape == Shape::Got {
        let principal = format!("{name}@role.{}.onaliyunservice.com", account.id);
        super::insert(&mut answer, "RolePrincipalName", Some(principal));
        let linked = Some(role.is_service_linked);
        super::insert(&mut answer, "IsServiceLinkedRole", linked);
    }
    answer
}
