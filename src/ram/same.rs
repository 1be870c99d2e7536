//! Whether a document that stands in the account is the one that was to be written.

use serde_json::Value;

/// Whether two permission documents mean the same.
pub(super) fn permission(one: &str, other: &str) -> bool {
    json(one, other)
}

/// Whether two trust documents mean the same.
pub(super) fn trust(one: &str, other: &str) -> bool {
    json(one, other)
}

fn json(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    one == other || read(one).is_some_and(|value| Some(value) == read(other))
}
