//! What lies between an export and the sandbox's ECS and OSS: any call may be lost, late, doubled, garbled or refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use export_iam::cloud::resource_manager::control_policies::ControlPolicyReader;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::{CredentialError, CredentialSource, Credentials};
use export_iam::cloud::rpc::encoding::parse_form;
use export_iam::cloud::rpc::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use export_iam::cloud::services::ServicesClient;
use export_iam::sandbox::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, Sandbox, World};
use futures_util::FutureExt;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::fault::{Fault, Kind};

/// How long the client's transport waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct Network(Arc<Inner>);

struct Inner {
    sandbox: Sandbox,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    /// The operations asked for, in order.
    pub(crate) calls: Vec<String>,
    pub(crate) faults: BTreeMap<usize, Fault>,
    /// How many faults happened.
    pub(crate) happened: usize,
    /// Nothing gets through in this time.
    pub(crate) gone: Option<(Duration, Duration)>,
    began: Option<Instant>,
    under_way: usize,
    clients: u64,
    /// Exports that left and may have had an effect.
    pub(crate) exports: usize,
    /// How often the key was given up.
    pub(crate) renewed: usize,
}

impl Network {
    pub(crate) fn of(seed: &Value, clock: Clock) -> Self {
        let world = World::from_json(&seed.to_string()).unwrap();
        let of_sandbox = clock.clone();
        let sandbox = Sandbox::new(world).with_clock(Arc::new(move || of_sandbox.now()));
        Self(Arc::new(Inner {
            sandbox,
            clock,
            state: Mutex::default(),
        }))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    pub(crate) fn client(&self) -> ServicesClient<Network, Renewing> {
        let rpc = || {
            let key = Renewing(self.clone());
            let seed = {
                let mut state = self.state();
                state.clients += 1;
                state.clients
            };
            let (clock, random) = (self.0.clock.clone(), Random::seeded(seed));
            RpcClient::new(self.clone(), key, clock, random, Settings::default())
        };
        ServicesClient::new(rpc(), Arc::new(ControlPolicyReader::new(rpc())))
    }

    /// The first account as the sandbox holds it.
    pub(crate) fn account(&self) -> Value {
        let world = self.0.sandbox.world().to_json().unwrap();
        let world: Value = serde_json::from_str(&world).unwrap();
        world["accounts"][0].clone()
    }

    /// Changes the account by hand.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Value)) {
        let world = self.0.sandbox.world().to_json().unwrap();
        let mut world: Value = serde_json::from_str(&world).unwrap();
        change(&mut world["accounts"][0]);
        let world = World::from_json(&world.to_string()).unwrap();
        self.0.sandbox.set_world(world);
    }

    /// Waits until nothing is under way any more, and no fault is left.
    pub(crate) async fn settle(&self) {
        self.state().faults.clear();
        self.state().gone = None;
        while self.state().under_way > 0 {
            sleep(Duration::from_secs(1)).await;
        }
    }

    fn land(&self, request: &HttpRequest) -> HttpResponse {
        let sent = self.0.sandbox.send(request.clone()).now_or_never();
        sent.expect("the sandbox answers at once").unwrap()
    }

