//! No secret in anything that is shown or logged, also where services quote what they were sent.
//!
//! `World` looks through every result of every test; here the services and helpers do their worst.

use std::io;
use std::sync::{Arc, Mutex};

use export_iam::cloud::rpc::encoding::encode;
use export_iam::cloud::rpc::transport::{HttpRequest, TransportError, TransportErrorKind};
use export_iam::credentials::ProcessError;

use super::world::{INI, World, answer};

/// Quotes the secrets in every encoding, and then the request.
fn quote(request: &HttpRequest, secrets: &[&str]) -> String {
    let mut text = String::new();
    for secret in secrets {
        let once = encode(secret);
        text = format!("{text} {secret} {once} {}", encode(&once));
    }
    for (_, value) in &request.headers {
        text = format!("{text} {value}");
    }
    let body = String::from_utf8_lossy(&request.body).into_owned();
    format!("{text} {} {body} {}", request.url, encode(&body))
}

const IN_FILE: &str = "canary+secret/in=file";
const IN_INI: &str = "canary+secret/in=ini";
const OIDC: &str = "canary.oidc.token";

/// A role that is asked for with a session of the same profile.
const ROLE_BY_SESSION: &str = r#"{"current":"x","profiles":[{"name":"x","mode":"RamRoleArn","access_key_id":"STS.i",
    "access_key_secret":"canary+secret/in=file","sts_token":"canary+token/in=file","ram_role_arn":"acs:ram::1:role/r"}]}"#;

/// A world, and the secrets it holds that a service may come to know.
struct Case {
    name: &'static str,
    secrets: &'static [&'static str],
    world: World,
}

/// The worlds that hold secrets, one for each place.
fn cases() -> Vec<Case> {
    let case = |name, secrets, world| Case {
        name,
        secrets,
        world,
    };
    let ini = || World::new().file(INI, include_str!("credentials.ini"));
    let environment = World::new().key_in_environment().variables(&[
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.x"),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "canary+token/in=env"),
    ]);
    let uri = (
        "ALIBABA_CLOUD_CREDENTIALS_URI",
        "https://k.test/?canary-in-uri",
    );
    let mut cases = vec![
        case("env", &["canary+secret/in=env"], environment),
        case("oidc", &[OIDC], World::new().oidc()),
        case("ini", &[IN_INI], ini()),
        case("ini role", &[IN_INI], ini().profile("role")),
        case("ecs", &["canary-metadata-token"], World::new()),
        case("uri", &["canary-in-uri"], World::new().variables(&[uri])),
    ];
    let access: &[&str] = &["canary+access/token="];
    let token: &[&str] = &[IN_FILE, "canary+token/in=file"];
    for (name, secrets, config) in [
        ("AK", token, include_str!("profiles/AK.json")),
        ("StsToken", token, include_str!("profiles/StsToken.json")),
        (
            "RamRoleArn",
            &[IN_FILE],
            include_str!("profiles/RamRoleArn.json"),
        ),
        ("RamRoleArn by session", token, ROLE_BY_SESSION),
        ("EcsRamRole", &[], include_str!("profiles/EcsRamRole.json")),
        (
            "Chainable",
            &[IN_FILE],
            include_str!("profiles/ChainableRamRoleArn.json"),
        ),
        (
            "WithRoleName",
            &[],
            include_str!("profiles/RamRoleArnWithRoleName.json"),
        ),
        ("OIDC", &[OIDC], include_str!("profiles/OIDC.json")),
        ("External", &[], include_str!("profiles/External.json")),
        (
            "URI",
            &["canary-in-uri"],
            include_str!("profiles/CredentialsURI.json"),
        ),
        ("CloudSSO", access, include_str!("profiles/CloudSSO.json")),
        ("OAuth", access, include_str!("profiles/OAuth.json")),
        ("RsaKeyPair", &[], include_str!("profiles/RsaKeyPair.json")),
        (
            "BearerToken",
            &[],
            include_str!("profiles/BearerToken.json"),
        ),
    ] {
        // Without the login's cached session, so that the exchange is made.
        let config = config.replace("1767326400", "0");
        let world = World::new().config(&config).file("/run/token", OIDC);
        cases.push(case(name, secrets, world));
    }
    cases
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_whatever_is_answered() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let json = |text: &str| serde_json::to_string(text).unwrap();
    // Status and body, made from the request and secrets that are quoted.
    type Behaviour = fn(String) -> (u16, String);
    let behaviours: [Behaviour; 7] = [
        |text| (200, text),
        |text| (500, text),
        |text| (302, text),
        |text| {
            (
                403,
                format!(r#"{{"Code":"NoPermission","Message":{text},"RequestId":{text}}}"#),
            )
        },
        |text| {
            (
                400,
                format!(r#"{{"Code":"SignatureDoesNotMatch","Message":{text}}}"#),
            )
        },
        |text| {
            (
                200,
                format!(
                    r#"{{"Code":{text},"AccessKeyId":{text},"Credentials":{{"AccessKeyId":{text}}}}}"#
                ),
            )
        },
        |text| {
            let text = text.replace(['<', '&'], "");
            (
                403,
                format!("<Error><Code>{text}</Code><Message>{text}</Message></Error>"),
            )
        },
    ];
    let mut failures = 0;
    for behaviour in behaviours {
        for Case {
            name,
            secrets,
            world,
        } in cases()
        {
            let service = move |request: &HttpRequest| {
                let (status, body) = behaviour(json(&quote(request, secrets)));
                Ok(answer(status, body))
            };
            let printed = r#"{"mode":"canary","access_key_secret":"canary"}"#;
            let world = world.api(service).direct(service).helper(Ok(printed));
            // `World` fails the test on a leak.
            let result = world.key().await;
            let is_written_down = ["env", "ini", "AK", "StsToken"].contains(&name);
            assert_eq!(result.is_ok(), is_written_down, "{name}");
            failures += u32::from(result.is_err());
        }
    }
    assert!(failures > 100, "{failures}");
    // Errors of the transport too.
    for kind in [
        TransportErrorKind::Interrupted,
        TransportErrorKind::BadRequest,
    ] {
        for Case { world, .. } in cases() {
            let failure = move |_: &HttpRequest| {
                Err(TransportError {
                    kind,
                    message: "broken".to_owned(),
                })
            };
            let world = world
                .api(failure)
                .direct(failure)
                .helper(Err(ProcessError::TooLong));
            let _ = world.key().await;
        }
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("trying again"), "the log was not taken");
    assert!(!log.contains("canary"), "leaked into the log: {log}");
}

#[tokio::test]
async fn mistyped_secrets_are_not_quoted() {
    for text in [
        r#"{"current":"x","profiles":[{"name":"x","mode":"AK","access_key_id":{"canary":1},"access_key_secret":"canary"}]}"#,
        r#"{"current":"x","profiles":[{"name":"x","mode":"AK","access_key_id":"i","access_key_secret":"canary","access_key_secret":"canary"}]}"#,
        r#"{"current":"x","profiles":[{"name":"x","mode":"AK","access_key_id":"i","access_key_secret":"canary" canary}]}"#,
        r#"{"current":["canary"],"profiles":[{"name":"x","mode":"AK"}]}"#,
    ] {
        World::new().config(text).error().await;
    }
}
