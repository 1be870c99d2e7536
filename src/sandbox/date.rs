//! Times as headers hold them.

use jiff::Timestamp;

/// `Fri, 02 Jan 2026 03:04:05 GMT`. Source: RFC 9110, `IMF-fixdate`.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
