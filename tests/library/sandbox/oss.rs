//! Facts about OSS: signatures of version 4, what it tells of buckets and objects, and its errors.
//!
//! Source, unless a test says otherwise: the official SDK (oss-v2 1.4.1) and the error pages by EC number.

use super::client::{Client, START};
use super::ecs::{client, healthy};
use export_iam::cloud::rpc::signature::oss4;
use export_iam::cloud::rpc::transport::{HttpRequest, HttpResponse, Transport};
use export_iam::sandbox::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, FaultPlan};
use jiff::Timestamp;
use serde_json::{Value, json};

const REGION: &str = "cn-hangzhou";

fn now() -> Timestamp {
    Timestamp::from_second(START).unwrap()
}

/// A signed request in path style; `query` holds decoded names and values, an empty value for none.
fn signed(method: &str, resource: &str, query: &[(&str, &str)], region: &str) -> HttpRequest {
    let headers = vec![
        (
            "x-oss-content-sha256".to_owned(),
            "UNSIGNED-PAYLOAD".to_owned(),
        ),
        ("x-oss-date".to_owned(), oss4::timestamp(now())),
    ];
    let valued: Vec<_> = query
        .iter()
        .map(|(name, value)| (*name, Some(*value).filter(|value| !value.is_empty())))
        .collect();
    let canonical = oss4::canonical_request(method, resource, &valued, &headers);
    let text = oss4::string_to_sign(now(), region, &canonical);
    let authorization = oss4::authorization(ACCESS_KEY_ID, ACCESS_KEY_SECRET, now(), region, &text);
    let query: Vec<_> = query
        .iter()
        .map(|(name, value)| match *value {
            "" => (*name).to_owned(),
            value => format!("{name}={}", value.replace('/', "%2F")),
        })
        .collect();
    let mut request = HttpRequest {
        method: method.to_owned(),
        url: format!("http://127.0.0.1:8080{resource}?{}", query.join("&")),
        headers,
        body: Vec::new(),
    };
    request
        .headers
        .push(("authorization".to_owned(), authorization));
    request
}

async fn send(client: &Client, request: HttpRequest) -> HttpResponse {
    client.sandbox.send(request).await.unwrap()
}

fn text(response: &HttpResponse) -> String {
    String::from_utf8(response.body.clone()).unwrap()
}

/// The text of the first element of this name.
fn element(response: &HttpResponse, name: &str) -> Option<String> {
    let text = text(response);
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
}

fn with_objects(keys: &[&str]) -> Value {
    let mut state = healthy();
    let objects: Vec<_> = keys
        .iter()
        .map(|key| json!({ "key": key, "content": format!("content of {key}") }))
        .collect();
    state["accounts"][0]["buckets"][0]["objects"] = json!(objects);
    state
}

