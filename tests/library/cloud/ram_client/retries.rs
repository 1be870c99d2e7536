//! When calls are repeated.

use std::collections::BTreeSet;
use std::time::Duration;

use export_iam::account::{AccountErrorKind, ReadAccount};
use export_iam::cloud::rpc::client::Settings;
use export_iam::cloud::rpc::signature::{v1, v3};
use export_iam::model::RoleName;
use tokio::time::Instant;

use super::fake::*;

fn name() -> RoleName {
    RoleName::new("R").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_waits_as_long_as_it_is_told() {
    let fake = Fake::default().on(
        "GetRole",
        [
            error(400, "Throttling.User").header("x-acs-retry-after", "1234"),
            error(503, "Rejected.Throttling").header("x-acs-retry-after", "777"),
            role("{}"),
        ],
    );
    let client = client(&fake);
    client.role(&name()).await.unwrap().unwrap();
    let received = fake.received();
    assert_eq!(received.len(), 3);
    let gap = |n: usize| received[n + 1].at - received[n].at;
    assert_eq!(gap(0).as_millis(), 1234);
    assert_eq!(gap(1).as_millis(), 777);
    let counts = client.counts();
    assert_eq!(
        (
            counts.calls,
            counts.retries,
            counts.throttled,
            counts.writes
        ),
        (3, 2, 2, 0)
    );
    assert_eq!(counts.waited, Duration::from_millis(2011));
}

#[tokio::test(start_paused = true)]
async fn without_being_told_waits_are_jittered_and_bounded() {
    let fake = Fake::default().on("GetRole", [error(400, "Throttling")]);
    let failed = client(&fake).role(&name()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::Throttled);
    assert_eq!(failed.attempts, 8);
    let received = fake.received();
    for (n, pair) in received.windows(2).enumerate() {
        // The limiter may add a little of its own after so much throttling.
        let most =
            Duration::from_secs(1_u64 << n).min(Duration::from_secs(20)) + Duration::from_secs(2);
        assert!(pair[1].at - pair[0].at <= most, "{n}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_every_kind_of_passing_failure() {
    for passing in [
        lost(),
        timed_out(),
        truncated(),
        refused(),
        error(500, "InternalError"),
        error(503, "ServiceUnavailable"),
        body(502, "text/html", "<html>bad gateway</html>"),
        body(504, "text/plain", ""),
        body(429, "text/html", "<html>slow down</html>"),
        error(400, "SignatureNonceUsed"),
    ] {
        let fake = Fake::default().on("GetRole", [role("{}"), passing, role("{}")]);
        let client = client(&fake);
        client.role(&name()).await.unwrap();
        assert!(client.role(&name()).await.unwrap().is_some());
        assert_eq!(client.counts().retries, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_nobodys_is_asked_for_twice_more() {
    for nonsense in ["", "<html>", "{}", r#"{"RequestId":"#] {
        let nonsense = body(200, "application/json", nonsense);
        let fake = Fake::default().on("GetRole", [nonsense.clone(), nonsense.clone(), role("{}")]);
        client(&fake).role(&name()).await.unwrap();
        assert_eq!(fake.count("GetRole"), 3);
        let fake = Fake::default().on("GetRole", [nonsense]);
        let failed = client(&fake).role(&name()).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::BadAnswer);
        assert_eq!((failed.attempts, fake.count("GetRole")), (3, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn what_will_not_change_is_not_repeated() {
    for (lasting, kind) in [
        (error(403, "NoPermission"), AccountErrorKind::Denied),
        (
            error(400, "InvalidTimeStamp.Expired"),
            AccountErrorKind::Clock,
        ),
        (
            error(404, "InvalidAccessKeyId.NotFound"),
            AccountErrorKind::Credential,
        ),
        (
            error(400, "InvalidSecurityToken.Expired"),
            AccountErrorKind::Credential,
        ),
        (
            error(400, "MalformedPolicyDocument"),
            AccountErrorKind::Rejected,
        ),
        (body(302, "text/html", ""), AccountErrorKind::BadAnswer),
        (too_large(), AccountErrorKind::BadAnswer),
        (untrusted(), AccountErrorKind::Unreachable),
    ] {
        let fake = Fake::default().on("GetRole", [lasting]);
        let failed = client(&fake).role(&name()).await.unwrap_err();
        assert_eq!(failed.kind, kind);
        assert_eq!((failed.attempts, fake.count("GetRole")), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn each_try_is_signed_anew() {
    let replies = [
        error(503, "ServiceUnavailable").after(2_000),
        error(400, "SignatureNonceUsed"),
        role("{}"),
    ];
    let fake = Fake::default().on("GetRole", replies.clone());
    client(&fake).role(&name()).await.unwrap();
    let mut nonces = BTreeSet::new();
    let mut times = BTreeSet::new();
    for call in fake.received() {
        let params = call.params.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let text = v1::string_to_sign("POST", &v1::canonical_query(params));
        assert_eq!(call.params["Signature"], v1::signature("testsecret", &text));
        assert_eq!(call.params["Format"], "JSON");
        nonces.insert(call.params["SignatureNonce"].clone());
        times.insert(call.params["Timestamp"].clone());
    }
    assert_eq!((nonces.len(), times.len()), (3, 2));

    let fake = Fake::default().on("GetRole", replies);
    client_v3(&fake).role(&name()).await.unwrap();
    for call in fake.received() {
        let headers = &call.request.headers;
        let header = |name: &str| &headers.iter().find(|(key, _)| key == name).unwrap().1;
        let authorization = v3::Authorization::parse(header("authorization")).unwrap();
        let request = v3::Signable {
            method: "POST",
            query: &[],
            headers,
            signed_headers: &authorization.signed_headers,
            content_sha256: header("x-acs-content-sha256"),
        };
        assert_eq!(
            v3::authorization(&request, "testid", "testsecret"),
            authorization
        );
        assert_eq!(header("host"), "ram.aliyuncs.com");
        assert!(nonces.insert(header("x-acs-signature-nonce").clone()) || nonces.len() == 3);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_service_is_reported_within_five_seconds() {
    for (way, tries) in [
        (refused(), 5),
        (black_hole(), 1),
        (refused().after(2_000), 2),
    ] {
        let fake = Fake::default().on("GetRole", [way]);
        let start = Instant::now();
        let failed = client(&fake).role(&name()).await.unwrap_err();
        assert_eq!(failed.kind, AccountErrorKind::Unreachable);
        assert_eq!(failed.attempts, tries);
        assert!(
            start.elapsed() <= Duration::from_millis(5_010),
            "{:?}",
            start.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_says_a_word_is_asked_once() {
    let fake = Fake::default().on("GetRole", [timed_out()]);
    let start = Instant::now();
    let failed = client(&fake).role(&name()).await.unwrap_err();
    assert_eq!(failed.kind, AccountErrorKind::Unavailable);
    assert_eq!(failed.attempts, 1);
    assert_eq!(start.elapsed(), Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn once_reached_a_lost_connection_is_tried_for_longer() {
    let fake = Fake::default().on(
        "GetRole",
        [role("{}"), black_hole(), black_hole(), role("{}")],
    );
    let client = client(&fake);
    client.role(&name()).await.unwrap();
    client.role(&name()).await.unwrap();
    assert_eq!(client.counts().retries, 2);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_gets_few_repeats_in_all() {
    let fake = Fake::default().on("GetRole", [error(503, "ServiceUnavailable")]);
    let client = client(&fake);
    for _ in 0..100 {
        client.role(&name()).await.unwrap_err();
    }
    assert_eq!(client.counts().retries, 40);
}

#[tokio::test(start_paused = true)]
async fn a_quarter_of_all_calls_throttled_is_borne_for_good() {
    let mut replies = Vec::new();
    for n in 0..400 {
        replies.push(if n % 4 == 3 {
            error(400, "Throttling.User")
        } else {
            role("{}")
        });
    }
    replies.push(role("{}"));
    let fake = Fake::default().on("GetRole", replies);
    let client = client(&fake);
    for _ in 0..300 {
        client.role(&name()).await.unwrap();
    }
    assert_eq!(client.counts().throttled, 99);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_waits_and_calls_in_flight() {
    let until = |seconds| Settings {
        deadline: Some(Instant::now() + Duration::from_secs(seconds)),
        ..settings()
    };
    let fake = Fake::default().on(
        "GetRole",
        [error(400, "Throttling").header("x-acs-retry-after", "9000")],
    );
    let start = Instant::now();
    let failed = client_with(&fake, credentials(), until(5))
        .role(&name())
        .await;
    assert_eq!(failed.unwrap_err().kind, AccountErrorKind::Throttled);
    assert_eq!(start.elapsed(), Duration::ZERO);

    let fake = Fake::default().on("GetRole", [role("{}").after(60_000)]);
    let client = client_with(&fake, credentials(), until(5));
    let failed = client.role(&name()).await.unwrap_err();
    assert_eq!(failed.message, "the deadline passed before an answer came");
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    let failed = client.role(&name()).await.unwrap_err();
    assert_eq!(
        failed.message,
        "the deadline passed before the call was made"
    );
    assert_eq!(fake.received().len(), 1);
}
