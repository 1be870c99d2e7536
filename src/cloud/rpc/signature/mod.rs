//! Request signatures, as pure functions: time and nonce are arguments.
//!
//! Each scheme is a line of stages, and each stage is public, so that the published vectors can be asserted at
//! every one of them and so that a server can recompute a signature from what it received:
//!
//! | scheme | stages | used for |
//! |---|---|---|
//! | [`v1`] | canonical query → string to sign → signature | RPC, signature version 1.0, HMAC-SHA1 |
//! | [`v3`] | canonical request → string to sign → authorization | RPC, `ACS3-HMAC-SHA256` |
//! | [`oss4`] | canonical request → string to sign → signature → authorization | OSS, `OSS4-HMAC-SHA256` |

pub mod oss4;
pub(crate) mod primitives;
pub mod v1;
pub mod v3;

pub use self::primitives::{sha256_hex, timestamp};
use super::encoding::parse_form;
use super::transport::HttpRequest;

/// Which signature RPC calls carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureVersion {
    /// Signature version 1.0, HMAC-SHA1, among the parameters.
    #[default]
    V1,
    /// `ACS3-HMAC-SHA256`, in the headers.
    V3,
}

/// What the service has to sign too when it receives `request`, of either RPC version.
///
/// It is worked out from the finished request, so it shows what was really sent.
#[must_use]
pub fn sent_string_to_sign(request: &HttpRequest) -> String {
    let header = |name: &str| {
        let found = request.headers.iter();
        let mut found = found.filter(|(header, _)| header.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    };
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let query = parse_form(query).unwrap_or_default();
    match header("authorization").and_then(v3::Authorization::parse) {
        Some(authorization) => v3::string_to_sign(&v3::canonical_request(&v3::Signable {
            method: &request.method,
            query: &query,
            headers: &request.headers,
            signed_headers: &authorization.signed_headers,
            content_sha256: &sha256_hex(&request.body),
        })),
        None => {
            let body = String::from_utf8_lossy(&request.body);
            let mut params = parse_form(&body).unwrap_or_default();
            params.extend(query);
            let params = params.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            v1::string_to_sign(&request.method, &v1::canonical_query(params))
        }
    }
}