#[tokio::test]
async fn a_bucket_is_described_with_what_an_export_needs_to_know() {
    let mut state = healthy();
    state["accounts"][0]["buckets"][0]["encryption"] = json!("KMS");
    let client = client(&state);
    let answer = send(
        &client,
        signed("GET", "/exports-hz/", &[("bucketInfo", "")], REGION),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", text(&answer));
    for (name, value) in [
        ("Name", "exports-hz"),
        ("Location", "oss-cn-hangzhou"),
        ("StorageClass", "Standard"),
        ("SSEAlgorithm", "KMS"),
        ("ID", "1234567890123456"),
        ("ExtranetEndpoint", "oss-cn-hangzhou.aliyuncs.com"),
    ] {
        assert_eq!(element(&answer, name).as_deref(), Some(value), "{name}");
    }
    assert!(answer.header("x-oss-request-id").is_some());
    // In host style the signature is the same.
    let mut request = signed("GET", "/exports-hz/", &[("bucketInfo", "")], REGION);
    request.url = "http://exports-hz.oss-cn-hangzhou.aliyuncs.com/?bucketInfo".to_owned();
    assert_eq!(send(&client, request).await.status, 200);
    let mut request = signed("GET", "/exports-hz/", &[("bucketInfo", "")], REGION);
    request.url = "http://sandbox/?bucketInfo".to_owned();
    request
        .headers
        .push(("host".to_owned(), "exports-hz.localhost:8080".to_owned()));
    assert_eq!(send(&client, request).await.status, 200);
}

#[tokio::test]
async fn a_bucket_policy_is_answered_as_it_was_set() {
    let mut state = healthy();
    let client_without = client(&state);
    let asked = || signed("GET", "/exports-hz/", &[("policy", "")], REGION);
    let answer = send(&client_without, asked()).await;
    assert_eq!(
        (answer.status, element(&answer, "Code").as_deref()),
        (404, Some("NoSuchBucketPolicy"))
    );
    let document = r#"{ "Version" : "1", "Statement": [] }"#;
    state["accounts"][0]["buckets"][0]["policy"] = json!(document);
    let answer = send(&client(&state), asked()).await;
    assert_eq!((answer.status, text(&answer).as_str()), (200, document));
}

#[tokio::test]
async fn objects_are_listed_in_pages_without_gap_or_repeat() {
    let keys = ["a b", "Nightly_1", "Nightly_2", "Nightly_3", "z"];
    let client = client(&with_objects(&keys));
    let mut token = String::new();
    let mut seen = Vec::new();
    loop {
        let mut query = vec![
            ("list-type", "2"),
            ("max-keys", "1"),
            ("prefix", "Nightly_"),
        ];
        if !token.is_empty() {
            query.push(("continuation-token", &token));
        }
        let answer = send(&client, signed("GET", "/exports-hz/", &query, REGION)).await;
        assert_eq!(answer.status, 200, "{}", text(&answer));
        seen.push(element(&answer, "Key").unwrap());
        match element(&answer, "NextContinuationToken") {
            Some(next) => token = next,
            None => break,
        }
    }
    assert_eq!(seen, ["Nightly_1", "Nightly_2", "Nightly_3"]);
    let query = [
        ("list-type", "2"),
        ("encoding-type", "url"),
        ("prefix", "a"),
    ];
    let answer = send(&client, signed("GET", "/exports-hz/", &query, REGION)).await;
    assert_eq!(element(&answer, "Key").as_deref(), Some("a%20b"));
    let wrong = [("list-type", "2"), ("max-keys", "1001")];
    let answer = send(&client, signed("GET", "/exports-hz/", &wrong, REGION)).await;
    assert_eq!(
        (answer.status, element(&answer, "Code").as_deref()),
        (400, Some("InvalidArgument"))
    );
}

/// HEAD has no body: its error is in headers.
#[tokio::test]
async fn objects_are_described_and_read() {
    let client = client(&with_objects(&["Nightly_1"]));
    let head = send(
        &client,
        signed("HEAD", "/exports-hz/Nightly_1", &[], REGION),
    )
    .await;
    assert_eq!(head.header("content-length"), Some("20"));
    assert_eq!(head.header("x-oss-storage-class"), Some("Standard"));
    assert!(head.body.is_empty());
    let get = send(&client, signed("GET", "/exports-hz/Nightly_1", &[], REGION)).await;
    assert_eq!(text(&get), "content of Nightly_1");
    let missing = send(&client, signed("HEAD", "/exports-hz/nothing", &[], REGION)).await;
    assert_eq!(
        (missing.status, missing.header("x-oss-ec")),
        (404, Some("0026-00000001"))
    );
    assert!(missing.body.is_empty() && missing.header("x-oss-err").is_some());
    let missing = send(&client, signed("GET", "/exports-hz/nothing", &[], REGION)).await;
    assert_eq!(element(&missing, "Code").as_deref(), Some("NoSuchKey"));
    let missing = send(&client, signed("GET", "/exports-xx/a", &[], REGION)).await;
    assert_eq!(
        (missing.status, element(&missing, "Code").as_deref()),
        (404, Some("NoSuchBucket"))
    );
}

#[tokio::test]
async fn an_archived_object_is_described_and_not_read() {
    let mut state = with_objects(&["old"]);
    state["accounts"][0]["buckets"][0]["objects"][0]["storage_class"] = json!("Archive");
    let client = client(&state);
    let head = send(&client, signed("HEAD", "/exports-hz/old", &[], REGION)).await;
    assert_eq!(head.header("x-oss-storage-class"), Some("Archive"));
    let get = send(&client, signed("GET", "/exports-hz/old", &[], REGION)).await;
    assert_eq!(
        (get.status, element(&get, "Code").as_deref()),
        (403, Some("InvalidObjectState"))
    );
}

/// A presigned URL carries the signature in its query and lives as long as it says, a week at most.
#[tokio::test]
async fn a_presigned_url_is_good_for_its_life() {
    let client = client(&with_objects(&["Nightly_1"]));
    let presigned = |life: &str| {
        let credential = format!("{ACCESS_KEY_ID}/20260102/{REGION}/oss/aliyun_v4_request");
        let date = oss4::timestamp(now());
        let query = [
            ("x-oss-credential", credential.as_str()),
            ("x-oss-date", &date),
            ("x-oss-expires", life),
            ("x-oss-signature-version", "OSS4-HMAC-SHA256"),
        ];
        let valued = query.map(|(name, value)| (name, Some(value)));
        let canonical = oss4::canonical_request("GET", "/exports-hz/Nightly_1", &valued, &[]);
        let string = oss4::string_to_sign(now(), REGION, &canonical);
        let header = oss4::authorization(ACCESS_KEY_ID, ACCESS_KEY_SECRET, now(), REGION, &string);
        let (_, signature) = header.rsplit_once('=').unwrap();
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace('/', "%2F")))
            .collect();
        HttpRequest {
            method: "GET".to_owned(),
            url: format!(
                "http://127.0.0.1:8080/exports-hz/Nightly_1?{}&x-oss-signature={signature}",
                query.join("&")
            ),
            headers: Vec::new(),
            body: Vec::new(),
        }
    };
    assert_eq!(send(&client, presigned("3600")).await.status, 200);
    let too_long = send(&client, presigned("604801")).await;
    assert_eq!(element(&too_long, "EC").as_deref(), Some("0002-00000232"));
    let mut forged = presigned("3600");
    forged.url = forged.url.replace("Nightly_1", "Nightly_2");
    let forged = send(&client, forged).await;
    assert_eq!(
        element(&forged, "Code").as_deref(),
        Some("SignatureDoesNotMatch")
    );
    client.pass(3601);
    let late = send(&client, presigned("3600")).await;
    assert_eq!(
        (late.status, element(&late, "Message").as_deref()),
        (403, Some("Request has expired."))
    );
}

