//! RPC signature version 1.0: HMAC-SHA1 over the sorted parameters, carried as one more parameter.
//!
//! Source: RAM API Reference, "Signature mechanism".

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::primitives::{hmac_sha1, timestamp};
use crate::cloud::rpc::credentials::Credentials;
use crate::cloud::rpc::encoding::{encode, form};

/// The parameter that carries the result, the only one left out of signing.
pub const SIGNATURE: &str = "Signature";

/// Stage 1: all parameters, of query and form body together, sorted by their bytes and encoded. A parameter
/// named `Signature` is left out, so a received request can be passed as it came.
#[must_use]
pub fn canonical_query<'a>(params: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<_> = params
        .into_iter()
        .filter(|(key, _)| *key != SIGNATURE)
        .collect();
    sorted.sort_by_key(|(key, _)| *key);
    form(sorted)
}

/// Stage 2. `method` is `GET` or `POST`; the path is always `/`.
#[must_use]
pub fn string_to_sign(method: &str, canonical_query: &str) -> String {
    format!("{method}&%2F&{}", encode(canonical_query))
}

/// Stage 3: base64, not yet percent-encoded. The key is the secret with `&` behind it.
#[must_use]
pub fn signature(secret: &str, string_to_sign: &str) -> String {
    let key = zeroize::Zeroizing::new(format!("{secret}&"));
    STANDARD.encode(hmac_sha1(key.as_bytes(), string_to_sign.as_bytes()))
}

/// Signs the call that `params` describe, which hold at least `Action` and `Version`.
///
/// Gives `params` with the common parameters and `Signature` added. `nonce` must be new for every request.
#[must_use]
pub fn sign(
    method: &str,
    params: &BTreeMap<&'static str, String>,
    credentials: &Credentials,
    at: Timestamp,
    nonce: &str,
) -> BTreeMap<&'static str, String> {
    let mut params = params.clone();
    params.insert("Format", "JSON".to_owned());
    params.insert("AccessKeyId", credentials.access_key_id.clone());
    params.insert("SignatureMethod", "HMAC-SHA1".to_owned());
    params.insert("SignatureVersion", "1.0".to_owned());
    params.insert("SignatureNonce", nonce.to_owned());
    params.insert("Timestamp", timestamp(at));
    if let Some(token) = &credentials.security_token {
        params.insert("SecurityToken", token.expose_secret().to_owned());
    }
    let query = canonical_query(params.iter().map(|(key, value)| (*key, value.as_str())));
    let text = string_to_sign(method, &query);
    params.insert(
        SIGNATURE,
        signature(credentials.secret.expose_secret(), &text),
    );
    params
}
