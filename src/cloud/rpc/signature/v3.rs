//! RPC signature version 3: `ACS3-HMAC-SHA256`, in the headers, over one hash of the whole request.
//!
//! Source: Alibaba Cloud, "V3 request body and signature method".

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::primitives::{hex, hmac_sha256, sha256_hex, timestamp};
use super::v1;
use crate::cloud::rpc::credentials::Credentials;

/// The scheme's name, first word of the `Authorization` header.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What is signed of a request.
#[derive(Clone, Copy)]
pub struct Signable<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The query, decoded, in any order; empty when all parameters are in the body.
    pub query: &'a [(String, String)],
    /// All headers, names in any case, in any order.
    pub headers: &'a [(String, String)],
    /// The lower-case names of those that are signed, sorted, joined by `;`.
    pub signed_headers: &'a str,
    /// The header `x-acs-content-sha256`.
    pub content_sha256: &'a str,
}

/// Which of `headers` we sign: `host`, `content-type` and everything of `x-acs-`.
#[must_use]
pub fn signed_headers(headers: &[(String, String)]) -> String {
    let mut names: Vec<String> = headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| name == "host" || name == "content-type" || name.starts_with("x-acs-"))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(";")
}

/// Stage 1. The path is always `/`. A signed header that is missing counts as empty, which no true signature
/// of it would match.
#[must_use]
pub fn canonical_request(request: &Signable<'_>) -> String {
    let query = v1::canonical_query(request.query.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    let mut text = format!("{}\n/\n{query}\n", request.method);
    for name in request.signed_headers.split(';') {
        let values: Vec<&str> = request
            .headers
            .iter()
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect();
        text.push_str(name);
        text.push(':');
        text.push_str(&values.join(","));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(request.signed_headers);
    text.push('\n');
    text.push_str(request.content_sha256);
    text
}

/// Stage 2.
#[must_use]
pub fn string_to_sign(canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{}", sha256_hex(canonical_request.as_bytes()))
}

/// Stage 3, the number alone: lower-case hex. The key is the secret as it is.
#[must_use]
pub fn signature(secret: &str, string_to_sign: &str) -> String {
    hex(&hmac_sha256(secret.as_bytes(), string_to_sign.as_bytes()))
}

/// What an `Authorization` header of this scheme says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The access key id.
    pub credential: String,
    /// The names of the signed headers, joined by `;`.
    pub signed_headers: String,
    /// Lower-case hex.
    pub signature: String,
}

impl Authorization {
    /// Reads the header; `None` when it is of another scheme or lacks a part.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let parts = header.strip_prefix(ALGORITHM)?;
        let part = |name: &str| {
            parts
                .split(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        Some(Self {
            credential: part("Credential")?,
            signed_headers: part("SignedHeaders")?,
            signature: part("Signature")?,
        })
    }
}

impl std::fmt::Display for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            credential,
            signed_headers,
            signature,
        } = self;
        write!(
            f,
            "{ALGORITHM} Credential={credential},SignedHeaders={signed_headers},Signature={signature}"
        )
    }
}

/// Stage 3: the `Authorization` header of `request`.
#[must_use]
pub fn authorization(request: &Signable<'_>, access_key_id: &str, secret: &str) -> Authorization {
    let text = string_to_sign(&canonical_request(request));
    Authorization {
        credential: access_key_id.to_owned(),
        signed_headers: request.signed_headers.to_owned(),
        signature: signature(secret, &text),
    }
}

/// Signs a POST with all parameters in the form `body`; gives the headers to send, `host` and `authorization`
/// included.
///
/// `host` is the URL's host, with the port where it is not the scheme's own. `nonce` must be new for every
/// request.
#[must_use]
pub fn sign(
    host: &str,
    (action, version): (&str, &str),
    body: &[u8],
    credentials: &Credentials,
    at: Timestamp,
    nonce: &str,
) -> Vec<(String, String)> {
    let content_sha256 = sha256_hex(body);
    let mut headers = vec![
        ("host".to_owned(), host.to_owned()),
        ("x-acs-action".to_owned(), action.to_owned()),
        ("x-acs-version".to_owned(), version.to_owned()),
        ("x-acs-date".to_owned(), timestamp(at)),
        ("x-acs-signature-nonce".to_owned(), nonce.to_owned()),
        ("x-acs-content-sha256".to_owned(), content_sha256.clone()),
    ];
    if !body.is_empty() {
        let form = "application/x-www-form-urlencoded".to_owned();
        headers.push(("content-type".to_owned(), form));
    }
    if let Some(token) = &credentials.security_token {
        let id = credentials.access_key_id.clone();
        headers.push(("x-acs-accesskey-id".to_owned(), id));
        let token = token.expose_secret().to_owned();
        headers.push(("x-acs-security-token".to_owned(), token));
    }
    let signable = Signable {
        method: "POST",
        query: &[],
        headers: &headers,
        signed_headers: &signed_headers(&headers),
        content_sha256: &content_sha256,
    };
    let value = authorization(
        &signable,
        &credentials.access_key_id,
        credentials.secret.expose_secret(),
    );
    headers.push(("authorization".to_owned(), value.to_string()));
    headers
}
