//! Credentials URIs: which are asked, and what they may answer.

use std::sync::Arc;
use std::time::Duration;

use export_iam::cloud::rpc::transport::SharedTransport;
use export_iam::cloud::rpc::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use export_iam::credentials::{DirectTransport, find};
use jiff::SignedDuration;

use super::loopback::Server;
use super::world::{World, answer, ask, keys};

const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

fn at(uri: &str) -> World {
    let world = World::new().variables(&[
        (VARIABLE, uri),
        ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"),
    ]);
    let reply = good(&world);
    let same = reply.clone();
    world
        .api(move |_| Ok(reply.clone()))
        .direct(move |_| Ok(same.clone()))
}

fn good(world: &World) -> HttpResponse {
    let keys = keys("STS.uri", world.now(), SignedDuration::from_hours(1));
    answer(200, format!(r#"{{"Code":"Success",{keys}}}"#))
}

#[tokio::test]
async fn https_goes_the_usual_way_and_loopback_goes_direct() {
    for (uri, way) in [
        ("https://keys.example.com/a?password=canary", "api"),
        ("http://127.0.0.1:8080/a?password=canary", "direct"),
    ] {
        let world = at(uri);
        let (found, key) = world.key().await.unwrap();
        assert_eq!(found.source.path(), "uri");
        assert_eq!(key.access_key_id, "STS.uri");
        let [(went, request)] = &world.requests()[..] else {
            panic!("one request was expected");
        };
        assert_eq!((*went, request.url.as_str()), (way, uri));
        assert_eq!(request.method, "GET");
    }
}

#[tokio::test]
async fn inner_places_are_never_asked() {
    for (uri, problem) in [
        ("keys.example.com/canary", "is not a URL with a scheme"),
        (
            "http://keys.example.com/canary",
            "uses plain http, which is only for this machine",
        ),
        (
            "http://10.1.2.3/canary",
            "uses plain http, which is only for this machine",
        ),
        (
            "http://localhost.example.com/canary",
            "uses plain http, which is only for this machine",
        ),
        ("file:///etc/canary", "has no host"),
        ("ftp://keys.example.com/canary", "is neither https nor http"),
        (
            "https://user:canary@keys.example.com/",
            "holds a user or password",
        ),
        (
            "http://100.100.100.200/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "https://100.100.100.200/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "https://1684301000/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "https://0x64.0x64.0x64.0xc8/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "https://[::ffff:100.100.100.200]/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "https://169.254.169.254/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "https://[fe80::1]/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
        (
            "http://0.0.0.0/canary",
            "leads to a metadata, link-local or unspecified address",
        ),
    ] {
        let world = at(uri);
        let error = world.error().await;
        assert_eq!(
            error.to_string(),
            format!("credentials uri: `{VARIABLE}` {problem}")
        );
        assert!(world.requests().is_empty());
    }
}

#[tokio::test]
async fn odd_answers_are_broken() {
    for (odd, problem) in [
        (answer(302, "canary"), "redirects, which is not followed"),
        (answer(500, "canary"), "answers with status 500"),
        (
            answer(200, "canary".repeat(20_000)),
            "answers with more than 64 KiB",
        ),
        (
            answer(200, "canary"),
            "answers, but the answer is not the JSON that was expected",
        ),
        (
            answer(200, "{}"),
            "answers, but the answer has no access key id",
        ),
        (
            answer(200, r#"{"Code":"canary"}"#),
            "answers with another `Code` than `Success`",
        ),
        (
            answer(
                200,
                r#"{"AccessKeyId":"i","AccessKeySecret":"canary","SecurityToken":"canary"}"#,
            ),
            "answers, but the answer has no expiration",
        ),
        (
            answer(
                200,
                r#"{"AccessKeyId":"i","AccessKeySecret":"canary","SecurityToken":"canary","Expiration":"2026-01-02T02:59:59Z"}"#,
            ),
            "the session it gave ended at 2026-01-02T02:59:59Z",
        ),
    ] {
        let world = at("https://keys.example.com/").api(move |_| Ok(odd.clone()));
        let error = world.error().await;
        assert!(error.problem.contains(problem), "{error}");
    }
}

#[tokio::test]
async fn a_code_may_be_left_out() {
    let world = at("https://keys.example.com/");
    let keys = keys("STS.uri", world.now(), SignedDuration::from_hours(1));
    let world = world.api(move |_| Ok(answer(200, format!("{{{keys}}}"))));
    world.key().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_three_seconds() {
    struct Silent;
    impl Transport for Silent {
        async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
            std::future::pending().await
        }
    }
    let world = at("https://keys.example.com/");
    let mut context = world.context();
    Arc::get_mut(&mut context).unwrap().api = SharedTransport::new(Silent);
    let source = find(&world.options, &context).await.unwrap().source;
    let before = tokio::time::Instant::now();
    let error = ask(&source).await.unwrap_err();
    assert_eq!(
        error.problem,
        "`keys.example.com` gives no answer within 3 seconds"
    );
    assert_eq!(before.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn over_http_a_key_is_found_and_a_redirect_is_not_followed() {
    let world = World::new();
    let reply = good(&world);
    let server = Server::start(move |request| match request.url.as_str() {
        "/keys?password=canary" => reply.clone(),
        _ => HttpResponse {
            headers: vec![("location".to_owned(), "/keys?password=canary".to_owned())],
            ..answer(307, "")
        },
    })
    .await;
    for (path, works) in [("/keys?password=canary", true), ("/moved", false)] {
        let world = at(&format!("{}{path}", server.base()));
        let mut context = world.context();
        let direct = SharedTransport::new(DirectTransport::new());
        Arc::get_mut(&mut context).unwrap().direct = direct;
        let source = find(&world.options, &context).await.unwrap().source;
        match ask(&source).await {
            Ok(key) => assert!(works && key.access_key_id == "STS.uri"),
            Err(error) => {
                assert!(!works);
                assert_eq!(
                    error.problem,
                    "`127.0.0.1` redirects, which is not followed"
                );
            }
        }
    }
    assert_eq!(server.seen().len(), 2);
}
