//! The role of the ECS instance, against a metadata service that is told what to answer and over real HTTP.

use std::time::Duration;

use export_iam::cloud::rpc::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use export_iam::credentials::{DirectTransport, SourceChoice};

use super::loopback::Server;
use super::world::{INI, World, answer, metadata, unreachable_host};

fn ecs(world: World) -> World {
    world.options(|options| options.source = SourceChoice::Ecs)
}

fn on_instance() -> World {
    let world = World::new();
    let direct = world.clone();
    world.direct(move |request| Ok(metadata(request, direct.now())))
}

/// An instance that answers `odd` where `place` is in the URL.
fn odd_at(place: &'static str, odd: HttpResponse) -> World {
    let world = World::new();
    let direct = world.clone();
    world.direct(move |request| match request.url.ends_with(place) {
        true => Ok(odd.clone()),
        false => Ok(metadata(request, direct.now())),
    })
}

#[tokio::test]
async fn token_role_and_keys_are_asked_for_in_turn() {
    let world = on_instance();
    let (found, key) = world.key().await.unwrap();
    assert_eq!(found.source.path(), "ecs");
    assert_eq!(key.access_key_id, "STS.node");
    assert_eq!(key.expires_at.unwrap().to_string(), "2026-01-02T09:00:00Z");
    let told: Vec<_> = world
        .requests()
        .iter()
        .map(|(way, request)| format!("{way} {} {}", request.method, request.url))
        .collect();
    let host = "http://100.100.100.200/latest";
    assert_eq!(
        told,
        [
            format!("direct PUT {host}/api/token"),
            format!("direct GET {host}/meta-data/ram/security-credentials/"),
            format!("direct GET {host}/meta-data/ram/security-credentials/node"),
        ]
    );
}

#[tokio::test]
async fn a_known_role_saves_a_question() {
    let world = on_instance().variable("ALIBABA_CLOUD_ECS_METADATA", "node");
    assert_eq!(world.path().await, "ecs/node");
    assert_eq!(world.requests().len(), 2);
}

