//! A small client for the sandbox's tests: signs calls and reads answers, knows nothing of what they mean.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::encoding::form;
use export_iam::cloud::rpc::signature::{v1, v3};
use export_iam::cloud::rpc::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use export_iam::sandbox::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, Sandbox, World};
use jiff::Timestamp;
use serde_json::Value;

pub(crate) const RAM: &str = "2015-05-01";
pub(crate) const STS: &str = "2015-04-01";
pub(crate) const RESOURCE_MANAGER: &str = "2020-03-31";

/// Lets the ECS service assume a role.
pub(crate) const TRUST: &str = include_str!("../../../policies/ecs-trust.json");
/// Some permission policy.
pub(crate) const POLICY: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"*"}]}"#;
/// The system policy that most tests attach.
pub(crate) const SYSTEM: &str = "AliyunECSImageExportRolePolicy";

/// 2026-01-02T03:04:05Z, where the clocks of these tests start.
pub(crate) const START: i64 = 1_767_323_045;

/// An account with a clock of its own, and a key to it.
pub(crate) struct Client {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) credentials: Credentials,
    /// The second it is, for the sandbox and for signatures.
    pub(crate) clock: Arc<AtomicI64>,
    nonce: Arc<AtomicU64>,
}

/// One answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) response: HttpResponse,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["Code"].as_str().unwrap_or_default()
    }
}

/// A client of an empty account.
pub(crate) fn empty() -> Client {
    of(World::empty().unwrap())
}

/// A client of the account that `json` describes.
pub(crate) fn seeded(json: &Value) -> Client {
    of(World::of_account(&json.to_string()).unwrap())
}

pub(crate) fn of(world: World) -> Client {
    let clock = Arc::new(AtomicI64::new(START));
    let shown = Arc::clone(&clock);
    let tell = move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap();
    Client {
        sandbox: Arc::new(Sandbox::new(world).with_clock(Arc::new(tell))),
        credentials: Credentials::permanent(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
        clock,
        nonce: Arc::new(AtomicU64::new(0)),
    }
}

impl Client {
    /// Another key to the same sandbox.
    pub(crate) fn with(&self, credentials: Credentials) -> Self {
        Self {
            sandbox: Arc::clone(&self.sandbox),
            credentials,
            clock: Arc::clone(&self.clock),
            nonce: Arc::clone(&self.nonce),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn next_nonce(&self) -> String {
        format!("nonce-{}", self.nonce.fetch_add(1, Ordering::SeqCst))
    }

    /// The signed request (signature 1.0, POST, form body).
    pub(crate) fn request(
        &self,
        version: &str,
        operation: &str,
        parameters: &[(&'static str, &str)],
    ) -> HttpRequest {
        let mut all: BTreeMap<&'static str, String> = parameters
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        all.insert("Action", operation.to_owned());
        all.insert("Version", version.to_owned());
        let signed = v1::sign(
            "POST",
            &all,
            &self.credentials,
            self.now(),
            &self.next_nonce(),
        );
        self.form(&signed)
    }

    /// An unsigned-as-given POST of these parameters.
    pub(crate) fn form(&self, parameters: &BTreeMap<&'static str, String>) -> HttpRequest {
        let pairs = parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        HttpRequest {
            method: "POST".to_owned(),
            url: "http://127.0.0.1/".to_owned(),
            headers: vec![(
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: form(pairs).into_bytes(),
        }
    }

    /// The same call, signed by version 3.
    pub(crate) fn request_v3(
        &self,
        version: &str,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> HttpRequest {
        let body = form(parameters.iter().copied()).into_bytes();
        let headers = v3::sign(
            "127.0.0.1",
            (operation, version),
            &body,
            &self.credentials,
            self.now(),
            &self.next_nonce(),
        );
        HttpRequest {
            method: "POST".to_owned(),
            url: "http://127.0.0.1/".to_owned(),
            headers,
            body,
        }
    }

    pub(crate) async fn send(&self, request: HttpRequest) -> Result<Answer, TransportError> {
        let response = self.sandbox.send(request).await?;
        Ok(Answer {
            status: response.status,
            body: serde_json::from_slice(&response.body).unwrap_or_default(),
            response,
        })
    }

    pub(crate) async fn call(
        &self,
        operation: &str,
        parameters: &[(&'static str, &str)],
    ) -> Answer {
        let request = self.request(RAM, operation, parameters);
        self.send(request).await.unwrap()
    }

    /// A call that must go well.
    pub(crate) async fn ok(&self, operation: &str, parameters: &[(&'static str, &str)]) -> Value {
        let answer = self.call(operation, parameters).await;
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
        assert!(answer.body["RequestId"].is_string());
        answer.body
    }

    /// A call that must be refused, with this status and code.
    pub(crate) async fn refused(
        &self,
        operation: &str,
        parameters: &[(&'static str, &str)],
        status: u16,
        code: &str,
    ) -> Value {
        let answer = self.call(operation, parameters).await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, code),
            "{}",
            answer.body
        );
        for member in ["RequestId", "HostId", "Message"] {
            assert!(answer.body[member].is_string(), "{member}");
        }
        answer.body
    }

    pub(crate) async fn create_role(&self, name: &str) -> Value {
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", TRUST)];
        self.ok("CreateRole", &parameters).await
    }

    pub(crate) async fn create_policy(&self, name: &str) -> Value {
        let parameters = [("PolicyName", name), ("PolicyDocument", POLICY)];
        self.ok("CreatePolicy", &parameters).await
    }

    pub(crate) async fn create_version(&self, name: &str, is_default: bool) -> Value {
        let is_default = if is_default { "true" } else { "false" };
        let parameters = [
            ("PolicyName", name),
            ("PolicyDocument", POLICY),
            ("SetAsDefault", is_default),
        ];
        self.ok("CreatePolicyVersion", &parameters).await
    }
}

/// What an attachment call needs.
pub(crate) fn attachment(
    role: &'static str,
    policy_type: &'static str,
    policy: &'static str,
) -> [(&'static str, &'static str); 3] {
    [
        ("RoleName", role),
        ("PolicyType", policy_type),
        ("PolicyName", policy),
    ]
}
