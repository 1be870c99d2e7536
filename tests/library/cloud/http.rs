//! The real HTTP transport against small servers on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use export_iam::cloud::rpc::http::{HttpOptions, HttpTransport};
use export_iam::cloud::rpc::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn options() -> HttpOptions {
    HttpOptions {
        max_answer: 64 * 1024,
        ..HttpOptions::default()
    }
}

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: vec![
            ("host".to_owned(), "ignored.test".to_owned()),
            ("content-type".to_owned(), "text/x-test".to_owned()),
        ],
        body: b"a=b".to_vec(),
    }
}

async fn send(address: SocketAddr) -> Result<HttpResponse, TransportError> {
    send_with(options(), address).await
}

async fn send_with(
    options: HttpOptions,
    address: SocketAddr,
) -> Result<HttpResponse, TransportError> {
    let transport = HttpTransport::new(options).unwrap();
    transport.send(request(&format!("http://{address}/"))).await
}

/// Reads one request, head and the three bytes of its body.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\na=b") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece).await.unwrap_or(0) {
            0 => return None,
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
    Some(String::from_utf8(bytes).unwrap())
}

/// Answers every connection once with `answer` and closes it; gives the address.
async fn serve(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if read_request(&mut stream).await.is_some() {
                // The client may hang up in the middle.
                let _ = stream.write_all(&answer).await;
            }
        }
    });
    address
}

fn kind(result: Result<HttpResponse, TransportError>) -> TransportErrorKind {
    result.unwrap_err().kind
}

#[tokio::test]
async fn an_answer_of_any_status_comes_back_whole() {
    let answer = "HTTP/1.1 418 Odd\r\nContent-Type: text/html\r\nX-Acs-Retry-After: 5\r\nContent-Length: 6\r\n\r\n<html>";
    let response = send(serve(answer).await).await.unwrap();
    assert_eq!(
        (response.status, response.body.as_slice()),
        (418, &b"<html>"[..])
    );
    assert_eq!(response.header("x-acs-retry-after"), Some("5"));
    assert_eq!(response.described(), "status 418, text/html");
}

#[tokio::test]
async fn the_request_is_sent_as_made_with_the_urls_own_host() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await.unwrap();
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    });
    let with_agent = HttpOptions {
        user_agent: Some("ci/1".to_owned()),
        ..options()
    };
    let transport = HttpTransport::new(with_agent).unwrap();
    let url = format!("http://{address}/");
    transport.send(request(&url)).await.unwrap();
    let text = server.await.unwrap();
    assert!(text.starts_with("POST / HTTP/1.1\r\n"), "{text}");
    assert!(text.contains(&format!("host: {address}\r\n")), "{text}");
    assert!(text.contains("content-type: text/x-test\r\n"), "{text}");
    assert!(
        text.contains(" ci/1\r\n") && text.contains("user-agent: export-iam/"),
        "{text}"
    );
    assert!(!text.contains("ignored.test"), "{text}");
}

#[tokio::test]
async fn a_refused_port_is_told_from_a_silent_host() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let refused = send(address).await.unwrap_err();
    assert_eq!(
        refused.kind,
        TransportErrorKind::NotConnected(Barrier::Refused)
    );
    assert_eq!(refused.message, format!("`{address}` refuses connections"));
    assert!(refused.kind.is_unsent());
}

#[tokio::test]
async fn a_name_without_address_is_a_matter_of_dns() {
    // A label longer than any name may have: it fails here, before the network is asked.
    let name = "a".repeat(64);
    let transport = HttpTransport::new(options()).unwrap();
    let failed = transport
        .send(request(&format!("https://{name}.invalid/")))
        .await;
    let failed = failed.unwrap_err();
    // Where a proxy is set, it is the one to be reached.
    let is_known = matches!(
        failed.kind,
        TransportErrorKind::NotConnected(Barrier::Dns | Barrier::NoAnswer | Barrier::Proxy)
    );
    assert!(is_known && failed.kind.is_unsent(), "{failed:?}");
}

#[tokio::test]
async fn speaking_tls_to_a_plain_server_is_a_matter_of_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 1024]).await;
        }
    });
    let transport = HttpTransport::new(options()).unwrap();
    let failed = transport
        .send(request(&format!("https://{address}/")))
        .await;
    let failed = failed.unwrap_err();
    assert_eq!(
        failed.kind,
        TransportErrorKind::NotConnected(Barrier::Tls),
        "{failed}"
    );
}

