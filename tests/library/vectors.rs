//! Signatures against other people's numbers, at every stage.
//!
//! Each folder of `tests/vectors` is one request with the answers of each stage. Where they come from is in its
//! `request.json`. Files end in a line break that is not part of the answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use export_iam::cloud::oss;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::encoding::{self, parse_form};
use export_iam::cloud::rpc::endpoint::Endpoint;
use export_iam::cloud::rpc::signature::{oss4, sha256_hex, v1, v3};
use export_iam::cloud::rpc::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

struct Case {
    folder: PathBuf,
    request: Value,
}

impl Case {
    fn expected(&self, file: &str) -> String {
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        text.strip_suffix('\n').unwrap().to_owned()
    }

    fn text(&self, key: &str) -> &str {
        self.request[key].as_str().unwrap()
    }

    fn pairs(&self, key: &str) -> Vec<(String, String)> {
        let object = self.request[key].as_object().unwrap();
        object
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
            .collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.request["headers"][name].as_str()
    }

    /// The query of the URL, decoded; a key without a value has none.
    fn query(&self) -> Vec<(String, Option<String>)> {
        let (_, query) = self.text("url").split_once('?').unwrap_or_default();
        let pairs = encoding::parse_form(query).unwrap().into_iter();
        pairs
            .map(|(key, value)| (key, Some(value).filter(|value| !value.is_empty())))
            .collect()
    }

    /// `/bucket/key`, as it is signed for OSS.
    fn resource(&self) -> String {
        let key = self.request["key"].as_str().unwrap_or_default();
        format!("/{}/{key}", self.text("bucket"))
    }

    fn assert(&self, file: &str, actual: &str) {
        assert_eq!(
            actual,
            self.expected(file),
            "{}/{file}",
            self.folder.display()
        );
    }
}

fn cases(signature_version: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut cases = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let folder = entry.unwrap().path();
        let text = fs::read_to_string(folder.join("request.json")).unwrap();
        let request: Value = serde_json::from_str(&text).unwrap();
        if request["signature_version"] == signature_version {
            cases.push(Case { folder, request });
        }
    }
    cases
}

#[test]
fn v1_agrees_at_every_stage() {
    let cases = cases("1.0");
    assert_eq!(cases.len(), 9);
    for case in cases {
        let params = case.pairs("params");
        let query = v1::canonical_query(params.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        case.assert("canonical-query.txt", &query);
        let text = v1::string_to_sign(case.text("method"), &query);
        case.assert("string-to-sign.txt", &text);
        case.assert("signature.txt", &v1::signature(case.text("secret"), &text));
    }
}

/// The signing function adds exactly the common parameters that the vectors hold.
#[test]
fn v1_signing_adds_the_common_parameters() {
    for case in cases("1.0") {
        let all: BTreeMap<String, String> = case.pairs("params").into_iter().collect();
        if all["Format"] != "JSON" {
            continue;
        }
        let added = [
            "Format",
            "AccessKeyId",
            "SignatureMethod",
            "SignatureVersion",
            "SignatureNonce",
            "Timestamp",
            "SecurityToken",
        ];
        let own = all
            .iter()
            .filter(|(key, _)| !added.contains(&key.as_str()))
            .map(|(key, value)| (&*key.clone().leak(), value.clone()))
            .collect();
        let credentials = Credentials {
            security_token: all.get("SecurityToken").cloned().map(SecretString::from),
            ..Credentials::permanent(&all["AccessKeyId"], case.text("secret"))
        };
        let at: Timestamp = all["Timestamp"].parse().unwrap();
        let nonce = &all["SignatureNonce"];
        let mut signed = v1::sign(case.text("method"), &own, &credentials, at, nonce);
        case.assert("signature.txt", &signed.remove("Signature").unwrap());
        let signed: BTreeMap<String, String> =
            signed.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        assert_eq!(signed, all);
    }
}

#[test]
fn v3_agrees_at_every_stage() {
    let cases = cases("3");
    assert_eq!(cases.len(), 8);
    for case in cases {
        let query = case.pairs("query");
        let headers = case.pairs("headers");
        let content_sha256 = case.request["headers"]["x-acs-content-sha256"]
            .as_str()
            .unwrap();
        assert_eq!(sha256_hex(case.text("body").as_bytes()), content_sha256);
        let request = v3::Signable {
            method: case.text("method"),
            query: &query,
            headers: &headers,
            signed_headers: &v3::signed_headers(&headers),
            content_sha256,
        };
        let canonical = v3::canonical_request(&request);
        case.assert("canonical-request.txt", &canonical);
        case.assert("string-to-sign.txt", &v3::string_to_sign(&canonical));
        let (id, secret) = (case.text("access_key_id"), case.text("secret"));
        let authorization = v3::authorization(&request, id, secret);
        case.assert("authorization.txt", &authorization.to_string());
        assert_eq!(
            v3::Authorization::parse(&authorization.to_string()),
            Some(authorization)
        );
    }
}

/// The signing function makes the headers of the vectors that have everything in the body.
#[test]
fn v3_signing_makes_the_headers() {
    let mut checked = 0;
    for case in cases("3") {
        if !case.pairs("query").is_empty() {
            continue;
        }
        let headers: BTreeMap<String, String> = case.pairs("headers").into_iter().collect();
        let credentials = Credentials::permanent(case.text("access_key_id"), case.text("secret"));
        let mut signed: BTreeMap<String, String> = v3::sign(
            &headers["host"],
            (&headers["x-acs-action"], &headers["x-acs-version"]),
            case.text("body").as_bytes(),
            &credentials,
            headers["x-acs-date"].parse().unwrap(),
            &headers["x-acs-signature-nonce"],
        )
        .into_iter()
        .collect();
        case.assert(
            "authorization.txt",
            &signed.remove("authorization").unwrap(),
        );
        assert_eq!(signed, headers);
        checked += 1;
    }
    assert_eq!(checked, 2);
}

#[test]
fn a_form_encoders_body_reads_as_ours() {
    let form = cases("3")
        .into_iter()
        .find(|case| case.text("body").contains('+'))
        .unwrap();
    let query = cases("3")
        .into_iter()
        .find(|case| {
            case.text("body").is_empty() && case.request["query"]["PolicyDocument"].is_string()
        })
        .unwrap();
    let mut read = parse_form(form.text("body")).unwrap();
    let mut expected = query.pairs("query");
    read.sort();
    expected.sort();
    assert_eq!(read, expected);
}

#[test]
fn oss_v4_agrees_at_every_stage() {
    let cases = cases("oss4");
    assert_eq!(cases.len(), 7);
    for case in cases {
        let headers = case.pairs("headers");
        let query = case.query();
        let query = borrowed(&query);
        let region = case.text("region");
        let canonical =
            oss4::canonical_request(case.text("method"), &case.resource(), &query, &headers);
        case.assert("canonical-request.txt", &canonical);
        let text = oss4::string_to_sign(at(), region, &canonical);
        case.assert("string-to-sign.txt", &text);
        let (id, secret) = (case.text("access_key_id"), case.text("secret"));
        let authorization = oss4::authorization(id, secret, at(), region, &text);
        case.assert("authorization.txt", &authorization);
    }
}

#[test]
fn presigned_links_agree_at_every_stage() {
    let cases = cases("oss4-presigned");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let region = case.text("region");
        let (id, secret) = (case.text("access_key_id"), case.text("secret"));
        let token = case.request["token"].as_str();
        let life = case.request["expires"].as_u64().unwrap();
        let query = oss4::presigned_query(id, token, at(), region, life);
        let pairs: Vec<(&str, Option<&str>)> = query
            .iter()
            .map(|(key, value)| (*key, Some(value.as_str())))
            .collect();
        let canonical = oss4::canonical_request("GET", &case.resource(), &pairs, &[]);
        case.assert("canonical-request.txt", &canonical);
        let text = oss4::string_to_sign(at(), region, &canonical);
        case.assert("string-to-sign.txt", &text);
        let signature = oss4::signature(secret, at(), region, &text);
        let query = encoding::form(query.iter().map(|(key, value)| (*key, value.as_str())));
        let url = format!("{}?{query}&x-oss-signature={signature}", case.text("url"));
        case.assert("signed-url.txt", &url);
    }
}

