//! OSS: a method on a bucket or an object, signed with version 4, answered in XML, JSON or headers.
//!
//! The bucket is in the host, as OSS wants it; where the endpoint is this machine it is in the path.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::Event;
use secrecy::{ExposeSecret, SecretString};

use super::signing::Signing;
use crate::cloud::rpc::api_error::ApiError;
use crate::cloud::rpc::call::{Call, OssAnswer, OssTarget};
use crate::cloud::rpc::encoding::{encode, encode_path};
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::signature::oss4;
use crate::cloud::rpc::transport::{HttpRequest, HttpResponse};

/// Every answer of OSS has it.
const REQUEST_ID: &str = "x-oss-request-id";

impl OssTarget {
    fn method(&self) -> &'static str {
        match self.answer {
            OssAnswer::Xml | OssAnswer::Json => "GET",
            OssAnswer::Headers => "HEAD",
        }
    }

    /// What is signed as the path, with the bucket in it wherever it is sent.
    fn resource(&self) -> String {
        format!(
            "/{}/{}",
            self.bucket,
            self.key.as_deref().unwrap_or_default()
        )
    }

    fn url(&self, signing: &Signing<'_>) -> String {
        let url = signing.endpoint.url();
        let key = encode_path(self.key.as_deref().unwrap_or_default());
        match url.split_once("://") {
            Some((scheme, host)) if !signing.endpoint.is_loopback() => {
                format!("{scheme}://{}.{host}{key}", self.bucket)
            }
            _ => format!("{url}{}/{key}", self.bucket),
        }
    }
}

/// The request to send.
pub(in crate::cloud::rpc) fn request(
    call: &Call,
    target: &OssTarget,
    signing: &Signing<'_>,
) -> HttpRequest {
    let mut headers = signed_headers(signing);
    if let Some(credentials) = signing.credentials {
        let authorization = oss4::authorization(
            &credentials.access_key_id,
            credentials.secret.expose_secret(),
            signing.at,
            &target.region,
            &string_to_sign(call, target, signing),
        );
        headers.push(("authorization".to_owned(), authorization));
    }
    let query: Vec<String> = query(call)
        .into_iter()
        .map(|(key, value)| match value {
            Some(value) => format!("{}={}", encode(key), encode(value)),
            None => encode(key).into_owned(),
        })
        .collect();
    let url = target.url(signing);
    let url = match query.as_slice() {
        [] => url,
        query => format!("{url}?{}", query.join("&")),
    };
    HttpRequest {
        method: target.method().to_owned(),
        url,
        headers,
        body: Vec::new(),
    }
}

/// What is signed for `call`.
pub(in crate::cloud::rpc) fn string_to_sign(
    call: &Call,
    target: &OssTarget,
    signing: &Signing<'_>,
) -> String {
    let canonical = oss4::canonical_request(
        target.method(),
        &target.resource(),
        &query(call),
        &signed_headers(signing),
    );
    oss4::string_to_sign(signing.at, &target.region, &canonical)
}

fn query(call: &Call) -> Vec<(&str, Option<&str>)> {
    let params = call.params.iter();
    params
        .map(|(key, value)| (*key, Some(value.as_str()).filter(|value| !value.is_empty())))
        .collect()
}

fn signed_headers(signing: &Signing<'_>) -> Vec<(String, String)> {
    let mut headers = vec![
        (
            "x-oss-content-sha256".to_owned(),
            oss4::UNSIGNED_PAYLOAD.to_owned(),
        ),
        ("x-oss-date".to_owned(), oss4::timestamp(signing.at)),
    ];
    let token = signing
        .credentials
        .and_then(|key| key.security_token.as_ref());
    headers.extend(token.map(|token| {
        let name = "x-oss-security-token".to_owned();
        (name, token.expose_secret().to_owned())
    }));
    headers
}

/// A link with which anybody may `GET` the target for `life`.
pub(in crate::cloud::rpc) fn presigned(
    target: &OssTarget,
    signing: &Signing<'_>,
    life: Duration,
) -> SecretString {
    let url = target.url(signing);
    let Some(credentials) = signing.credentials else {
        return SecretString::from(url);
    };
    let token = credentials.security_token.as_ref();
    let token = token.map(ExposeSecret::expose_secret);
    let (id, region) = (&credentials.access_key_id, target.region.as_str());
    let mut query = oss4::presigned_query(id, token, signing.at, region, life.as_secs());
    let pairs: Vec<(&str, Option<&str>)> = query
        .iter()
        .map(|(key, value)| (*key, Some(value.as_str())))
        .collect();
    let canonical = oss4::canonical_request("GET", &target.resource(), &pairs, &[]);
    let text = oss4::string_to_sign(signing.at, region, &canonical);
    let secret = credentials.secret.expose_secret();
    let signature = oss4::signature(secret, signing.at, region, &text);
    query.push(("x-oss-signature", signature));
    let query: Vec<String> = query
        .iter()
        .map(|(key, value)| format!("{key}={}", encode(value)))
        .collect();
    SecretString::from(format!("{url}?{}", query.join("&")))
}

/// What a good answer says; `None` when it is not one of OSS, or not of the kind that was asked for.
pub(in crate::cloud::rpc) fn reply(target: &OssTarget, answer: HttpResponse) -> Option<Reply> {
    let request_id = answer.header(REQUEST_ID).filter(|id| !id.is_empty())?;
    let request_id = request_id.to_owned();
    let is_as_asked = match target.answer {
        OssAnswer::Headers => true,
        OssAnswer::Json => serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok(),
        OssAnswer::Xml => is_whole(&answer.body),
    };
    is_as_asked.then(|| Reply::of_oss(request_id, answer))
}

/// Whether the document of XML is there to its end.
fn is_whole(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let mut reader = Reader::from_str(text);
    let (mut depth, mut elements) = (0_usize, 0_usize);
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => (depth, elements) = (depth + 1, elements + 1),
            Ok(Event::Empty(_)) => elements += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return depth == 0 && elements > 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// What a refusal says. `HEAD` has no body, so its XML is in a header.
pub(in crate::cloud::rpc) fn refusal(
    target: &OssTarget,
    answer: &HttpResponse,
) -> Option<ApiError> {
    if target.answer != OssAnswer::Headers {
        return ApiError::parse(&answer.body);
    }
    let body = STANDARD.decode(answer.header("x-oss-err")?.trim()).ok()?;
    ApiError::parse(&body)
}
