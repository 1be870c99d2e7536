//! RAM users; just enough of them to hold policies, so that a policy cannot be deleted.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::validation;
use crate::cloud::rpc::signature::timestamp;
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, User};

pub(super) fn create(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let name = validation::user_name(parameters)?.to_owned();
    let key = name.to_ascii_lowercase();
    if account.users.contains_key(&key) {
        let message = "The user does already EXIST.";
        return Err(ApiError::already_exists("User", message));
    }
    let text = |parameter| {
        parameters
            .optional(parameter)
            .unwrap_or_default()
            .to_owned()
    };
    let user = User {
        display_name: text("DisplayName"),
        comments: text("Comments"),
        name,
        id: account.next_id(),
        created: now,
        attachments: Vec::new(),
    };
    let answer = json!({ "User": shape(&user) });
    account.users.insert(key, user);
    Ok(answer)
}

pub(super) fn get(account: &Account, parameters: &Parameters) -> Answer {
    let mut user = shape(find(account, parameters)?);
    let updated = user.get("CreateDate").cloned();
    insert(&mut user, "UpdateDate", updated);
    Ok(json!({ "User": user }))
}

pub(super) fn delete(account: &mut Account, parameters: &Parameters, _now: Timestamp) -> Answer {
    let user = find(account, parameters)?;
    if !user.attachments.is_empty() {
        let message = "The user CAN NOT has any attached policy while deleting the user.";
        return Err(ApiError::delete_conflict("User.Policy", message));
    }
    let key = user.name.to_ascii_lowercase();
    account.users.remove(&key);
    Ok(json!({}))
}

pub(super) fn find<'a>(
    account: &'a Account,
    parameters: &Parameters,
) -> Result<&'a User, ApiError> {
    let key = validation::user_name(parameters)?.to_ascii_lowercase();
    account.users.get(&key).ok_or_else(ApiError::no_user)
}

pub(super) fn find_mut<'a>(account: &'a mut Account, name: &str) -> Result<&'a mut User, ApiError> {
    let key = name.to_ascii_lowercase();
    account.users.get_mut(&key).ok_or_else(ApiError::no_user)
}

fn shape(user: &User) -> Value {
    json!({
        "UserId": user.id,
        "UserName": user.name,
        "DisplayName": user.display_name,
        "Comments": user.comments,
        "CreateDate": timestamp(user.created),
    })
}
