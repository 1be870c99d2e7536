//! Planned faults, in process and over HTTP: what the caller sees, and what became of the state.

use std::sync::Arc;
use std::time::Duration;

use super::client::{Client, RAM, TRUST, empty};
use export_iam::cloud::rpc::transport::TransportErrorKind;
use export_iam::sandbox::{FaultPlan, Options, Sandbox, Server, World, start};
use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

fn plan(rules: &[&str]) -> FaultPlan {
    FaultPlan::new(rules.iter().map(|rule| rule.parse().unwrap()).collect())
}

fn faulty(rules: &[&str]) -> Client {
    let client = empty();
    client.sandbox.set_faults(plan(rules));
    client
}

const CREATE: [(&str, &str); 2] = [("RoleName", "a"), ("AssumeRolePolicyDocument", TRUST)];
const GET: [(&str, &str); 1] = [("RoleName", "a")];

#[tokio::test]
async fn throttling_says_how_long_to_wait() {
    let client = faulty(&["GetRole#1=throttle:250"]);
    let answer = client.call("GetRole", &GET).await;
    assert_eq!((answer.status, answer.code()), (400, "Throttling.User"));
    assert_eq!(answer.response.header("x-acs-retry-after"), Some("250"));
    client
        .refused("GetRole", &GET, 404, "EntityNotExist.Role")
        .await;
}

#[tokio::test]
async fn a_server_error_may_come_before_or_after_the_effect() {
    let client = faulty(&["CreateRole#1=error-before:503", "CreateRole#2=error-after"]);
    client
        .refused("CreateRole", &CREATE, 503, "ServiceUnavailable")
        .await;
    client
        .refused("GetRole", &GET, 404, "EntityNotExist.Role")
        .await;
    client
        .refused("CreateRole", &CREATE, 500, "InternalError")
        .await;
    client.ok("GetRole", &GET).await;
}

#[tokio::test]
async fn a_connection_may_drop_before_or_after_the_effect() {
    let client = faulty(&[
        "CreateRole#1=drop-before",
        "CreateRole#2=drop-after",
        "GetRole#3=cut:5",
    ]);
    for _ in 0..2 {
        let request = client.request(RAM, "CreateRole", &CREATE);
        let error = client.send(request).await.err().unwrap();
        assert_eq!(error.kind, TransportErrorKind::Interrupted);
        let is_there = client.call("GetRole", &GET).await.status == 200;
        assert_eq!(is_there, client.sandbox.calls().count("CreateRole") == 2);
    }
    let request = client.request(RAM, "GetRole", &GET);
    assert!(client.send(request).await.is_err());
}

#[tokio::test]
async fn a_stale_read_is_of_the_state_before_the_last_write() {
    let client = faulty(&["GetRole#2=stale"]);
    client.create_role("a").await;
    client.ok("GetRole", &GET).await;
    client
        .refused("GetRole", &GET, 404, "EntityNotExist.Role")
        .await;
    client.ok("GetRole", &GET).await;
}

#[tokio::test]
async fn permissions_tokens_pages_and_clocks_may_fail() {
    let client = faulty(&[
        "GetRole#1=no-permission",
        "GetRole#2=expired-token",
        "GetRole#3=html",
        "GetRole#4=skew:-3600",
    ]);
    let denied = client.refused("GetRole", &GET, 403, "NoPermission").await;
    assert_eq!(denied["AccessDeniedDetail"]["AuthAction"], "ram:GetRole");
    assert_eq!(
        denied["AccessDeniedDetail"]["NoPermissionType"],
        "ImplicitDeny"
    );
    client
        .refused("GetRole", &GET, 400, "InvalidSecurityToken.Expired")
        .await;
    let page = client.call("GetRole", &GET).await;
    assert_eq!(page.status, 502);
    assert!(page.response.body.starts_with(b"<!DOCTYPE html>"));
    let skewed = client.call("GetRole", &GET).await;
    assert_eq!(
        (skewed.status, skewed.code()),
        (400, "InvalidTimeStamp.Expired")
    );
    // The answer bears the time by which it was judged.
    let behind = client.now() - SignedDuration::from_hours(1);
    let date = behind.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(skewed.response.header("date"), Some(date.as_str()));
}

