//! Control policies of the directory, as the management account reads them.
//!
//! Source of shapes and codes: the official SDK's models (ResourceDirectoryMaster 2.3.1) and the pages of both calls.

use serde_json::{Value, json};

use super::directory;
use crate::cloud::rpc::signature::timestamp;
use crate::sandbox::caller::Caller;
use crate::sandbox::layers::FULL_ACCESS;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{ControlPolicy, Directory, ROOT_FOLDER, World, seeded_at};

/// The system policy that every target has from the start, id and name alike.
const FULL_ACCESS_ID: &str = "FullAliyunAccess";

/// What is attached to one account, folder or the root itself, not what it inherits.
pub(super) fn list_for_target(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let directory = directory::of(world, caller)?;
    let target = parameters.required("TargetId")?;
    let is_account = directory
        .members
        .keys()
        .any(|account| account.as_str() == target);
    if !is_account && target != ROOT_FOLDER && !directory.folders.contains_key(target) {
        let message = "The specified target does not exist in the resource directory.";
        return Err(ApiError::new(404, "EntityNotExists.Target", message));
    }
    let attached = all(world, directory);
    let mut attached: Vec<_> = attached
        .iter()
        .filter(|policy| policy.targets.iter().any(|own| own == target))
        .map(|policy| {
            json!({
                "PolicyId": policy.id,
                "PolicyName": policy.name,
                "PolicyType": "Custom",
                "Description": "",
                "AttachDate": timestamp(policy.created),
            })
        })
        .collect();
    attached.push(json!({
        "PolicyId": FULL_ACCESS_ID,
        "PolicyName": FULL_ACCESS_ID,
        "PolicyType": "System",
        "Description": "",
        "AttachDate": timestamp(seeded_at()),
    }));
    Ok(json!({ "ControlPolicyAttachments": { "ControlPolicyAttachment": attached } }))
}

pub(super) fn get(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let directory = directory::of(world, caller)?;
    let id = parameters.required("PolicyId")?;
    if id == FULL_ACCESS_ID {
        let policy = ControlPolicy {
            id: FULL_ACCESS_ID.to_owned(),
            name: FULL_ACCESS_ID.to_owned(),
            document: FULL_ACCESS.to_owned(),
            targets: Vec::new(),
            created: seeded_at(),
        };
        return Ok(json!({ "ControlPolicy": shape(&policy, "System") }));
    }
    let found = all(world, directory);
    let found = found.iter().find(|policy| policy.id == id);
    let policy = found.ok_or_else(|| {
        let message = "The specified control policy does not exist.";
        ApiError::new(404, "EntityNotExists.ControlPolicy", message)
    })?;
    Ok(json!({ "ControlPolicy": shape(policy, "Custom") }))
}

/// The directory's policies, and those that accounts hold by themselves.
fn all(world: &World, directory: &Directory) -> Vec<ControlPolicy> {
    let of_accounts = world.accounts.values().filter_map(|account| {
        Some(ControlPolicy {
            id: format!("cp-{}", account.id),
            name: format!("account-{}", account.id),
            document: account.control_policy.clone()?,
            targets: vec![account.id.to_string()],
            created: seeded_at(),
        })
    });
    let mut all: Vec<_> = directory.control_policies.values().cloned().collect();
    all.extend(of_accounts);
    all
}

fn shape(policy: &ControlPolicy, kind: &str) -> Value {
    json!({
        "PolicyId": policy.id,
        "PolicyName": policy.name,
        "PolicyType": kind,
        "PolicyDocument": policy.document,
        "Description": "",
        "EffectScope": "RAM",
        "AttachmentCount": policy.targets.len().to_string(),
        "CreateDate": timestamp(policy.created),
        "UpdateDate": timestamp(policy.created),
    })
}
