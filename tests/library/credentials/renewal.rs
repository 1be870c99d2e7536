//! Sessions that end while we run.

use std::time::Duration;

use export_iam::cloud::rpc::credentials::{CredentialSource, Credentials};
use export_iam::credentials::{Renewal, Source};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::time::sleep;

use super::world::{World, answer, ask, keys, metadata, parameters};

const CHAIN: &str = include_str!("profiles/ChainableRamRoleArn.json");

#[tokio::test(start_paused = true)]
async fn a_token_that_was_rotated_is_read_anew_at_each_exchange() {
    let world = World::new().oidc();
    let source = world.find().await.unwrap().source;
    ask(&source).await.unwrap();
    world.write("/run/token", "canary.second.token\n", 0o644);
    sleep(Duration::from_secs(44 * 60)).await;
    ask(&source).await.unwrap();
    assert_eq!(world.requests().len(), 1);
    sleep(Duration::from_secs(60)).await;
    let key = ask(&source).await.unwrap();
    assert_eq!(key.expires_at.unwrap().to_string(), "2026-01-02T04:45:00Z");
    let requests = world.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        parameters(&requests[1].1)["OIDCToken"],
        "canary.second.token"
    );
}

#[tokio::test(start_paused = true)]
async fn a_chain_renews_each_link_when_it_is_due() {
    let world = World::new().config(CHAIN);
    let source = world.find().await.unwrap().source;
    ask(&source).await.unwrap();
    sleep(Duration::from_secs(45 * 60)).await;
    ask(&source).await.unwrap();
    assert_eq!(world.requests().len(), 4);
    ask(&source.clone()).await.unwrap();
    assert_eq!(world.requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn callers_at_the_same_time_share_one_exchange() {
    let world = World::new().config(CHAIN);
    let source = world.find().await.unwrap().source;
    let twin = source.clone();
    let all = tokio::join!(ask(&source), ask(&twin), ask(&source), ask(&twin));
    assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok() && all.3.is_ok());
    assert_eq!(world.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_the_service_refused_is_got_anew() {
    let world = World::new().config(CHAIN);
    let source = world.find().await.unwrap().source;
    let key = ask(&source).await.unwrap();
    source.forget(&key.access_key_id);
    ask(&source).await.unwrap();
    // Only the outer session was refused.
    assert_eq!(world.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_instances_keys_are_kept_from_the_search_and_renewed() {
    let world = World::new();
    let direct = world.clone();
    let world = world.direct(move |request| Ok(metadata(request, direct.now())));
    let source = world.find().await.unwrap().source;
    ask(&source).await.unwrap();
    assert_eq!(world.requests().len(), 3);
    sleep(Duration::from_secs(6 * 3600 - 15 * 60)).await;
    let key = ask(&source).await.unwrap();
    assert_eq!(key.expires_at.unwrap().to_string(), "2026-01-02T14:45:00Z");
    assert_eq!(world.requests().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_falls_silent_is_borne_until_the_session_ends() {
    let world = World::new().variable("ALIBABA_CLOUD_CREDENTIALS_URI", "https://keys.example.com/");
    let (api, count) = (world.clone(), std::sync::atomic::AtomicU32::new(0));
    let world = world.api(move |_| {
        let calls = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let keys = keys("STS.uri", api.now(), SignedDuration::from_hours(1));
        Ok(match calls {
            0 => answer(200, format!("{{{keys}}}")),
            _ => answer(500, "canary"),
        })
    });
    let source = world.find().await.unwrap().source;
    ask(&source).await.unwrap();
    sleep(Duration::from_secs(50 * 60)).await;
    assert_eq!(ask(&source).await.unwrap().access_key_id, "STS.uri");
    sleep(Duration::from_secs(9 * 60 + 30)).await;
    let error = ask(&source).await.unwrap_err();
    assert_eq!(error.problem, "`keys.example.com` answers with status 500");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_was_written_down_cannot_be_renewed_and_says_so() {
    let world = World::new().key_in_environment().variables(&[
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.x"),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "canary-token"),
    ]);
    let source = world.find().await.unwrap().source;
    assert_eq!(source.renewal(), Renewal::Impossible);
    let error = source.ended().unwrap();
    assert_eq!(
        error.to_string(),
        "environment: the session has ended, and a security token that was written down cannot be renewed"
    );
    let key = Credentials {
        security_token: Some(SecretString::from("canary")),
        expires_at: Some(world.now() + SignedDuration::from_hours(1)),
        ..Credentials::permanent("STS.y", "canary")
    };
    let source = Source::fixed("test", key, &world.context());
    ask(&source).await.unwrap();
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(ask(&source).await.unwrap_err().origin, "test");
}
