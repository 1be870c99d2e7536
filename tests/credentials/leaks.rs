//! No secret in anything that is shown or logged, also where services quote what they were sent.
//!
//! `World` looks through every result of every test; here the services and helpers do their worst.

use std::io;
use std::sync::{Arc, Mutex};

use export_iam::credentials::ProcessError;
use export_iam::ram::encoding::encode;
use export_iam::ram::transport::{HttpRequest, TransportError, TransportErrorKind};

use crate::world::{INI, World, answer};

/// All the secrets that these worlds hold.
const SECRETS: &[&str] = &[
    "canary+secret/in=env",
    "canary+token/in=env",
    "canary.oidc.token",
    "canary+secret/in=file",
    "canary+token/in=file",
    "canary+secret/in=ini",
    "canary+access/token=",
    "canary-metadata-token",
    "canary-in-uri",
];

/// Quotes the secrets and the request in every encoding.
fn quote(request: &HttpRequest) -> String {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let mut text = format!("{} {body} {}", request.url, encode(&body));
    for (_, value) in &request.headers {
        text = format!("{text} {value}");
    }
    for secret in SECRETS {
        let once = encode(secret);
        text = format!("{text} {secret} {once} {}", encode(&once));
    }
    text
}

/// The worlds that hold secrets, one for each place.
fn worlds() -> Vec<(&'static str, World)> {
    let mut worlds = vec![
        (
            "env",
            World::new().key_in_environment().variables(&[
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.x"),
                ("ALIBABA_CLOUD_SECURITY_TOKEN", "canary+token/in=env"),
            ]),
        ),
        ("oidc", World::new().oidc()),
        (
            "ini",
            World::new().file(INI, include_str!("credentials.ini")),
        ),
        (
            "ini role",
            World::new()
                .file(INI, include_str!("credentials.ini"))
                .profile("role"),
        ),
        ("ecs", World::new()),
        (
            "uri",
            World::new().variable(
                "ALIBABA_CLOUD_CREDENTIALS_URI",
                "https://k.test/?canary-in-uri",
            ),
        ),
    ];
    for (mode, config) in [
        ("AK", include_str!("profiles/AK.json")),
        ("StsToken", include_str!("profiles/StsToken.json")),
        ("RamRoleArn", include_str!("profiles/RamRoleArn.json")),
        ("EcsRamRole", include_str!("profiles/EcsRamRole.json")),
        (
            "Chainable",
            include_str!("profiles/ChainableRamRoleArn.json"),
        ),
        (
            "WithRoleName",
            include_str!("profiles/RamRoleArnWithRoleName.json"),
        ),
        ("OIDC", include_str!("profiles/OIDC.json")),
        ("External", include_str!("profiles/External.json")),
        ("URI", include_str!("profiles/CredentialsURI.json")),
        ("CloudSSO", include_str!("profiles/CloudSSO.json")),
        ("OAuth", include_str!("profiles/OAuth.json")),
        ("RsaKeyPair", include_str!("profiles/RsaKeyPair.json")),
        ("BearerToken", include_str!("profiles/BearerToken.json")),
    ] {
        // Without the login's cached session, so that the exchange is made.
        let config = config.replace("1767326400", "0");
        worlds.push((
            mode,
            World::new()
                .config(&config)
                .file("/run/token", "canary.oidc.token"),
        ));
    }
    worlds
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
    type Behaviour = Arc<dyn Fn(&HttpRequest) -> (u16, String) + Send + Sync>;
    let behaviours: Vec<Behaviour> = vec![
        Arc::new(|request| (200, quote(request))),
        Arc::new(|request| (500, quote(request))),
        Arc::new(|request| (302, quote(request))),
        Arc::new(move |request| {
            let text = json(&quote(request));
            (
                403,
                format!(r#"{{"Code":"NoPermission","Message":{text},"RequestId":{text}}}"#),
            )
        }),
        Arc::new(move |request| {
            let text = json(&quote(request));
            (
                400,
                format!(r#"{{"Code":"SignatureDoesNotMatch","Message":{text}}}"#),
            )
        }),
        Arc::new(move |request| {
            let text = json(&quote(request));
            (
                200,
                format!(
                    r#"{{"Code":{text},"AccessKeyId":{text},"Credentials":{{"AccessKeyId":{text}}}}}"#
                ),
            )
        }),
        Arc::new(|request| {
            let text = quote(request).replace(['<', '&'], "");
            (
                403,
                format!("<Error><Code>{text}</Code><Message>{text}</Message></Error>"),
            )
        }),
    ];
    let mut failures = 0;
    for behaviour in behaviours {
        for (name, world) in worlds() {
            let (api, direct) = (Arc::clone(&behaviour), Arc::clone(&behaviour));
            let reply = |behaviour: &Behaviour, request: &HttpRequest| {
                let (status, body) = behaviour(request);
                Ok(answer(status, body))
            };
            let world = world
                .api(move |request| reply(&api, request))
                .direct(move |request| reply(&direct, request))
                .helper(Ok(&format!(
                    r#"{{"mode":"{0}","access_key_secret":"{0}"}}"#,
                    SECRETS[0]
                )));
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
        for (_, world) in worlds() {
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
    assert!(log.contains("STS is asked again"), "the log was not taken");
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