/// What the client itself sends and links to, for the same questions.
#[tokio::test]
async fn the_client_of_oss_signs_what_the_vectors_sign() {
    let transport = Seen::default();
    let mut checked = 0;
    for case in cases("oss4") {
        let key = Credentials {
            security_token: case.header("x-oss-security-token").map(SecretString::from),
            ..Credentials::permanent(case.text("access_key_id"), case.text("secret"))
        };
        let mut settings = Settings::default();
        if case.text("url").starts_with("http://127.0.0.1:8080/") {
            let endpoint = Endpoint::new("http://127.0.0.1:8080").unwrap();
            settings.endpoints.insert("oss", endpoint);
        }
        let clock = Clock::starting_at(at());
        let rpc = RpcClient::new(transport.clone(), key, clock, Random::seeded(1), settings);
        let (region, bucket) = (case.text("region"), case.text("bucket"));
        let object = case.request["key"].as_str().unwrap_or_default();
        // The transport answers nothing, so every call fails after it was sent.
        if case.text("url").ends_with("?bucketInfo") {
            oss::bucket(&rpc, region, bucket).await.unwrap_err();
        } else if !object.is_empty() {
            oss::object(&rpc, region, bucket, object).await.unwrap_err();
        } else {
            continue;
        }
        let sent = transport.sent_to(case.text("url"));
        let authorization = sent
            .headers
            .iter()
            .find(|(name, _)| name == "authorization");
        case.assert("authorization.txt", &authorization.unwrap().1);
        assert_eq!(sent.method, case.text("method"));
        checked += 1;
    }
    assert_eq!(checked, 4);
    for case in cases("oss4-presigned") {
        let key = Credentials {
            security_token: case.request["token"].as_str().map(SecretString::from),
            ..Credentials::permanent(case.text("access_key_id"), case.text("secret"))
        };
        let rpc = RpcClient::new(
            transport.clone(),
            key,
            Clock::starting_at(at()),
            Random::seeded(1),
            Settings::default(),
        );
        let life = Duration::from_secs(case.request["expires"].as_u64().unwrap());
        let (region, bucket) = (case.text("region"), case.text("bucket"));
        let url = oss::presigned_url(&rpc, region, bucket, case.text("key"), life).await;
        case.assert("signed-url.txt", url.unwrap().expose_secret());
    }
}

fn at() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn borrowed(query: &[(String, Option<String>)]) -> Vec<(&str, Option<&str>)> {
    let pairs = query.iter();
    pairs
        .map(|(key, value)| (key.as_str(), value.as_deref()))
        .collect()
}

/// Keeps what is sent and answers nothing.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<HttpRequest>>>);

impl Seen {
    fn sent_to(&self, url: &str) -> HttpRequest {
        let sent = std::mem::take(&mut *self.0.lock().unwrap());
        let found = sent.into_iter().find(|request| request.url == url);
        found.unwrap_or_else(|| panic!("nothing was sent to {url}"))
    }
}

impl Transport for Seen {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.0.lock().unwrap().push(request);
        Err(TransportError {
            kind: TransportErrorKind::BadRequest,
            message: "nothing is here".to_owned(),
        })
    }
}
