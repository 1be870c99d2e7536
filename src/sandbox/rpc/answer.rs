//! What an operation answers.

use serde_json::Value;

use super::api_error::ApiError;

/// The members of a good answer, without `RequestId`.
pub(crate) type Answer = Result<Value, ApiError>;

/// Adds a member to an answer, unless there is nothing to add.
pub(crate) fn insert(answer: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(members), Some(value)) = (answer.as_object_mut(), value) {
        members.insert(name.to_owned(), value.into());
    }
}
