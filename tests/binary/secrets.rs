//! Canary secrets: whatever happens, neither the secret of the access key nor the token shows anywhere, in no form.

use std::thread;

use crate::support::mishaps::{KEY_ID, MISHAPS, SECRET, TOKEN, options};
use crate::support::{Account, Program, Run, Server};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use export_iam::cloud::ram::RamClient;
use export_iam::cloud::rpc::client::RpcClient;
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::transport::{HttpRequest, HttpResponse};
use export_iam::sandbox::{Options, World};
use serde_json::{Value, json};

/// What must not show: the middles as they are, and all of it in base64 at each of the three alignments.
///
/// The middles need no encoding, so this finds every percent-encoded form too, encoded once or twice.
fn forms() -> Vec<Vec<u8>> {
    let mut forms: Vec<Vec<u8>> = vec![
        b"CanarySecretZ9x7Q2".to_vec(),
        b"CanaryTokenK3v8W5".to_vec(),
    ];
    for text in [SECRET, TOKEN, &format!("{SECRET}&")] {
        assert!(
            forms
                .iter()
                .any(|form| text.as_bytes().windows(form.len()).any(|part| part == form))
        );
        for skipped in 0..3 {
            // What follows decides the last letters.
            let part = &text.as_bytes()[skipped..];
            let whole = &part[..part.len() / 3 * 3];
            forms.push(STANDARD_NO_PAD.encode(whole).into_bytes());
            forms.push(URL_SAFE_NO_PAD.encode(whole).into_bytes());
        }
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.push(hex.to_ascii_uppercase().into_bytes());
        forms.push(hex.into_bytes());
    }
    forms
}

#[track_caller]
fn is_clean(name: &str, bytes: &[u8]) {
    for form in forms() {
        assert!(
            !bytes.windows(form.len()).any(|part| part == form),
            "{name} shows {}:\n{}",
            String::from_utf8_lossy(&form),
            String::from_utf8_lossy(bytes)
        );
    }
}

#[track_caller]
fn shows_nothing(name: &str, run: &Run, program: &Program) {
    is_clean(&format!("{name}: standard output"), run.out.as_bytes());
    is_clean(&format!("{name}: standard error"), run.err.as_bytes());
    for (path, bytes) in program.files() {
        is_clean(&format!("{name}: {}", path.display()), &bytes);
    }
}

#[test]
fn the_canary_would_be_found() {
    for text in [
        SECRET.to_owned(),
        TOKEN.to_owned(),
        STANDARD_NO_PAD.encode(format!("ab{TOKEN}xyz")),
    ] {
        let found = forms()
            .iter()
            .any(|form| text.as_bytes().windows(form.len()).any(|part| part == form));
        assert!(found, "{text}");
    }
}