    async fn go_wrong(
        &self,
        fault: Fault,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        let is_oss = request.method != "POST";
        let lost = |kind| {
            Err(TransportError {
                kind,
                message: format!("lost: {kind:?}"),
            })
        };
        match fault.kind {
            Kind::LostBefore => {
                let (after, kind) = match fault.number % 3 {
                    0 => (0, TransportErrorKind::NotConnected(Barrier::Refused)),
                    1 => (0, TransportErrorKind::Interrupted),
                    _ => (30, TransportErrorKind::TimedOut),
                };
                sleep(Duration::from_secs(after)).await;
                lost(kind)
            }
            Kind::LostAfter => {
                self.land(&request);
                let (after, kind) = match fault.number % 4 {
                    0 => (0, TransportErrorKind::Interrupted),
                    1 => (0, TransportErrorKind::Truncated),
                    2 => (0, TransportErrorKind::TooLarge),
                    _ => (30, TransportErrorKind::TimedOut),
                };
                sleep(Duration::from_secs(after)).await;
                lost(kind)
            }
            Kind::Late => {
                let network = self.clone();
                let after = TIMEOUT + Duration::from_secs(fault.number.into());
                self.state().under_way += 1;
                tokio::spawn(async move {
                    sleep(after).await;
                    network.land(&request);
                    network.state().under_way -= 1;
                });
                sleep(TIMEOUT).await;
                lost(TransportErrorKind::TimedOut)
            }
            Kind::ErrorAfter => {
                self.land(&request);
                Ok(refusal(is_oss, 500, "InternalError"))
            }
            Kind::ErrorBefore => Ok(refusal(is_oss, 503, "ServiceUnavailable")),
            Kind::Throttled if is_oss => Ok(refusal(is_oss, 503, "SlowDown")),
            Kind::Throttled => Ok(refusal(is_oss, 400, "Throttling.User")),
            Kind::Denied if is_oss => Ok(refusal(is_oss, 403, "AccessDenied")),
            Kind::Denied => Ok(refusal(is_oss, 403, "Forbidden.RAM")),
            Kind::Expired if is_oss => Ok(refusal(is_oss, 403, "SecurityTokenExpired")),
            Kind::Expired => Ok(refusal(is_oss, 400, "InvalidSecurityToken.Expired")),
            Kind::Twice => {
                self.land(&request);
                Ok(self.land(&request))
            }
            _ => {
                let mut answer = self.land(&request);
                answer.body = match fault.number % 4 {
                    0 => b"<!DOCTYPE html><html></html>".to_vec(),
                    1 => answer.body[..answer.body.len() / 2].to_vec(),
                    2 => br#"{"RequestId":"r"}"#.to_vec(),
                    _ => Vec::new(),
                };
                if fault.number % 4 != 1 {
                    answer.headers.clear();
                }
                Ok(answer)
            }
        }
    }
}

impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let operation = operation(&request);
        let (fault, is_gone) = {
            let mut state = self.state();
            let place = state.calls.len();
            state.calls.push(operation.clone());
            let since = state.began.get_or_insert_with(Instant::now).elapsed();
            let gone = state.gone;
            let is_gone = gone.is_some_and(|(from, until)| (from..until).contains(&since));
            let fault = state.faults.get(&place).copied();
            state.happened += usize::from(fault.is_some());
            let is_harmless = fault.is_some_and(|fault| {
                matches!(
                    fault,
                    Fault {
                        kind: Kind::LostBefore,
                        number: 0
                    } | Fault {
                        kind: Kind::Throttled | Kind::Denied | Kind::Expired,
                        ..
                    }
                )
            });
            state.exports += usize::from(operation == "ExportImage" && !is_harmless && !is_gone);
            (fault, is_gone)
        };
        match fault {
            _ if is_gone => Err(TransportError {
                kind: TransportErrorKind::NotConnected(Barrier::Refused),
                message: "gone".to_owned(),
            }),
            None => Ok(self.land(&request)),
            Some(fault) => self.go_wrong(fault, request).await,
        }
    }
}

/// The key to the sandbox. It can be renewed any number of times, and stays the same.
pub(crate) struct Renewing(Network);

impl CredentialSource for Renewing {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        Ok(Credentials::permanent(ACCESS_KEY_ID, ACCESS_KEY_SECRET))
    }

    fn forget(&self, _access_key_id: &str) -> bool {
        self.0.state().renewed += 1;
        true
    }
}

fn operation(request: &HttpRequest) -> String {
    if request.method == "POST" {
        let body = std::str::from_utf8(&request.body).unwrap();
        let params: BTreeMap<_, _> = parse_form(body).unwrap().into_iter().collect();
        return params["Action"].clone();
    }
    let name = match request.method.as_str() {
        "HEAD" => "HeadObject",
        _ if request.url.contains("list-type") => "ListObjectsV2",
        _ => "GetBucket",
    };
    name.to_owned()
}

/// An error in the words of either kind of service.
fn refusal(is_oss: bool, status: u16, code: &str) -> HttpResponse {
    use base64::Engine;
    let xml = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    let text = base64::engine::general_purpose::STANDARD.encode(&xml);
    HttpResponse {
        status,
        headers: vec![
            ("x-oss-request-id".to_owned(), "65AF".to_owned()),
            ("x-oss-err".to_owned(), text),
        ],
        body: match is_oss {
            true => xml.into_bytes(),
            false => json!({ "RequestId": "r", "Code": code, "Message": "no" })
                .to_string()
                .into_bytes(),
        },
    }
}
