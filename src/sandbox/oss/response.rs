//! Answers of OSS as they go over the wire.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::errors::OssError;
use super::request::OssRequest;
use crate::cloud::rpc::transport::HttpResponse;
use crate::sandbox::xml;

/// `2013-07-31T10:56:21.000Z`.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

pub(super) fn with_body(content_type: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body,
    }
}

pub(super) fn xml(root: &str, body: &Value) -> HttpResponse {
    with_body("application/xml", xml::document(root, body).into_bytes())
}

/// Adds what every answer has, and writes errors: in the body, or for HEAD, which has none, in headers.
pub(super) fn render(
    request: &OssRequest<'_>,
    request_id: &str,
    answer: Result<HttpResponse, OssError>,
) -> HttpResponse {
    let mut response = answer.unwrap_or_else(|error| failure(request, request_id, error));
    let common = [("server", "AliyunOSS"), ("x-oss-request-id", request_id)];
    for (name, value) in common {
        response.headers.push((name.to_owned(), value.to_owned()));
    }
    response
}

fn failure(request: &OssRequest<'_>, request_id: &str, error: OssError) -> HttpResponse {
    let OssError {
        status,
        code,
        message,
        ec,
        more,
    } = error;
    let mut body = json!({
        "Code": code,
        "Message": message,
        "RequestId": request_id,
        "HostId": request.host,
    });
    if let Some(members) = body.as_object_mut() {
        members.extend(ec.map(|ec| ("EC".to_owned(), json!(ec))));
        let bucket = request.bucket.as_ref();
        members.extend(bucket.map(|bucket| ("BucketName".to_owned(), json!(bucket))));
        let more = more.into_iter();
        members.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    let mut response = xml("Error", &body);
    response.status = status;
    if let Some(ec) = ec {
        response
            .headers
            .push(("x-oss-ec".to_owned(), ec.to_owned()));
    }
    if request.http.method == "HEAD" {
        let text = STANDARD.encode(&response.body);
        response.headers.push(("x-oss-err".to_owned(), text));
        response.body = Vec::new();
    }
    response
}
