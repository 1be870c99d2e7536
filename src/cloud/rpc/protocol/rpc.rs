//! RPC: one POST with a form body.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::signing::Signing;
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::encoding;
use crate::cloud::rpc::signature::{SignatureVersion, timestamp, v1, v3};
use crate::cloud::rpc::transport::HttpRequest;

/// The request to send.
pub(in crate::cloud::rpc) fn request(call: &Call, signing: &Signing<'_>) -> HttpRequest {
    let mut params = call.params.clone();
    for (name, value) in &call.secret_params {
        params.insert(name, value.expose_secret().to_owned());
    }
    let Signing {
        endpoint,
        signature,
        credentials,
        at,
        nonce,
    } = signing;
    let (action, version) = (call.operation, call.service.version);
    let accept = ("accept".to_owned(), "application/json".to_owned());
    let form = "application/x-www-form-urlencoded".to_owned();
    let form = ("content-type".to_owned(), form);
    let mut url = endpoint.url().to_owned();
    let headers = match (credentials, signature) {
        (Some(credentials), SignatureVersion::V1) => {
            params.insert("Action", action.to_owned());
            params.insert("Version", version.to_owned());
            params = v1::sign("POST", &params, credentials, *at, nonce);
            vec![form, accept]
        }
        (Some(credentials), SignatureVersion::V3) => {
            let body = form_body(&params);
            let (host, action) = (endpoint.host(), (action, version));
            let mut headers = v3::sign(host, action, &body, credentials, *at, nonce);
            headers.push(accept);
            headers
        }
        (None, _) => {
            // The proof itself stays in the body, because URLs end up in logs.
            let query = encoding::form([
                ("Action", action),
                ("Format", "JSON"),
                ("SignatureNonce", nonce),
                ("Timestamp", timestamp(*at).as_str()),
                ("Version", version),
            ]);
            url = format!("{url}?{query}");
            vec![form, accept]
        }
    };
    let body = form_body(&params);
    if !call.secret_params.is_empty() {
        params.values_mut().for_each(zeroize::Zeroize::zeroize);
    }
    HttpRequest {
        method: "POST".to_owned(),
        url,
        headers,
        body,
    }
}

/// The string to sign that the service quotes in `message`, if it does.
pub(in crate::cloud::rpc) fn quoted(message: &str) -> Option<&str> {
    let (_, quoted) = message.split_once("string to sign is")?;
    Some(quoted.trim_start_matches(':').trim())
}

fn form_body(params: &BTreeMap<&'static str, String>) -> Vec<u8> {
    encoding::form(params.iter().map(|(key, value)| (*key, value.as_str()))).into_bytes()
}
