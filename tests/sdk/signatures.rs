//! Random requests, signed by us and again by the official signers: `signatures.py`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::signature::{oss4, sha256_hex, timestamp, v1, v3};
use jiff::Timestamp;
use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::string::{RegexGeneratorStrategy, string_regex};
use proptest::test_runner::TestRunner;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::runtime::{finish, python_command};

/// Of each of the four kinds.
const REQUESTS: usize = 1000;

/// Names of parameters are plain: the official signers do not encode them.
const NAME: &str = "[A-Za-z][A-Za-z0-9._-]{0,11}";
/// Any text that has no control characters.
const TEXT: &str = "\\PC{0,24}";
const HEADER_VALUE: &str = "[!-~]([ -~]{0,16}[!-~])?";
const KEY_ID: &str = "[A-Za-z0-9.]{1,24}";
const SECRET: &str = "[!-~]{1,40}";

/// Texts of this form; the expression is read once, which takes longer than making a text.
fn text(form: &str) -> RegexGeneratorStrategy<String> {
    string_regex(form).unwrap()
}

/// What all requests have.
#[derive(Debug, Clone)]
struct Common {
    id: String,
    secret: String,
    token: Option<String>,
    nonce: String,
    at: Timestamp,
    method: String,
    parameters: BTreeMap<String, String>,
}

impl Common {
    fn credentials(&self) -> Credentials {
        Credentials {
            security_token: self.token.clone().map(SecretString::from),
            ..Credentials::permanent(&self.id, &self.secret)
        }
    }
}

fn common() -> impl Strategy<Value = Common> {
    let token = option::of(text("[A-Za-z0-9+/=]{1,64}"));
    let key = (text(KEY_ID), text(SECRET), token);
    // Until the year 2100.
    let at = (0..4_102_444_800_i64).prop_map(|second| Timestamp::from_second(second).unwrap());
    let parameters = btree_map(text(NAME), text(TEXT), 0..8);
    let method = text("GET|HEAD|POST|PUT");
    (key, text("[0-9a-f-]{8,36}"), at, method, parameters).prop_map(
        |((id, secret, token), nonce, at, method, parameters)| Common {
            id,
            secret,
            token,
            nonce,
            at,
            method,
            parameters,
        },
    )
}

/// Signature 1.0. The names of its parameters are ours; the values are random.
fn signed_v1() -> impl Strategy<Value = Value> {
    let names = [
        "Action",
        "Version",
        "RoleName",
        "Tag.1.Key",
        "Tag.10.Key",
        "Tag.2.Key",
    ];
    let values = [(); 6].map(|()| text(TEXT));
    (common(), values).prop_map(move |(common, values)| {
        let params = BTreeMap::from_iter(names.into_iter().zip(values));
        let Common {
            method, at, nonce, ..
        } = &common;
        let mut params = v1::sign(method, &params, &common.credentials(), *at, nonce);
        json!({
            "kind": "signature 1.0", "method": method, "secret": common.secret,
            "signature": params.remove(v1::SIGNATURE), "parameters": params,
        })
    })
}

/// Signature 3 as our client sends it: everything in the body.
fn signed_v3_body() -> impl Strategy<Value = Value> {
    let call = (text("[a-z0-9.-]{1,20}(:[0-9]{4})?"), text("[A-Za-z]{1,30}"));
    (common(), call, text("\\PC{0,40}")).prop_map(|(common, (host, action), body)| {
        let Common { at, nonce, .. } = &common;
        let call = (action.as_str(), "2015-05-01");
        let headers = v3::sign(
            &host,
            call,
            body.as_bytes(),
            &common.credentials(),
            *at,
            nonce,
        );
        of_v3("POST", &common, &BTreeMap::new(), headers, &body)
    })
}

/// Signature 3 as others send it, and as the sandbox checks it: parameters in the query.
fn signed_v3_query() -> impl Strategy<Value = Value> {
    let headers = btree_map(
        text("x-acs-[ef]{1,2}(-[a-z]{1,3})?"),
        text(HEADER_VALUE),
        0..4,
    );
    (common(), headers, text("[a-z0-9.-]{1,20}")).prop_map(|(common, headers, host)| {
        let mut headers: Vec<(String, String)> = headers.into_iter().collect();
        headers.push(("host".to_owned(), host));
        headers.push(("X-Acs-Date".to_owned(), timestamp(common.at)));
        let query: Vec<(String, String)> = common.parameters.clone().into_iter().collect();
        let signable = v3::Signable {
            method: &common.method,
            query: &query,
            headers: &headers,
            signed_headers: &v3::signed_headers(&headers),
            content_sha256: &sha256_hex(b""),
        };
        let authorization = v3::authorization(&signable, &common.id, &common.secret);
        headers.push(("authorization".to_owned(), authorization.to_string()));
        of_v3(&common.method, &common, &common.parameters, headers, "")
    })
}

