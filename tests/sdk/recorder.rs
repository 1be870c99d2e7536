//! Stands between a client and the sandbox, passes everything on as it came, and keeps the answers. Also keeps the
//! sandbox's time: it runs ahead by a bit whenever somebody looks at a task, so that nobody waits for one.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use export_iam::sandbox::{Options, Server, World, start};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::net::TcpListener;

/// More than any answer of the sandbox. Unit: bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// One answer as it went over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// By which client and service both know the answer.
    fn request_id(&self) -> Option<String> {
        if let Some(id) = self.header("x-oss-request-id") {
            return Some(id.to_owned());
        }
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get("RequestId")?.as_str()?.to_owned())
    }
}

/// How much time passes with each look at a task. Unit: seconds.
const LOOK: i64 = 20;

#[derive(Clone)]
pub(crate) struct Recorder {
    sandbox: String,
    client: reqwest::Client,
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    ahead: Arc<AtomicI64>,
}

impl Recorder {
    /// Starts a sandbox that holds `seed`, and a recorder in front of it; gives the address to use.
    pub(crate) async fn start(seed: World) -> (Self, Server, SocketAddr) {
        let ahead = Arc::new(AtomicI64::new(0));
        let passed = Arc::clone(&ahead);
        let options = Options {
            seed: Some(seed),
            clock: Arc::new(move || {
                let passed = SignedDuration::from_secs(passed.load(Ordering::Relaxed));
                Timestamp::now().checked_add(passed).unwrap()
            }),
            ..Options::default()
        };
        let sandbox = start(options).await.unwrap();
        // The client needs one, though it speaks plain HTTP. Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let recorder = Self {
            sandbox: sandbox.base_url(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            answers: Arc::default(),
            ahead,
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = Router::new().fallback(pass_on).with_state(recorder.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        (recorder, sandbox, address)
    }

    /// The answers so far, by request id.
    pub(crate) fn answers(&self) -> BTreeMap<String, Answer> {
        self.answers.lock().unwrap().clone()
    }
}

async fn pass_on(State(recorder): State<Recorder>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST).await.unwrap();
    let rest = parts.uri.path_and_query().unwrap();
    // One version of the signature has the operation in a header, the other among the parameters.
    let in_header = parts.headers.get("x-acs-action");
    let in_query = rest.as_str().contains("Action=DescribeTaskAttribute");
    if in_query || in_header.is_some_and(|name| name == "DescribeTaskAttribute") {
        recorder.ahead.fetch_add(LOOK, Ordering::Relaxed);
    }
    let answer = recorder
        .client
        .request(parts.method, format!("{}{rest}", recorder.sandbox))
        // The `host` header stays the client's: it is signed.
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.unwrap().to_vec();
    let kept = Answer {
        status: status.as_u16(),
        headers: headers.clone(),
        body: body.clone(),
    };
    if let Some(id) = kept.request_id() {
        recorder.answers.lock().unwrap().insert(id, kept);
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
