//! Versions of policies: five at most, numbers never used again, one in force.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::policies;
use super::validation;
use crate::cloud::rpc::signature::timestamp;
use crate::model::{PolicyType, VersionId, limit};
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, CustomPolicy, Version};

/// `RotateStrategy` that makes room by itself. Source: RAM, `CreatePolicyVersion`.
const ROTATE: &str = "DeleteOldestNonDefaultVersionWhenLimitExceeded";

pub(super) fn create(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = validation::policy_name(parameters)?;
    let document = validation::policy_document(parameters)?;
    let becomes_default = parameters.boolean("SetAsDefault")?.unwrap_or(false);
    let rotates = match parameters.optional("RotateStrategy") {
        None | Some("None") => false,
        Some(ROTATE) => true,
        Some(_) => return Err(ApiError::incorrect("RotateStrategy")),
    };
    let policy = account.policies.get_mut(&name);
    let policy = policy.ok_or_else(ApiError::no_policy)?;
    if policy.versions.len() >= limit::POLICY_VERSIONS {
        if !rotates {
            let message = "The count of policy version beyond the current limits.";
            return Err(ApiError::limit_exceeded("Policy.Version", message));
        }
        let default = policy.default;
        let oldest = policy.versions.keys().find(|id| **id != default).copied();
        if let Some(oldest) = oldest {
            policy.versions.remove(&oldest);
        }
    }
    policy.last_version += 1;
    let id = VersionId::from_number(policy.last_version);
    let version = Version {
        id,
        document,
        created: now,
    };
    if becomes_default {
        policy.default = id;
    }
    policy.updated = Some(now);
    let answer = json!({ "PolicyVersion": shape(&version, policy.default) });
    policy.versions.insert(id, version);
    Ok(answer)
}

pub(super) fn get(account: &Account, parameters: &Parameters) -> Answer {
    let id = validation::version_id(parameters)?;
    let versions = all(account, parameters)?;
    let wanted = Value::from(id.to_string());
    versions
        .into_iter()
        .find(|version| version.get("VersionId") == Some(&wanted))
        .map(|version| json!({ "PolicyVersion": version }))
        .ok_or_else(ApiError::no_policy_version)
}

pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let versions = all(account, parameters)?;
    Ok(json!({ "PolicyVersions": { "PolicyVersion": versions } }))
}

pub(super) fn set_default(
    account: &mut Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let (policy, id) = custom_version(account, parameters)?;
    policy.default = id;
    policy.updated = Some(now);
    Ok(json!({}))
}

pub(super) fn delete(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let (policy, id) = custom_version(account, parameters)?;
    if policy.default == id {
        let message = "The default policy version CAN NOT been deleted directly.";
        return Err(ApiError::delete_conflict("Policy.Version.Default", message));
    }
    policy.versions.remove(&id);
    policy.updated = Some(now);
    Ok(json!({}))
}

/// The custom policy and the number of one of its versions.
fn custom_version<'a>(
    account: &'a mut Account,
    parameters: &Parameters,
) -> Result<(&'a mut CustomPolicy, VersionId), ApiError> {
    let name = validation::policy_name(parameters)?;
    let id = validation::version_id(parameters)?;
    let policy = account.policies.get_mut(&name);
    let policy = policy.ok_or_else(ApiError::no_policy)?;
    if !policy.versions.contains_key(&id) {
        return Err(ApiError::no_policy_version());
    }
    Ok((policy, id))
}

/// All versions, newest first. The order is not documented.
fn all(account: &Account, parameters: &Parameters) -> Result<Vec<Value>, ApiError> {
    let name = validation::policy_name(parameters)?;
    match validation::policy_type(parameters)? {
        PolicyType::Custom => {
            let policy = policies::find(account, &name)?;
            let newest_first = policy.versions.values().rev();
            Ok(newest_first
                .map(|version| shape(version, policy.default))
                .collect())
        }
        PolicyType::System => {
            let found = account.system_policy(&name);
            let policy = found.ok_or_else(ApiError::no_policy)?;
            let version = Version {
                id: policy.version,
                document: policy.document,
                created: policy.created,
            };
            Ok(vec![shape(&version, policy.version)])
        }
    }
}

fn shape(version: &Version, default: VersionId) -> Value {
    json!({
        "VersionId": version.id.to_string(),
        "IsDefaultVersion": version.id == default,
        "CreateDate": timestamp(version.created),
        "PolicyDocument": version.document,
    })
}
