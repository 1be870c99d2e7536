//! Taking on roles: where STS is, what it refuses, and what is tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use export_iam::cloud::rpc::endpoint::Endpoint;
use export_iam::cloud::rpc::transport::{
    Barrier, HttpResponse, TransportError, TransportErrorKind,
};
use export_iam::credentials::{RoleRequest, Source, assume_role};

use super::world::{ARN, World, answer, ask, parameters, sts};

const ROLE: &str = include_str!("profiles/ChainableRamRoleArn.json");

#[tokio::test]
async fn sts_is_asked_where_it_was_said() {
    let vpc = ("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "True");
    let region = ("ALIBABA_CLOUD_STS_REGION", "cn-beijing");
    let cli_region = ("ALIBABA_CLOUD_REGION_ID", "eu-central-1");
    let endpoint = ("ALIBABA_CLOUD_STS_ENDPOINT", "sts.inner.test");
    for (pairs, option, given, url) in [
        (&[][..], None, None, "https://sts.aliyuncs.com/"),
        (&[vpc], None, None, "https://sts.aliyuncs.com/"),
        (
            &[region],
            None,
            None,
            "https://sts.cn-beijing.aliyuncs.com/",
        ),
        (
            &[cli_region],
            None,
            None,
            "https://sts.eu-central-1.aliyuncs.com/",
        ),
        (
            &[cli_region, region],
            None,
            None,
            "https://sts.cn-beijing.aliyuncs.com/",
        ),
        (
            &[region],
            Some("cn-qingdao"),
            None,
            "https://sts.cn-qingdao.aliyuncs.com/",
        ),
        (
            &[region, vpc],
            None,
            None,
            "https://sts-vpc.cn-beijing.aliyuncs.com/",
        ),
        (
            &[("ALIBABA_CLOUD_STS_REGION", "ap-south-1")],
            None,
            None,
            "https://sts.aliyuncs.com/",
        ),
        (
            &[region, vpc, endpoint],
            Some("cn-qingdao"),
            None,
            "https://sts.inner.test/",
        ),
        (
            &[region, vpc, endpoint],
            None,
            Some("http://127.0.0.1:8080"),
            "http://127.0.0.1:8080/",
        ),
    ] {
        // A chain of roles of a profile, and a key in the environment, whose own calls follow the same rule.
        let profile = World::new().config(ROLE);
        let key = World::new().key_in_environment();
        for world in [profile, key] {
            let world = world.variables(pairs).options(|options| {
                options.sts_endpoint = given.map(str::to_owned);
                options.region = option.map(str::to_owned);
            });
            let (found, _) = world.key().await.unwrap();
            assert_eq!(found.sts.url(), url);
            let mut requests = world.requests().into_iter();
            assert!(requests.all(|(_, request)| request.url == url));
        }
    }
}

#[tokio::test]
async fn a_profile_names_the_place_of_sts_below_the_environment() {
    // With `sts_region` cn-beijing, and inside a VPC.
    let config = include_str!("profiles/RamRoleArn.json");
    let keys = r#""mode":"AK","access_key_id":"i","access_key_secret":"canary""#;
    let plain =
        |more: &str| format!(r#"{{"current":"x","profiles":[{{"name":"x",{keys},{more}}}]}}"#);
    let region = ("ALIBABA_CLOUD_REGION_ID", "eu-central-1");
    let endpoint = ("ALIBABA_CLOUD_STS_ENDPOINT", "sts.inner.test");
    for (pairs, config, url) in [
        (&[][..], config, "https://sts-vpc.cn-beijing.aliyuncs.com/"),
        (&[endpoint], config, "https://sts.inner.test/"),
        (
            &[],
            &plain(r#""region_id":"cn-hangzhou""#),
            "https://sts.cn-hangzhou.aliyuncs.com/",
        ),
        (
            &[region],
            &plain(r#""region_id":"cn-hangzhou""#),
            "https://sts.eu-central-1.aliyuncs.com/",
        ),
        (
            &[endpoint],
            &plain(r#""region_id":"cn-hangzhou","sts_endpoint":"sts.own.test""#),
            "https://sts.own.test/",
        ),
        (
            &[],
            &plain(r#""region_id":"""#),
            "https://sts.aliyuncs.com/",
        ),
    ] {
        let world = World::new().variables(pairs).config(config);
        let (found, _) = world.key().await.unwrap();
        assert_eq!(found.sts.url(), url);
        let mut requests = world.requests().into_iter();
        assert!(requests.all(|(_, request)| request.url == url));
    }
}

#[tokio::test]
async fn endpoints_and_regions_are_checked() {
    for (name, value, problem) in [
        (
            "ALIBABA_CLOUD_STS_REGION",
            "x.test/",
            "`ALIBABA_CLOUD_STS_REGION` is `x.test/`, which is no region",
        ),
        (
            "ALIBABA_CLOUD_STS_ENDPOINT",
            "http://sts.aliyuncs.com",
            "the endpoint `ALIBABA_CLOUD_STS_ENDPOINT` uses plain http, which is only for this machine",
        ),
        (
            "ALIBABA_CLOUD_STS_ENDPOINT",
            "sts.aliyuncs.com/canary",
            "the endpoint `ALIBABA_CLOUD_STS_ENDPOINT` has a path or query",
        ),
        (
            "ALIBABA_CLOUD_STS_ENDPOINT",
            "https://a:canary@sts.aliyuncs.com",
            "the endpoint `ALIBABA_CLOUD_STS_ENDPOINT` holds a user or password",
        ),
        (
            "ALIBABA_CLOUD_STS_ENDPOINT",
            "100.100.100.200",
            "the endpoint `ALIBABA_CLOUD_STS_ENDPOINT` leads to a metadata, link-local or unspecified address",
        ),
    ] {
        let error = World::new().oidc().variable(name, value).error().await;
        assert_eq!(error.to_string(), format!("environment: {problem}"));
    }
}

fn refusing(code: &str, message: &str, more: &str) -> HttpResponse {
    let body = format!(r#"{{"RequestId":"R-1","Code":"{code}","Message":"{message}"{more}}}"#);
    answer(403, body)
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let both = "two causes look alike: the caller lacks `sts:AssumeRole` on the role";
    let control = r#","AccessDeniedDetail":{"PolicyType":"ControlPolicy"}"#;
    for (code, message, more, hint) in [
        ("NoPermission", "You are not authorized.", "", both),
        (
            "NoPermission",
            "Roles may not be assumed by root accounts.",
            "",
            "the main account's key cannot take on a role",
        ),
        (
            "NoPermission",
            "no",
            control,
            "a control policy of the resource directory denies it",
        ),
        (
            "EntityNotExist.Role",
            "no",
            "",
            "there is no such role in that account",
        ),
        (
            "InvalidParameter.DurationSeconds",
            "no",
            "",
            "the session may not be longer than the role's maximum",
        ),
        (
            "InvalidParameter.RoleSessionName",
            "no",
            "",
            "check the role's ARN, the session name",
        ),
        (
            "InvalidParameter.PolicyGrammar",
            "no",
            "",
            "correct the profile's `policy`",
        ),
        (
            "InvalidAccessKeyId.NotFound",
            "no",
            "",
            "the access key id is unknown",
        ),
        (
            "InvalidAccessKeyId.Inactive",
            "no",
            "",
            "the access key is disabled",
        ),
        (
            "InvalidSecurityToken.Expired",
            "no",
            "",
            "the session that asks for the role has ended",
        ),
        (
            "MissingSecurityToken",
            "no",
            "",
            "key id, secret and security token must come",
        ),
        (
            "InvalidTimeStamp.Expired",
            "no",
            "",
            "set this machine's clock",
        ),
        (
            "SignatureDoesNotMatch",
            "canary",
            "",
            "the secret does not belong",
        ),
        ("Something.New", "no", "", "look the code up"),
    ] {
        let reply = refusing(code, message, more);
        let world = World::new().config(ROLE).api(move |_| Ok(reply.clone()));
        let error = world.error().await;
        // The innermost role of the chain is the one refused.
        assert_eq!(
            error.origin,
            "profile `middle` in `/home/ci/.aliyun/config.json`"
        );
        let start = format!("AssumeRole of `acs:ram::1234567890123456:role/middle`: {code}");
        assert!(error.problem.starts_with(&start), "{error}");
        assert!(error.problem.ends_with("(request id R-1)"), "{error}");
        assert!(error.hint.starts_with(hint), "{}", error.hint);
        assert_eq!(world.requests().len(), 1);
    }
}

#[tokio::test]
async fn refusals_of_a_token_name_the_claim() {
    for (code, hint) in [
        (
            "AuthenticationFail.NoPermission",
            "the role's trust policy does not take this token",
        ),
        (
            "NoPermission",
            "the role's trust policy does not take this token",
        ),
        (
            "AuthenticationFail.OIDCToken.Expired",
            "the OIDC token has ended",
        ),
        (
            "AuthenticationFail.OIDCToken.AudienceNotMatch",
            "ask for the token with an audience",
        ),
        (
            "AuthenticationFail.OIDCToken.InvalidSignature",
            "the token is not signed by the issuer",
        ),
        (
            "AuthenticationFail.OIDCToken.Invalid",
            "check that the token comes from the issuer",
        ),
    ] {
        let reply = refusing(code, "token canary.oidc.token is bad", "");
        let world = World::new().oidc().api(move |_| Ok(reply.clone()));
        let error = world.error().await;
        assert!(error.problem.contains("token *** is bad"), "{error}");
        assert!(error.hint.starts_with(hint), "{}", error.hint);
    }
}

#[tokio::test]
async fn other_answers_are_not_taken_for_those_of_sts() {
    let xml = "<?xml version='1.0'?><Error><RequestId>R-2</RequestId><Code>NoPermission</Code><Message>no</Message></Error>";
    for (reply, problem) in [
        (answer(403, xml), "NoPermission: no (request id R-2)"),
        (
            answer(403, "<html>canary</html>"),
            "the answer is not the service's: status 403, no content type",
        ),
        (
            answer(302, ""),
            "the answer is not the service's: status 302, no content type",
        ),
        (
            answer(200, "canary"),
            "the answer is not the service's: status 200, no content type",
        ),
        (
            answer(
                200,
                r#"{"RequestId":"R","Credentials":{"AccessKeySecret":"canary"}}"#,
            ),
            "the answer has no access key id",
        ),
        (
            answer(403, r#"{"Code":"a canary?","Message":""}"#),
            "an unreadable code: no further message",
        ),
    ] {
        let world = World::new().oidc().api(move |_| Ok(reply.clone()));
        let error = world.error().await;
        assert!(error.problem.ends_with(problem), "{error}");
    }
}

/// Fails the first `times` calls, then works.
fn failing(
    times: u32,
    failure: impl Fn() -> Result<HttpResponse, TransportError> + Send + Sync + 'static,
) -> World {
    let world = World::new().oidc();
    let (api, count) = (world.clone(), Arc::new(AtomicU32::new(0)));
    world.api(move |request| match count.fetch_add(1, Ordering::Relaxed) {
        done if done < times => failure(),
        _ => Ok(sts(request, api.now())),
    })
}

#[tokio::test(start_paused = true)]
async fn passing_faults_are_repeated_as_those_of_every_call_with_a_new_nonce() {
    let broken = |kind| TransportError {
        kind,
        message: "broken".to_owned(),
    };
    for (most, make) in [
        (
            8,
            (|_| Ok(refusing("Throttling.User", "slow", "")))
                as fn(&dyn Fn(TransportErrorKind) -> TransportError) -> _,
        ),
        (5, |_| Ok(answer(503, "canary"))),
        (5, |_| Ok(refusing("InternalError", "oops", ""))),
        (5, |broken| Err(broken(TransportErrorKind::TimedOut))),
        (5, |broken| Err(broken(TransportErrorKind::Interrupted))),
        (5, |broken| {
            Err(broken(TransportErrorKind::NotConnected(Barrier::Refused)))
        }),
    ] {
        let world = failing(2, move || make(&broken));
        world.key().await.unwrap();
        let nonces: std::collections::BTreeSet<_> = world
            .requests()
            .iter()
            .map(|(_, request)| parameters(request)["SignatureNonce"].clone())
            .collect();
        assert_eq!(nonces.len(), 3);
        let world = failing(most, move || make(&broken));
        world.error().await;
        assert_eq!(world.requests().len(), most as usize);
    }
    for kind in [
        TransportErrorKind::BadRequest,
        TransportErrorKind::TooLarge,
        TransportErrorKind::NotConnected(Barrier::Tls),
    ] {
        let world = failing(1, move || Err(broken(kind)));
        assert!(world.error().await.problem.ends_with(": broken"));
        assert_eq!(world.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_sts_asks_for_is_kept() {
    let world = failing(1, || {
        let wait = ("x-acs-retry-after".to_owned(), "7000".to_owned());
        Ok(HttpResponse {
            headers: vec![wait],
            ..refusing("Throttling", "slow", "")
        })
    });
    let before = tokio::time::Instant::now();
    world.key().await.unwrap();
    assert_eq!(before.elapsed(), std::time::Duration::from_secs(7));
}

fn endpoint(url: &str) -> Endpoint {
    Endpoint::new(url).unwrap()
}

fn request() -> RoleRequest {
    RoleRequest {
        role_arn: "acs:ram::2345678901234567:role/ResourceDirectoryAccountAccessRole".to_owned(),
        ..RoleRequest::default()
    }
}

#[tokio::test]
async fn a_member_accounts_role_is_taken_on_with_any_source() {
    let world = World::new().key_in_environment();
    let base = world.find().await.unwrap().source;
    let role = RoleRequest {
        external_id: Some("ours".to_owned()),
        session_name: Some("fleet".to_owned()),
        duration: Some(1800),
        ..request()
    };
    let source = assume_role(&base, &role, &endpoint("https://sts.aliyuncs.com/")).unwrap();
    assert_eq!(
        source.path(),
        "assume_role/acs:ram::2345678901234567:role/ResourceDirectoryAccountAccessRole → env"
    );
    assert!(world.requests().is_empty());
    let key = ask(&source).await.unwrap();
    assert_eq!(key.expires_at.unwrap().to_string(), "2026-01-02T03:30:00Z");
    let params = parameters(&world.requests()[0].1);
    assert_eq!(params["AccessKeyId"], "id-in-env");
    assert_eq!(params["ExternalId"], "ours");
    assert_eq!(params["RoleSessionName"], "fleet");
    // Roles of roles, and of the sandbox's key.
    let further = assume_role(&source, &request(), &endpoint("http://127.0.0.1:1/")).unwrap();
    assert!(further.path().ends_with(
        "→ assume_role/acs:ram::2345678901234567:role/ResourceDirectoryAccountAccessRole → env"
    ));
    ask(&further).await.unwrap();
    let key = export_iam::cloud::rpc::credentials::Credentials::permanent("sandbox", "canary");
    let sandbox = Source::fixed("sandbox", key, &world.context());
    let source = assume_role(&sandbox, &request(), &endpoint("http://127.0.0.1:1/")).unwrap();
    assert!(source.path().ends_with(" → sandbox"));
    ask(&source).await.unwrap();
    assert_eq!(
        parameters(&world.requests()[2].1)["RoleSessionName"],
        "export-iam-ann-lee"
    );
}

#[tokio::test]
async fn a_request_that_sts_would_refuse_is_refused_here() {
    let world = World::new().key_in_environment();
    let base = world.find().await.unwrap().source;
    for (change, problem) in [
        (
            (|r| r.role_arn = "prod".to_owned()) as fn(&mut RoleRequest),
            "assume_role: the role ARN `prod` is not like",
        ),
        (
            |r| r.role_arn = ARN.replace(":role/", ":user/"),
            "assume_role: the role ARN",
        ),
        (
            |r| r.external_id = Some("a b".to_owned()),
            "the external id is not",
        ),
        (
            |r| r.session_name = Some("a".to_owned()),
            "the session name is not",
        ),
        (
            |r| r.duration = Some(899),
            "the session length is not 900 to 43200 seconds",
        ),
        (
            |r| r.duration = Some(43_201),
            "the session length is not 900 to 43200 seconds",
        ),
    ] {
        let mut role = request();
        change(&mut role);
        let error = assume_role(&base, &role, &endpoint("https://sts.aliyuncs.com/")).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
}