#[tokio::test]
async fn signatures_are_checked() {
    let client = client(&with_objects(&["a"]));
    let edited = |edit: &dyn Fn(&mut HttpRequest)| {
        let mut request = signed("GET", "/exports-hz/a", &[], REGION);
        edit(&mut request);
        request
    };
    let header = |name: &'static str, value: &'static str| {
        move |request: &mut HttpRequest| {
            request.headers.retain(|(own, _)| own != name);
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    };
    for (request, status, code) in [
        (edited(&|_| {}), 200, None),
        (
            edited(&|request| request.url = request.url.replace("/a?", "/b?")),
            403,
            Some("SignatureDoesNotMatch"),
        ),
        (
            edited(&header("x-oss-meta-more", "x")),
            403,
            Some("SignatureDoesNotMatch"),
        ),
        (
            edited(&header("x-oss-date", "20200102T030405Z")),
            403,
            Some("RequestTimeTooSkewed"),
        ),
        (
            edited(&header("authorization", "OSS sandbox-key:abc")),
            403,
            Some("AccessDenied"),
        ),
        (
            edited(&header("authorization", "OSS4-HMAC-SHA256 Credential=x")),
            400,
            Some("InvalidArgument"),
        ),
        (
            edited(&|request| request.headers.clear()),
            403,
            Some("AccessDenied"),
        ),
        (
            edited(&|request| {
                for (_, value) in &mut request.headers {
                    *value = value.replace(ACCESS_KEY_ID, "nobody");
                }
            }),
            403,
            Some("InvalidAccessKeyId"),
        ),
    ] {
        let answer = send(&client, request).await;
        assert_eq!(
            (answer.status, element(&answer, "Code").as_deref()),
            (status, code)
        );
    }
}

/// A bucket in another region is described, and everything else is sent to its own endpoint.
#[tokio::test]
async fn a_bucket_in_another_region_names_its_endpoint() {
    let mut state = healthy();
    state["accounts"][0]["buckets"][0]["region"] = json!("cn-beijing");
    let client = client(&state);
    let info = send(
        &client,
        signed("GET", "/exports-hz/", &[("bucketInfo", "")], REGION),
    )
    .await;
    assert_eq!(
        element(&info, "Location").as_deref(),
        Some("oss-cn-beijing")
    );
    let list = send(
        &client,
        signed("GET", "/exports-hz/", &[("list-type", "2")], REGION),
    )
    .await;
    assert_eq!(
        (list.status, element(&list, "Code").as_deref()),
        (403, Some("AccessDenied"))
    );
    assert_eq!(
        element(&list, "Endpoint").as_deref(),
        Some("oss-cn-beijing.aliyuncs.com")
    );
    let wrong = send(
        &client,
        signed(
            "GET",
            "/exports-hz/",
            &[("bucketInfo", "")],
            "oss-cn-beijing",
        ),
    )
    .await;
    assert_eq!(element(&wrong, "EC").as_deref(), Some("0002-00000226"));
}

/// Every layer may refuse, and the answer says which.
#[tokio::test]
async fn a_refusal_names_the_layer() {
    let deny = json!({ "Version": "1", "Statement": [
        { "Effect": "Deny", "Action": "oss:GetBucketInfo", "Principal": ["*"], "Resource": "acs:oss:*:*:exports-hz" }
    ]});
    let mut by_bucket = healthy();
    by_bucket["accounts"][0]["buckets"][0]["policy"] = deny.clone();
    let mut by_control = healthy();
    let mut control = deny.clone();
    control["Statement"][0]
        .as_object_mut()
        .unwrap()
        .remove("Principal");
    by_control["accounts"][0]["control_policy"] = control;
    let mut by_key = healthy();
    by_key["keys"] = json!([{ "id": "sandbox-key", "secret": "sandbox-secret", "allowed": {} }]);
    let mut foreign = healthy();
    let bucket = foreign["accounts"][0]["buckets"].take();
    foreign["accounts"][0]["buckets"] = json!([]);
    let accounts = foreign["accounts"].as_array_mut().unwrap();
    accounts.push(json!({ "id": "9999999999999999", "buckets": bucket }));
    for (state, layer, kind) in [
        (by_bucket, "BucketPolicy", "ExplicitDeny"),
        (by_control, "ControlPolicy", "ExplicitDeny"),
        (by_key, "AccountLevelIdentityBasedPolicy", "ImplicitDeny"),
        (foreign, "AccountLevelIdentityBasedPolicy", "ImplicitDeny"),
    ] {
        let client = client(&state);
        let answer = send(
            &client,
            signed("GET", "/exports-hz/", &[("bucketInfo", "")], REGION),
        )
        .await;
        assert_eq!(
            (answer.status, element(&answer, "Code").as_deref()),
            (403, Some("AccessDenied"))
        );
        assert_eq!(element(&answer, "PolicyType").as_deref(), Some(layer));
        assert_eq!(element(&answer, "NoPermissionType").as_deref(), Some(kind));
    }
}

/// Planned faults answer in the words of OSS.
#[tokio::test]
async fn faults_are_answered_in_the_form_of_oss() {
    let client = client(&with_objects(&["a"]));
    for (fault, status, code) in [
        ("GetObject=throttle", 503, Some("SlowDown")),
        ("GetObject=no-permission", 403, Some("AccessDenied")),
        ("GetObject=expired-token", 403, Some("SecurityTokenExpired")),
        ("GetObject=error-before:500", 500, Some("InternalError")),
        ("GetObject=skew:3600", 403, Some("RequestTimeTooSkewed")),
        ("HeadObject=throttle", 200, None),
    ] {
        client
            .sandbox
            .set_faults(FaultPlan::new(vec![fault.parse().unwrap()]));
        let answer = send(&client, signed("GET", "/exports-hz/a", &[], REGION)).await;
        assert_eq!(
            (answer.status, element(&answer, "Code").as_deref()),
            (status, code),
            "{fault}"
        );
    }
    let calls = client.sandbox.calls();
    assert_eq!(calls.count("GetObject"), 6);
}