#[tokio::test]
async fn plain_http_goes_nowhere_but_here() {
    let transport = HttpTransport::new(options()).unwrap();
    for url in ["http://ram.aliyuncs.com/", "ftp://127.0.0.1/", "no url"] {
        let failed = transport.send(request(url)).await;
        assert_eq!(kind(failed), TransportErrorKind::BadRequest, "{url}");
    }
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read_on() {
    // Announced: one gigabyte, of which nothing is read.
    let announced =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1073741824\r\n\r\nx";
    let address = serve(announced).await;
    let failed = send(address).await.unwrap_err();
    assert_eq!(failed.kind, TransportErrorKind::TooLarge);
    assert_eq!(
        failed.message,
        format!("the answer of `{address}` (status 200, text/html) is longer than 65536 bytes")
    );
    // Not announced.
    let mut body = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    body.resize(body.len() + 65_537, b'x');
    assert_eq!(
        kind(send(serve(body).await).await),
        TransportErrorKind::TooLarge
    );
    // Exactly the limit is fine.
    let mut body = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    body.resize(body.len() + 65_536, b'x');
    assert_eq!(send(serve(body).await).await.unwrap().body.len(), 65_536);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    let answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":";
    let address = serve(answer).await;
    let failed = send(address).await.unwrap_err();
    assert_eq!(failed.kind, TransportErrorKind::Truncated);
    assert_eq!(
        failed.message,
        format!("the answer of `{address}` (status 200, application/json) broke off after 5 bytes")
    );
}

#[tokio::test]
async fn a_connection_that_closes_or_talks_nonsense_is_interrupted() {
    assert_eq!(
        kind(send(serve("").await).await),
        TransportErrorKind::Interrupted
    );
    assert_eq!(
        kind(send(serve("SSH-2.0-x\r\n\r\n").await).await),
        TransportErrorKind::Interrupted
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let elsewhere = Arc::new(AtomicUsize::new(0));
    let counter = elsewhere.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(send(serve(answer).await).await.unwrap().status, status);
    }
    assert_eq!(elsewhere.load(Ordering::SeqCst), 0);
}

/// Keeps every connection open and sends `head`, then a byte now and then for ever.
async fn trickle(head: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                read_request(&mut stream).await;
                let _ = stream.write_all(head.as_bytes()).await;
                let mut ticks = tokio::time::interval(Duration::from_millis(20));
                while !head.is_empty() && stream.write_all(b"x").await.is_ok() {
                    ticks.tick().await;
                }
                std::future::pending::<()>().await;
            });
        }
    });
    address
}

#[tokio::test]
async fn silence_and_trickling_end_in_time() {
    let start = Instant::now();
    let hasty = HttpOptions {
        connect_timeout: Duration::from_millis(100),
        answer_timeout: Duration::from_millis(100),
        ..options()
    };
    let silent = send_with(hasty.clone(), trickle("").await)
        .await
        .unwrap_err();
    assert_eq!(silent.kind, TransportErrorKind::TimedOut);
    let slow = trickle("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").await;
    let slow = send_with(hasty, slow).await.unwrap_err();
    assert_eq!(slow.kind, TransportErrorKind::TimedOut);
    assert!(slow.message.contains("did not end in time"), "{slow}");
    assert!(start.elapsed() < Duration::from_secs(3));
}

/// What warnings say.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut said = |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            if field.name() == "message" {
                self.0.lock().unwrap().push(format!("{value:?}"));
            }
        };
        event.record(&mut said);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn a_long_wait_is_told_of_once_for_all_who_wait() {
    let warnings = Warnings::default();
    let _guard = tracing::subscriber::set_default(warnings.clone());
    let transport = HttpTransport::new(HttpOptions {
        answer_timeout: Duration::from_millis(300),
        connect_timeout: Duration::from_millis(100),
        told_after: Duration::from_millis(60),
        ..options()
    })
    .unwrap();
    let address = trickle("").await;
    let url = format!("http://{address}/");
    let wait = || transport.send(request(&url));
    let (first, second) = tokio::join!(wait(), wait());
    assert!(first.is_err() && second.is_err());
    let told = warnings.0.lock().unwrap().clone();
    let expected = format!("still waiting for an answer of `{address}`, 0 s so far");
    assert!((1..=3).contains(&told.len()), "{told:?}");
    assert!(told.iter().all(|line| *line == expected), "{told:?}");
}

#[tokio::test]
async fn clones_share_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while read_request(&mut stream).await.is_some() {
                    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    let transport = HttpTransport::new(options()).unwrap();
    for _ in 0..5 {
        let url = format!("http://{address}/");
        transport.clone().send(request(&url)).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}
