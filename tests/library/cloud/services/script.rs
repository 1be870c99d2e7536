//! A service that answers what a test says, and remembers what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use export_iam::cloud::resource_manager::control_policies::ControlPolicyReader;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use export_iam::cloud::services::ServicesClient;
use secrecy::SecretString;

pub(super) const SECRET: &str = "CanarySecretZ9x7Q2";
pub(super) const TOKEN: &str = "CanaryTokenK3v8W5+/=";

pub(super) type Answer = Result<HttpResponse, TransportError>;

/// Answers in order; the last one again and again.
#[derive(Clone, Default)]
pub(super) struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    sent: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Script {
    pub(super) fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Self::default();
        script.answers.lock().unwrap().extend(answers);
        script
    }

    pub(super) fn sent(&self) -> Vec<HttpRequest> {
        self.sent.lock().unwrap().clone()
    }

    /// The hosts that anything was sent to, in order.
    pub(super) fn hosts(&self) -> Vec<String> {
        let host = |request: HttpRequest| request.url.split('/').nth(2).unwrap().to_owned();
        self.sent().into_iter().map(host).collect()
    }

    pub(super) fn client(&self) -> ServicesClient<Script, Credentials> {
        let rpc = || {
            let key = Credentials {
                security_token: Some(SecretString::from(TOKEN)),
                ..Credentials::permanent("STS.testid", SECRET)
            };
            let clock = Clock::starting_at("2026-01-02T03:04:05Z".parse().unwrap());
            let settings = Settings::default();
            RpcClient::new(self.clone(), key, clock, Random::seeded(1), settings)
        };
        ServicesClient::new(rpc(), Arc::new(ControlPolicyReader::new(rpc())))
    }
}

impl Transport for Script {
    async fn send(&self, request: HttpRequest) -> Answer {
        self.sent.lock().unwrap().push(request);
        let mut answers = self.answers.lock().unwrap();
        match answers.len() {
            0 | 1 => answers.front().unwrap().clone(),
            _ => answers.pop_front().unwrap(),
        }
    }
}

/// An answer of OSS.
pub(super) fn oss(status: u16, body: &str) -> Answer {
    Ok(HttpResponse {
        status,
        headers: vec![("x-oss-request-id".to_owned(), "65AF".to_owned())],
        body: body.as_bytes().to_vec(),
    })
}

/// An answer of RPC.
pub(super) fn rpc(status: u16, body: &str) -> Answer {
    Ok(HttpResponse {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    })
}

pub(super) fn broken(kind: TransportErrorKind) -> Answer {
    Err(TransportError {
        kind,
        message: "broken".to_owned(),
    })
}
