//! Answers as they go over the wire: JSON or XML, always with a `RequestId`.

use serde_json::{Value, json};

use super::api_error::ApiError;
use crate::cloud::rpc::transport::HttpResponse;
use crate::sandbox::xml;

/// In which form a caller wants its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

/// The answer to `operation` when it went well.
pub(crate) fn success(
    format: Format,
    operation: &str,
    request_id: &str,
    body: Value,
) -> HttpResponse {
    let root = format!("{operation}Response");
    response(200, format, &root, request_id, body)
}

/// An error of the service that is `host` in the cloud.
pub(crate) fn failure(
    format: Format,
    host: &str,
    request_id: &str,
    error: &ApiError,
) -> HttpResponse {
    let body = error.body(host);
    let mut response = response(error.status, format, "Error", request_id, body);
    if let Some(wait) = error.retry_after_ms {
        let header = ("x-acs-retry-after".to_owned(), wait.to_string());
        response.headers.push(header);
    }
    response
}

/// What a proxy or a captive portal answers in the service's place.
pub(crate) fn html() -> HttpResponse {
    let page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\
                <body><h1>502 Bad Gateway</h1></body></html>\n";
    HttpResponse {
        status: 502,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: page.as_bytes().to_vec(),
    }
}

/// Any JSON that is not an API answer.
pub(crate) fn plain_json(status: u16, body: &Value) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

fn response(
    status: u16,
    format: Format,
    root: &str,
    request_id: &str,
    mut body: Value,
) -> HttpResponse {
    if let Some(members) = body.as_object_mut() {
        members.insert("RequestId".to_owned(), json!(request_id));
    }
    let (content_type, text) = match format {
        Format::Json => ("application/json;charset=utf-8", body.to_string()),
        Format::Xml => ("text/xml;charset=utf-8", xml::document(root, &body)),
    };
    let request_id = ("x-acs-request-id".to_owned(), request_id.to_owned());
    HttpResponse {
        status,
        headers: vec![
            ("content-type".to_owned(), content_type.to_owned()),
            request_id,
        ],
        body: text.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_repeats_the_elements_of_lists_and_escapes_texts() {
        let body = json!({ "Roles": { "Role": [{ "RoleName": "a" }, { "RoleName": "<b>&" }] },
                           "IsTruncated": false });
        let response = success(Format::Xml, "ListRoles", "R", body);
        assert_eq!(
            String::from_utf8(response.body).unwrap(),
            "<?xml version='1.0' encoding='UTF-8'?><ListRolesResponse><IsTruncated>false</IsTruncated>\
             <RequestId>R</RequestId><Roles><Role><RoleName>a</RoleName></Role>\
             <Role><RoleName>&lt;b&gt;&amp;</RoleName></Role></Roles></ListRolesResponse>"
        );
    }

    #[test]
    fn an_error_carries_its_id_and_its_waiting_time() {
        let error = ApiError::throttled(Some(250));
        let response = failure(Format::Json, "ram.aliyuncs.com", "R", &error);
        assert_eq!(response.status, 400);
        assert_eq!(response.header("x-acs-retry-after"), Some("250"));
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["RequestId"], "R");
        assert_eq!(body["Code"], "Throttling.User");
        assert_eq!(body["HostId"], "ram.aliyuncs.com");
    }
}
