//! RAM's rules for single values: names, sizes, documents.
//!
//! Where it is not known whether RAM takes something, the sandbox refuses it: what passes here should pass there.

use crate::model::{PolicyName, PolicyType, RoleName, Tags, VersionId, limit};
use crate::policy::text::without_mark;
use crate::policy::{PolicyDocument, TrustPolicy};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;

/// Longest trust policy. Unit: bytes. RAM has a limit, but its value is published nowhere that we found; this is
/// the one of permission policies.
const TRUST_LENGTH: usize = limit::DOCUMENT_LENGTH;

/// Longest user name. Unit: characters. Source: RAM, "Error messages", `UserName.Length`.
const USER_NAME_LENGTH: usize = 64;

pub(super) fn role_name(parameters: &Parameters) -> Result<RoleName, ApiError> {
    let text = parameters.required("RoleName")?;
    name_length("RoleName", text, limit::ROLE_NAME_LENGTH)?;
    RoleName::new(text).map_err(|_| ApiError::invalid_chars("RoleName"))
}

pub(super) fn policy_name(parameters: &Parameters) -> Result<PolicyName, ApiError> {
    let text = parameters.required("PolicyName")?;
    name_length("PolicyName", text, limit::POLICY_NAME_LENGTH)?;
    PolicyName::new(text).map_err(|_| ApiError::invalid_chars("PolicyName"))
}

pub(super) fn user_name(parameters: &Parameters) -> Result<&str, ApiError> {
    let text = parameters.required("UserName")?;
    name_length("UserName", text, USER_NAME_LENGTH)?;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.chars().all(is_allowed) {
        Ok(text)
    } else {
        Err(ApiError::invalid_chars("UserName"))
    }
}

fn name_length(parameter: &str, text: &str, longest: usize) -> Result<(), ApiError> {
    if text.chars().count() > longest {
        return Err(ApiError::too_long(parameter));
    }
    Ok(())
}

pub(crate) fn policy_type(parameters: &Parameters) -> Result<PolicyType, ApiError> {
    match parameters.required("PolicyType")? {
        "System" => Ok(PolicyType::System),
        "Custom" => Ok(PolicyType::Custom),
        _ => Err(ApiError::incorrect("PolicyType")),
    }
}

pub(super) fn version_id(parameters: &Parameters) -> Result<VersionId, ApiError> {
    let text = parameters.required("VersionId")?;
    VersionId::new(text).map_err(|_| ApiError::bad_format("VersionId"))
}

/// A description at creation; empty when left out.
pub(super) fn description(parameters: &Parameters) -> Result<String, ApiError> {
    let text = parameters.optional("Description").unwrap_or_default();
    if text.chars().count() > limit::DESCRIPTION_LENGTH {
        return Err(ApiError::too_long("Description"));
    }
    Ok(text.to_owned())
}

/// A description that replaces another: 1 to 1024 characters, so that it cannot be cleared.
pub(super) fn new_description(parameters: &Parameters) -> Result<Option<String>, ApiError> {
    let Some(text) = parameters.get("NewDescription") else {
        return Ok(None);
    };
    if !(1..=limit::DESCRIPTION_LENGTH).contains(&text.chars().count()) {
        return Err(ApiError::too_long("NewDescription"));
    }
    Ok(Some(text.to_owned()))
}

pub(super) fn session_duration(
    parameters: &Parameters,
    parameter: &str,
) -> Result<Option<u32>, ApiError> {
    let (least, most) = (limit::MIN_SESSION_DURATION, limit::MAX_SESSION_DURATION);
    parameters.number_within(parameter, least, most)
}

/// A permission policy in `PolicyDocument`.
pub(super) fn policy_document(parameters: &Parameters) -> Result<String, ApiError> {
    let text = parameters.required("PolicyDocument")?;
    // Characters by one page and bytes by another; bytes are never fewer.
    if text.len() > limit::DOCUMENT_LENGTH {
        return Err(ApiError::too_long("PolicyDocument"));
    }
    unmarked(text)?;
    match PolicyDocument::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(ApiError::malformed_document(error.to_string())),
    }
}

/// Refuses a byte order mark, which our own readers pass over.
fn unmarked(text: &str) -> Result<(), ApiError> {
    match without_mark(text) {
        Some(_) => Err(ApiError::malformed_document(
            "the text begins with a byte order mark".to_owned(),
        )),
        None => Ok(()),
    }
}

/// A trust policy in `parameter`.
pub(super) fn trust_document(text: &str, parameter: &str) -> Result<String, ApiError> {
    if text.len() > TRUST_LENGTH {
        return Err(ApiError::too_long(parameter));
    }
    unmarked(text)?;
    match TrustPolicy::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(ApiError::malformed_document(error.to_string())),
    }
}

/// Tags to set. The codes are modelled on the other length codes; RAM's list has none for tags.
pub(super) fn tags(parameters: &Parameters) -> Result<Tags, ApiError> {
    let tags = parameters.tags()?;
    if tags.len() > limit::TAGS {
        return Err(ApiError::out_of_range("Tag", 1, 20));
    }
    for (key, value) in &tags {
        if !(1..=limit::TAG_KEY_LENGTH).contains(&key.chars().count()) {
            return Err(ApiError::too_long("Tag.Key"));
        }
        if value.chars().count() > limit::TAG_VALUE_LENGTH {
            return Err(ApiError::too_long("Tag.Value"));
        }
    }
    Ok(tags)
}