fn of_v3(
    method: &str,
    common: &Common,
    query: &BTreeMap<String, String>,
    headers: Vec<(String, String)>,
    body: &str,
) -> Value {
    let mut headers: BTreeMap<String, String> = headers.into_iter().collect();
    let signature = headers.remove("authorization");
    json!({
        "kind": "signature 3", "method": method, "query": query, "headers": headers, "body": body,
        "id": common.id, "secret": common.secret, "signature": signature,
    })
}

/// Where a request to OSS goes; without a bucket there is no key.
#[derive(Debug, Clone)]
struct Place {
    bucket: Option<String>,
    key: Option<String>,
    region: String,
}

impl Place {
    fn resource(&self) -> String {
        match (&self.bucket, &self.key) {
            (Some(bucket), key) => format!("/{bucket}/{}", key.as_deref().unwrap_or_default()),
            (None, _) => "/".to_owned(),
        }
    }
}

fn place() -> impl Strategy<Value = Place> {
    let bucket = option::of(text("[a-z0-9][a-z0-9-]{1,20}[a-z0-9]"));
    let key = option::of(text("\\PC{1,24}"));
    let region = text("[a-z]{2}-[a-z]{2,10}(-[0-9])?");
    (bucket, key, region).prop_map(|(bucket, key, region)| Place {
        key: key.filter(|_| bucket.is_some()),
        bucket,
        region,
    })
}

/// A parameter without a value is a bare name in the query.
fn pairs(parameters: &BTreeMap<String, String>) -> Vec<(&str, Option<&str>)> {
    let pairs = parameters.iter();
    pairs
        .map(|(name, value)| {
            (
                name.as_str(),
                Some(value.as_str()).filter(|value| !value.is_empty()),
            )
        })
        .collect()
}

/// OSS signature 4 in the headers.
fn signed_oss_header() -> impl Strategy<Value = Value> {
    let names = text("x-oss-[ab]{1,2}(-[a-z]{1,3})?|Content-Type|content-md5|range");
    let given = btree_map(names, text(HEADER_VALUE), 0..4);
    (common(), place(), given).prop_map(|(common, place, given)| {
        let mut headers: Vec<(String, String)> = given.clone().into_iter().collect();
        let unsigned = oss4::UNSIGNED_PAYLOAD.to_owned();
        headers.push(("x-oss-date".to_owned(), oss4::timestamp(common.at)));
        headers.push(("x-oss-content-sha256".to_owned(), unsigned));
        let token = common.token.clone();
        headers.extend(token.map(|token| ("x-oss-security-token".to_owned(), token)));
        let query = pairs(&common.parameters);
        let canonical = oss4::canonical_request(&common.method, &place.resource(), &query, &headers);
        let Common { id, secret, at, .. } = &common;
        let text = oss4::string_to_sign(*at, &place.region, &canonical);
        let signature = oss4::authorization(id, secret, *at, &place.region, &text);
        json!({ "kind": "OSS signature 4", "headers": given, "life": null, "text": text, "signature": signature,
            "request": of_oss(&common, &place) })
    })
}

/// OSS signature 4 in a link.
fn signed_oss_link() -> impl Strategy<Value = Value> {
    (common(), place(), 1..604_800_u64).prop_map(|(common, place, life)| {
        let Common { id, secret, at, .. } = &common;
        let token = common.token.as_deref();
        let own = oss4::presigned_query(id, token, *at, &place.region, life);
        let mut query = pairs(&common.parameters);
        query.extend(own.iter().map(|(name, value)| (*name, Some(value.as_str()))));
        let canonical = oss4::canonical_request(&common.method, &place.resource(), &query, &[]);
        let text = oss4::string_to_sign(*at, &place.region, &canonical);
        let signature = oss4::signature(secret, *at, &place.region, &text);
        json!({ "kind": "OSS link", "headers": {}, "life": life, "text": text, "signature": signature,
            "request": of_oss(&common, &place) })
    })
}

fn of_oss(common: &Common, place: &Place) -> Value {
    json!({
        "method": common.method, "bucket": place.bucket, "key": place.key, "region": place.region,
        "query": common.parameters, "id": common.id, "secret": common.secret, "token": common.token,
        "at": common.at.as_second(),
    })
}

#[tokio::test]
async fn the_official_signers_sign_random_requests_as_we_do() {
    let Some(mut command) = python_command("signatures.py") else {
        return;
    };
    let kinds = [
        (REQUESTS, signed_v1().boxed()),
        (REQUESTS / 2, signed_v3_body().boxed()),
        (REQUESTS / 2, signed_v3_query().boxed()),
        (REQUESTS, signed_oss_header().boxed()),
        (REQUESTS, signed_oss_link().boxed()),
    ];
    // The same requests every time.
    let mut runner = TestRunner::deterministic();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signatures.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for (count, kind) in kinds {
        for _ in 0..count {
            writeln!(file, "{}", kind.new_tree(&mut runner).unwrap().current()).unwrap();
        }
    }
    file.flush().unwrap();
    command.arg(&path);
    finish(command).await;
}
