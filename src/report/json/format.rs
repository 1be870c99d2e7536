//! What all reports share: the number of the format, and the way to text.

use crate::visible::escaped_json;

/// The number every report carries.
pub const FORMAT_VERSION: &str = "1.0";

/// Values of these shapes always become text. What has no visible form is escaped: people look at it, too.
pub(in crate::report) fn text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value)
        .map(|text| escaped_json(text + "\n"))
        .unwrap_or_default()
}
