//! A scripted service: answers by operation, in order, and remembers what it was sent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use export_iam::cloud::ram::RamClient;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::encoding::parse_form;
use export_iam::cloud::rpc::signature::SignatureVersion;
use export_iam::cloud::rpc::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// One answer and how long it takes.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) after: Duration,
    pub(crate) result: Result<HttpResponse, TransportError>,
}

impl Reply {
    pub(crate) fn after(self, milliseconds: u64) -> Self {
        let after = Duration::from_millis(milliseconds);
        Self { after, ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let answer = self.result.as_mut().unwrap();
        answer.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub(crate) fn body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    Reply {
        after: Duration::ZERO,
        result: Ok(HttpResponse {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }),
    }
}

fn json_body(status: u16, mut value: Value) -> Reply {
    value["RequestId"] = json!("request-1");
    body(status, "application/json", value.to_string())
}

/// A success with these members.
pub(crate) fn ok(members: Value) -> Reply {
    json_body(200, members)
}

/// A success that says nothing more.
pub(crate) fn done() -> Reply {
    ok(json!({}))
}

pub(crate) fn error(status: u16, code: &str) -> Reply {
    json_body(
        status,
        json!({"Code": code, "Message": "the service's words."}),
    )
}

fn broken(kind: TransportErrorKind) -> Reply {
    Reply {
        after: Duration::ZERO,
        result: Err(TransportError {
            kind,
            message: format!("broken: {kind:?}"),
        }),
    }
}

/// The answer was lost on its way.
pub(crate) fn lost() -> Reply {
    broken(TransportErrorKind::Interrupted)
}

pub(crate) fn timed_out() -> Reply {
    broken(TransportErrorKind::TimedOut).after(30_000)
}

pub(crate) fn truncated() -> Reply {
    broken(TransportErrorKind::Truncated)
}

pub(crate) fn too_large() -> Reply {
    broken(TransportErrorKind::TooLarge)
}

pub(crate) fn refused() -> Reply {
    broken(TransportErrorKind::NotConnected(Barrier::Refused))
}

pub(crate) fn untrusted() -> Reply {
    broken(TransportErrorKind::NotConnected(Barrier::Tls))
}

/// No answer to a connection attempt.
pub(crate) fn black_hole() -> Reply {
    broken(TransportErrorKind::NotConnected(Barrier::NoAnswer)).after(5_000)
}

pub(crate) fn role(trust: &str) -> Reply {
    ok(json!({"Role": {
        "RoleName": "R", "Arn": "acs:ram::1:role/r", "Description": "d", "MaxSessionDuration": 3600,
        "AssumeRolePolicyDocument": trust,
    }}))
}

pub(crate) fn policy(document: &str, version: &str) -> Reply {
    ok(json!({
        "Policy": {"PolicyName": "P", "PolicyType": "Custom", "Description": "d", "DefaultVersion": version},
        "DefaultPolicyVersion": {"VersionId": version, "IsDefaultVersion": true, "PolicyDocument": document},
    }))
}

/// The policies on a role, by name.
pub(crate) fn attached(names: &[&str]) -> Reply {
    let list: Vec<_> = names
        .iter()
        .map(|name| json!({"PolicyName": name, "PolicyType": "Custom"}))
        .collect();
    ok(json!({"Policies": {"Policy": list}}))
}

/// The versions of a policy; the first is in force.
pub(crate) fn versions(ids: &[&str]) -> Reply {
    let list: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| json!({"VersionId": id, "IsDefaultVersion": n == 0, "PolicyDocument": "{}"}))
        .collect();
    ok(json!({"PolicyVersions": {"PolicyVersion": list}}))
}

pub(crate) fn held_by_roles(names: &[&str]) -> Reply {
    let list: Vec<_> = names.iter().map(|name| json!({"RoleName": name})).collect();
    ok(json!({"Users": {"User": []}, "Groups": {"Group": []}, "Roles": {"Role": list}}))
}

pub(crate) fn tags(kind: &str, name: &str, pairs: &[(&str, &str)]) -> Reply {
    let list: Vec<_> = pairs
        .iter()
        .map(|(key, value)| {
            json!({"ResourceType": kind, "ResourceName": name, "TagKey": key, "TagValue": value})
        })
        .collect();
    ok(json!({"TagResources": list}))
}

/// What the fake received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) at: Instant,
    pub(crate) operation: String,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) request: HttpRequest,
}

#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    replies: BTreeMap<String, VecDeque<Reply>>,
    received: Vec<Received>,
}

impl Fake {
    /// Answers `operation` with `replies` in order; the last one again and again.
    pub(crate) fn on(self, operation: &str, replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = replies.into_iter().collect();
        let mut script = self.0.lock().unwrap();
        script.replies.insert(operation.to_owned(), replies);
        drop(script);
        self
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.0.lock().unwrap().received.clone()
    }

    /// The operations received, in order.
    pub(crate) fn operations(&self) -> Vec<String> {
        let received = self.received();
        received.into_iter().map(|call| call.operation).collect()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        let operations = self.operations();
        operations.iter().filter(|name| *name == operation).count()
    }
}

impl Transport for Fake {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let reply = {
            let mut script = self.0.lock().unwrap();
            let text = String::from_utf8(request.body.clone()).unwrap();
            let params: BTreeMap<_, _> = parse_form(&text).unwrap().into_iter().collect();
            let header = request
                .headers
                .iter()
                .find(|(name, _)| name == "x-acs-action");
            let operation = match header {
                Some((_, operation)) => operation.clone(),
                None => params["Action"].clone(),
            };
            script.received.push(Received {
                at: Instant::now(),
                operation: operation.clone(),
                params,
                request,
            });
            let replies = script
                .replies
                .get_mut(&operation)
                .unwrap_or_else(|| panic!("no answer is scripted for {operation}"));
            match replies.len() {
                0 | 1 => replies.front().unwrap().clone(),
                _ => replies.pop_front().unwrap(),
            }
        };
        tokio::time::sleep(reply.after).await;
        reply.result
    }
}

pub(crate) const WALL: &str = "2026-01-02T03:04:05Z";

pub(crate) fn settings() -> Settings {
    Settings::default()
}

pub(crate) fn credentials() -> Credentials {
    Credentials::permanent("testid", "testsecret")
}

pub(crate) type Client = RamClient<Fake, Credentials>;

pub(crate) fn client(fake: &Fake) -> Client {
    client_with(fake, credentials(), settings())
}

pub(crate) fn client_v3(fake: &Fake) -> Client {
    let settings = Settings {
        signature: SignatureVersion::V3,
        ..settings()
    };
    client_with(fake, credentials(), settings)
}

pub(crate) fn client_with(fake: &Fake, credentials: Credentials, settings: Settings) -> Client {
    let clock = Clock::starting_at(WALL.parse().unwrap());
    RamClient::new(RpcClient::new(
        fake.clone(),
        credentials,
        clock,
        Random::seeded(1),
        settings,
    ))
}