#[tokio::test(start_paused = true)]
async fn calls_under_latency_overlap_and_are_counted() {
    let base = empty();
    let sandbox = Sandbox::new(World::empty().unwrap()).with_latency(Duration::from_millis(50));
    let mut client = base.with(base.credentials.clone());
    client.sandbox = Arc::new(sandbox.with_clock(Arc::new(move || base.now())));
    client.sandbox.set_faults(plan(&["GetRole#2=delay:30"]));
    let start = Instant::now();
    tokio::join!(
        client.call("GetRole", &GET),
        client.call("GetRole", &GET),
        client.call("ListRoles", &[])
    );
    assert_eq!(start.elapsed(), Duration::from_millis(80));
    let calls = client.sandbox.calls();
    assert_eq!((calls.count("GetRole"), calls.max_overlap()), (2, 3));
    client.call("ListRoles", &[]).await;
    assert_eq!(start.elapsed(), Duration::from_millis(130));
    client.sandbox.clear_calls();
    assert!(client.sandbox.calls().records().len() == 0);
}

// Over HTTP.

async fn serve(rules: &[&str]) -> (Server, Client) {
    let client = empty();
    let clock = client.clock.clone();
    let second = move || {
        jiff::Timestamp::from_second(clock.load(std::sync::atomic::Ordering::SeqCst)).unwrap()
    };
    let options = Options {
        faults: plan(rules),
        clock: Arc::new(second),
        ..Options::default()
    };
    (start(options).await.unwrap(), client)
}

/// Everything that comes back on one connection, until it is closed.
async fn raw(running: &Server, request: &export_iam::cloud::rpc::transport::HttpRequest) -> String {
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    let head = format!(
        "{} / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method,
        request.body.len()
    );
    let headers: String = request
        .headers
        .iter()
        .filter(|(name, _)| name != "host")
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    stream
        .write_all(format!("{head}{headers}\r\n").as_bytes())
        .await
        .unwrap();
    stream.write_all(&request.body).await.unwrap();
    let mut answer = Vec::new();
    // A reset counts as an end.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn over_http_connections_really_break() {
    let (running, client) = serve(&[
        "GetRole#1=drop-before",
        "CreateRole#1=drop-after",
        "GetRole#2=cut:7",
    ])
    .await;
    assert_eq!(
        raw(&running, &client.request(RAM, "GetRole", &GET)).await,
        ""
    );
    assert_eq!(
        raw(&running, &client.request(RAM, "CreateRole", &CREATE)).await,
        ""
    );
    let cut = raw(&running, &client.request(RAM, "GetRole", &GET)).await;
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body.len(), 7, "{body}");
    let whole = raw(&running, &client.request_v3(RAM, "GetRole", &GET)).await;
    assert!(
        whole.ends_with('}') && whole.contains("\"RoleName\":\"a\""),
        "{whole}"
    );
}

#[tokio::test]
async fn over_http_the_call_log_can_be_read() {
    let (running, client) = serve(&[]).await;
    raw(&running, &client.request(RAM, "ListRoles", &[])).await;
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    let ask = "GET /_sandbox/calls HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"counts\":{\"ListRoles\":1}"), "{answer}");
}

/// Idle connections, used or not, must not keep a stopped server and its state file.
#[tokio::test]
async fn a_stopped_sandbox_closes_idle_connections() {
    let (running, _client) = serve(&[]).await;
    let mut used = TcpStream::connect(running.address()).await.unwrap();
    let ask = "GET /_sandbox/calls HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    used.write_all(ask.as_bytes()).await.unwrap();
    let mut some = [0; 16];
    used.read_exact(&mut some).await.unwrap();
    let mut unused = TcpStream::connect(running.address()).await.unwrap();
    let sandbox = Arc::downgrade(running.sandbox());
    running.stop().await;
    assert!(sandbox.upgrade().is_none());
    for stream in [&mut used, &mut unused] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
}