#[tokio::test]
async fn where_nothing_answers_there_is_no_instance_and_version_1_is_not_tried() {
    let world = World::new();
    let error = world.error().await;
    assert!(
        error
            .searched
            .iter()
            .any(|place| place.contains("ecs metadata: no metadata service answers here")),
        "{error}"
    );
    assert_eq!(world.requests().len(), 1);
    // Asked for by name, it is broken.
    let error = ecs(World::new()).error().await;
    assert_eq!(
        error.to_string(),
        "ecs metadata: no metadata service answers here"
    );
    let error = World::new()
        .variable("ALIBABA_CLOUD_ECS_METADATA", "node")
        .error()
        .await;
    assert_eq!(
        error.to_string(),
        "ecs metadata: no metadata service answers here"
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_address_costs_one_second() {
    struct Silent;
    impl Transport for Silent {
        async fn send(&self, _: HttpRequest) -> Result<HttpResponse, TransportError> {
            std::future::pending().await
        }
    }
    let world = World::new();
    let mut context = world.context();
    let direct = export_iam::cloud::rpc::transport::SharedTransport::new(Silent);
    std::sync::Arc::get_mut(&mut context).unwrap().direct = direct;
    let before = tokio::time::Instant::now();
    let error = export_iam::credentials::find(&world.options, &context)
        .await
        .unwrap_err();
    assert!(
        error
            .searched
            .iter()
            .any(|place| place.ends_with("no metadata service answers here")),
        "{error}"
    );
    assert_eq!(before.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn an_instance_without_a_role_is_absent() {
    let world = odd_at("/security-credentials/", answer(404, "canary"));
    let error = world.error().await;
    assert!(
        error
            .searched
            .iter()
            .any(|place| place.contains("ecs metadata: this instance has no RAM role")),
        "{error}"
    );
    let error = ecs(world).error().await;
    assert_eq!(
        error.to_string(),
        "ecs metadata: this instance has no RAM role"
    );
}

/// An instance of old: no tokens.
fn version_1(status: u16) -> World {
    let world = World::new();
    let direct = world.clone();
    world.direct(move |request| {
        if request.method == "PUT" {
            return Ok(answer(status, "canary"));
        }
        assert!(request.headers.is_empty(), "version 1 has no token");
        let token = (
            "x-aliyun-ecs-metadata-token".to_owned(),
            "canary-metadata-token".to_owned(),
        );
        let request = HttpRequest {
            headers: vec![token],
            ..request.clone()
        };
        Ok(metadata(&request, direct.now()))
    })
}

#[tokio::test]
async fn version_1_follows_only_a_refusal_of_version_2_and_can_be_forbidden() {
    for status in [403, 404, 405] {
        let (_, key) = version_1(status).key().await.unwrap();
        assert_eq!(key.access_key_id, "STS.node");
        let forbidden = version_1(status).variable("ALIBABA_CLOUD_IMDSV1_DISABLED", "True");
        assert_eq!(
            forbidden.error().await.problem,
            format!("version 2 is refused with status {status}, and version 1 is forbidden")
        );
        assert_eq!(forbidden.requests().len(), 1);
    }
    for status in [302, 400, 500] {
        let world = version_1(status);
        let problem = format!("the token is refused with status {status}");
        assert_eq!(world.error().await.problem, problem);
        assert_eq!(world.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_answers_oddly_is_broken() {
    let keys = "/security-credentials/node";
    let names = "/security-credentials/";
    for (place, odd, problem) in [
        ("/token", answer(200, " "), "the token is empty or no text"),
        (
            "/token",
            answer(200, "canary\r\nx: y"),
            "the token is empty or no text",
        ),
        (
            names,
            answer(500, "canary"),
            "the role's name is refused with status 500",
        ),
        (
            names,
            answer(200, "node/../../canary"),
            "the role's name is not one of RAM",
        ),
        (names, answer(200, ""), "the role's name is not one of RAM"),
        (
            keys,
            answer(404, "canary"),
            "this instance has no role `node`",
        ),
        (
            keys,
            answer(302, "canary"),
            "the keys are refused with status 302",
        ),
        (
            keys,
            answer(200, "canary"),
            "the answer is not the JSON that was expected",
        ),
        (
            keys,
            answer(200, r#"{"AccessKeySecret":"canary"}"#),
            "the answer has no `Code`",
        ),
        (
            keys,
            answer(200, r#"{"Code":"Failed","AccessKeySecret":"canary"}"#),
            "the answer says `Failed` instead of `Success`",
        ),
        (
            keys,
            answer(
                200,
                r#"{"Code":"Success","AccessKeyId":"i","AccessKeySecret":"canary"}"#,
            ),
            "the answer has no security token",
        ),
    ] {
        let world = odd_at(place, odd);
        assert_eq!(
            world.error().await.to_string(),
            format!("ecs metadata: {problem}")
        );
        assert!(!ecs(world).error().await.hint.is_empty());
    }
    let world = World::new();
    let direct = world.clone();
    let world = world.direct(move |request| match request.method.as_str() {
        "PUT" => Ok(metadata(request, direct.now())),
        _ => unreachable_host(),
    });
    assert_eq!(
        world.error().await.to_string(),
        "ecs metadata: nothing answers there"
    );
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let off = |world: World| world.variable("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "TRUE");
    let world = off(on_instance());
    assert!(
        world
            .error()
            .await
            .searched
            .iter()
            .any(|place| place.contains("ecs metadata: switched off"))
    );
    assert!(world.requests().is_empty());
    let error = ecs(world).error().await;
    assert_eq!(
        error.to_string(),
        "ecs metadata: `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`"
    );
}

#[tokio::test]
async fn over_http_a_role_is_found() {
    let now = World::new().now();
    let server = Server::start(move |request| metadata(request, now)).await;
    let world = World::new().options(|options| options.metadata_endpoint = Some(server.base()));
    let mut context = world.context();
    let direct = export_iam::cloud::rpc::transport::SharedTransport::new(DirectTransport::new());
    std::sync::Arc::get_mut(&mut context).unwrap().direct = direct;
    let found = export_iam::credentials::find(&world.options, &context)
        .await
        .unwrap();
    let key = super::world::ask(&found.source).await.unwrap();
    assert_eq!(key.access_key_id, "STS.node");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn over_http_nothing_is_followed_and_nothing_long_is_read() {
    let server = Server::start(|request| match request.url.as_str() {
        "/moved" => HttpResponse {
            headers: vec![("location".to_owned(), "/latest".to_owned())],
            ..answer(302, "")
        },
        "/long" => answer(200, "x".repeat(64 * 1024 + 1)),
        _ => answer(200, "x".repeat(64 * 1024)),
    })
    .await;
    let transport = DirectTransport::new();
    let get = |path: &str| HttpRequest {
        method: "GET".to_owned(),
        url: format!("{}{path}", server.base()),
        headers: Vec::new(),
        body: Vec::new(),
    };
    assert_eq!(transport.send(get("/moved")).await.unwrap().status, 302);
    let error = transport.send(get("/long")).await.unwrap_err();
    assert_eq!(error.kind, TransportErrorKind::TooLarge);
    assert_eq!(
        transport.send(get("/full")).await.unwrap().body.len(),
        64 * 1024
    );
    assert_eq!(server.seen(), ["GET /moved", "GET /long", "GET /full"]);
    let elsewhere = HttpRequest {
        url: "http://192.0.2.1/".to_owned(),
        ..get("")
    };
    let error = transport.send(elsewhere).await.unwrap_err();
    assert_eq!(error.kind, TransportErrorKind::BadRequest);
}

#[tokio::test]
async fn a_role_that_the_instance_lacks_is_corrected_where_it_is_named() {
    let world = || {
        let world = World::new();
        let clock = world.clone();
        world.direct(move |request| Ok(metadata(request, clock.now())))
    };
    let profile =
        r#"{"current":"x","profiles":[{"name":"x","mode":"EcsRamRole","ram_role_name":"typo"}]}"#;
    let section = "[default]\ntype = ecs_ram_role\nrole_name = typo\n";
    for (world, name) in [
        (world().config(profile), "ram_role_name"),
        (world().file(INI, section), "role_name"),
        (
            world().variable("ALIBABA_CLOUD_ECS_METADATA", "typo"),
            "ALIBABA_CLOUD_ECS_METADATA",
        ),
    ] {
        let error = world.error().await;
        assert_eq!(error.problem, "this instance has no role `typo`");
        assert_eq!(
            error.hint,
            format!("attach the role to the instance, or correct or remove `{name}`")
        );
    }
}