/// Every command, done for real with the canary as key.
#[test]
fn success_shows_no_secret() {
    let server = Server::start(options());
    let program = Program::new()
        .with_all(&server.environment())
        .with("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID)
        .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
        .with("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN)
        .with("RUST_LOG", "trace")
        .with("RUST_BACKTRACE", "1");
    for signature in ["v1", "v3"] {
        for arguments in [
            &["plan", "--report", "json=plan.json"][..],
            &["apply", "--yes", "--report", "json=apply.json"],
            &["apply", "--yes"],
            &["drift", "--format", "json"],
            &["adopt"],
            &["whoami"],
            &["whoami", "--format", "json"],
            &["destroy", "--yes", "--format", "json"],
        ] {
            let arguments = [arguments, &["-vvv", "--signature", signature]].concat();
            let run = program.run(&arguments).ends(0);
            assert!(
                run.err.contains("answered"),
                "nothing is logged\n{}",
                run.told()
            );
            shows_nothing(&format!("{arguments:?}"), &run, &program);
        }
    }
}

/// The calls to ECS and OSS, whose signatures and tokens travel in other places. A link holds the token, so it goes
/// where it was asked for, and nowhere else.
#[test]
fn exports_show_no_secret() {
    let healthy = include_str!("../../states/healthy.json");
    let mut state: Value = serde_json::from_str(healthy).unwrap();
    state["accounts"][0]["exports"] = json!({ "seconds": 0 });
    let operator = json!({
        "name": "Operator", "id": "300000000000000900",
        "trust": { "Version": "1", "Statement": [] },
        "attachments": [{ "policy": "system:AdministratorAccess" }],
    });
    let roles = state["accounts"][0]["roles"].as_array_mut().unwrap();
    roles.push(operator);
    state["sessions"] = json!([{
        "id": KEY_ID, "secret": SECRET, "token": TOKEN, "account": "1234567890123456",
        "role": "Operator", "role_id": "300000000000000900", "name": "ann",
        "expires": "2100-01-01T00:00:00Z",
    }]);
    let server = Server::start(Options {
        seed: Some(World::from_json(&state.to_string()).unwrap()),
        ..Options::default()
    });
    let program = Program::new()
        .with_all(&server.environment())
        .with("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID)
        .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
        .with("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN)
        .with("RUST_LOG", "trace");
    let place = ["--region", "cn-hangzhou", "--bucket", "exports-hz"];
    let asked = [&place[..], &["--image", "m-bp1app", "-vvv"]].concat();
    let verify = [
        &["verify", "--dry-run", "--report", "json=v.json"],
        &asked[..],
    ]
    .concat();
    let run = program.run(&verify).ends(0);
    shows_nothing("verify", &run, &program);
    let export = [&["export", "--yes", "--report", "json=e.json"], &asked[..]].concat();
    let run = program.run(&export).ends(0);
    shows_nothing("export", &run, &program);
    let mut run = program
        .run(&[&export[..], &["--url", "1m"]].concat())
        .ends(0);
    assert!(run.out.contains("CanaryTokenK3v8W5"), "{}", run.told());
    run.out.clear();
    shows_nothing("export with links", &run, &program);
}

/// A service that refuses a signature quotes the whole request, token included.
#[test]
fn failures_show_no_secret() {
    thread::scope(|scope| {
        for mishap in MISHAPS {
            scope.spawn(move || {
                let (_place, program) = mishap.happens();
                let program = program
                    .with("RUST_LOG", "trace")
                    .with("RUST_BACKTRACE", "1");
                let mut arguments = vec!["apply", "--yes", "-vv", "--report", "json=report.json"];
                arguments.extend(mishap.arguments);
                let run = program.run(&arguments).ends(mishap.status);
                shows_nothing(mishap.name, &run, &program);
            });
        }
    });
}

/// Half a key, a bad option, a bad spec: what ends before anything is called.
#[test]
fn refusals_before_the_first_call_show_no_secret() {
    let keys = || Program::new().with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET);
    let whole = || keys().with("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID);
    for (name, program, arguments) in [
        ("a secret without a key", keys(), &["plan", "-vv"][..]),
        (
            "a token without a key",
            Program::new().with("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN),
            &["plan", "-vv"],
        ),
        (
            "a secret as an endpoint",
            whole(),
            &["plan", "-vv", "--endpoint", "ram=http://example.com"],
        ),
        (
            "a secret beside a bad spec",
            whole().file("x", "\t"),
            &["plan", "-vv", "x"],
        ),
        (
            "a secret beside a bad option",
            whole(),
            &["plan", "--bogus"],
        ),
    ] {
        let run = program.run(arguments);
        assert_ne!(run.status, 0, "{name}: {}", run.told());
        shows_nothing(name, &run, &program);
    }
    let other = Program::new()
        .with("ALICLOUD_ACCESS_KEY", KEY_ID)
        .with("ALICLOUD_SECRET_KEY", SECRET)
        .with("ALICLOUD_SECURITY_TOKEN", TOKEN)
        .with("EXPORT_IAM_ENDPOINT_RAM", "http://127.0.0.1:9")
        .with("EXPORT_IAM_ENDPOINT_STS", "http://127.0.0.1:9");
    let run = other.run(&["plan", "-vv"]).ends(5);
    shows_nothing("another tool's variables", &run, &other);
}

/// What a panic or a log line would print.
#[test]
fn nothing_that_holds_a_secret_prints_it() {
    let mut key = Credentials::permanent(KEY_ID, SECRET);
    key.security_token = Some(TOKEN.into());
    is_clean("Credentials", format!("{key:?} {key:#?}").as_bytes());
    let sent = HttpRequest {
        method: "POST".to_owned(),
        url: format!("http://127.0.0.1/?SecurityToken={TOKEN}"),
        headers: vec![("x-acs-security-token".to_owned(), TOKEN.to_owned())],
        body: format!("SecurityToken={TOKEN}").into_bytes(),
    };
    is_clean("HttpRequest", format!("{sent:?} {sent:#?}").as_bytes());
    let answer = HttpResponse {
        status: 400,
        headers: vec![("set-cookie".to_owned(), TOKEN.to_owned())],
        body: sent.body.clone(),
    };
    is_clean(
        "HttpResponse",
        format!("{answer:?} {}", answer.described()).as_bytes(),
    );
    let account = Account::new("{}");
    let clock = Clock::system();
    let client = RamClient::new(RpcClient::new(
        account.sandbox,
        key,
        clock,
        Random::seeded(1),
        export_iam::cloud::rpc::client::Settings::default(),
    ));
    is_clean("RamClient", format!("{client:?} {client:#?}").as_bytes());
}
