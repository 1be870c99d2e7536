//! An error as some client printed it: where the code, the request id and the refusing policy stand in it.
//!
//! Clients wrap the body of the answer in text of their own, or print its parts one by one. The body is looked for
//! first, because it is exact; what the text says beside it fills the gaps.

use super::codes;
use crate::account::AccessDenied;
use crate::cloud::rpc::api_error::ApiError;

/// What a pasted error told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The error code.
    pub code: Option<String>,
    /// The id under which the service keeps the request.
    pub request_id: Option<String>,
    /// Which policy refused what to whom.
    pub access_denied: Option<AccessDenied>,
}

/// Words behind which clients print the code. The first that is followed by something like a code counts.
///
/// Sources: error texts of the aliyun CLI and the Go, Python, Java and Node SDKs, and of Terraform's alicloud provider.
const BEFORE_CODE: &[&str] = &[
    "Error Code:",
    "ErrorCode:",
    "error code:",
    "\"Code\":",
    "'Code':",
    "Code:",
    "code:",
    "Error:",
    "error:",
];

/// Words behind which clients print the request id.
const BEFORE_REQUEST_ID: &[&str] = &[
    "\"RequestId\":",
    "'RequestId':",
    "Request Id:",
    "RequestId:",
    "RequestID:",
    "request id:",
    "requestId:",
    "x-oss-request-id:",
];

/// Reads an error as it was pasted, of any client.
pub fn read_pasted(text: &str) -> Pasted {
    let mut found = Pasted::default();
    for body in bodies(text) {
        found.code = found.code.or(Some(body.code));
        found.request_id = found.request_id.or(body.request_id);
        found.access_denied = found
            .access_denied
            .or(body.access_denied.map(|detail| *detail));
    }
    found.code = found
        .code
        .or_else(|| behind(text, BEFORE_CODE, is_code))
        .or_else(|| named(text));
    found.request_id = found
        .request_id
        .or_else(|| behind(text, BEFORE_REQUEST_ID, is_request_id));
    found
}

/// Every JSON object or XML error inside the text that names a code.
fn bodies(text: &str) -> Vec<ApiError> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices(['{', '<']) {
        let Some(rest) = text.get(at..) else { continue };
        let body = match mark {
            "{" => object(rest),
            _ => element(rest),
        };
        found.extend(body.and_then(|body| ApiError::parse(body.as_bytes())));
    }
    found
}

/// The JSON object at the start of the text; one that Python printed is read too.
fn object(text: &str) -> Option<String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    match values.next() {
        Some(Ok(value)) => Some(value.to_string()),
        _ => python_object(text),
    }
}

/// A dictionary as Python prints it: single quotes, and `None`, `True`, `False`.
fn python_object(text: &str) -> Option<String> {
    let end = text.find('}').map(|at| text.rfind('}').unwrap_or(at))?;
    let json = text
        .get(..=end)?
        .replace('"', "\\\"")
        .replace('\'', "\"")
        .replace(": None", ": null")
        .replace(": True", ": true")
        .replace(": False", ": false");
    let mut values = serde_json::Deserializer::from_str(&json).into_iter::<serde_json::Value>();
    values.next()?.ok().map(|value| value.to_string())
}

/// The XML error at the start of the text.
fn element(text: &str) -> Option<String> {
    let end = "</Error>";
    let is_error = text.starts_with("<Error>");
    let length = text.find(end)? + end.len();
    is_error.then(|| text.get(..length).map(str::to_owned))?
}

/// The first word behind one of `labels` that `fits`.
fn behind(text: &str, labels: &[&str], fits: fn(&str) -> bool) -> Option<String> {
    let found = labels.iter().find_map(|label| {
        text.match_indices(label).find_map(|(at, _)| {
            let rest = text.get(at + label.len()..)?;
            let word = first_word(rest);
            fits(word).then_some(word)
        })
    });
    found.map(str::to_owned)
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "\"'[".contains(c));
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or_default()
        .trim_end_matches('.')
}

/// Codes start with a capital and hold letters, digits and dots. `SDK.ServerError` is the client's own word.
fn is_code(word: &str) -> bool {
    word.len() > 3
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        && !word.starts_with("SDK")
        && (codes::find(word).is_some()
            || word.chars().filter(char::is_ascii_uppercase).count() > 1)
}

/// Ids of requests are hexadecimal, in groups for RPC services.
fn is_request_id(word: &str) -> bool {
    word.len() >= 16 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The longest known code that stands in the text as a word.
fn named(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
    let known = words
        .map(|word| word.trim_matches('.'))
        .filter(|word| codes::find(word).is_some());
    known.max_by_key(|word| word.len()).map(str::to_owned)
}
