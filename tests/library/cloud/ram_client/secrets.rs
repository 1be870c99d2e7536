//! Secrets and documents show nowhere.

use std::io;
use std::sync::{Arc, Mutex};

use export_iam::account::{ReadAccount, WriteAccount};
use export_iam::cloud::hint::hint;
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::encoding::encode;
use export_iam::cloud::rpc::signature;
use export_iam::model::{RoleName, Step, Tags};
use secrecy::SecretString;
use serde_json::json;

use super::fake::*;

const SECRET: &str = "canary+secret/==";
const TOKEN: &str = "CAIS+canary/token==";

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn session() -> Credentials {
    Credentials {
        security_token: Some(SecretString::from(TOKEN)),
        ..Credentials::permanent("testid", SECRET)
    }
}

fn create() -> Step {
    Step::CreateRole {
        role: RoleName::new("R").unwrap(),
        trust: r#"{"canary-document":1}"#.to_owned(),
        description: Some("canary-description".to_owned()),
        max_session_duration: None,
        tags: Tags::new(),
    }
}

fn assert_clean(text: &str) {
    assert!(!text.contains("canary"), "{text}");
    for secret in [SECRET, TOKEN] {
        let once = encode(secret).into_owned();
        let twice = encode(&once).into_owned();
        for form in [secret.to_owned(), once, twice] {
            assert!(!text.contains(&form), "{text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn neither_events_nor_errors_nor_debug_output_hold_secrets_or_documents() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    // For all threads: with one for this thread only, tests beside this one can switch events off at their source.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    // The service quotes the whole request, as it does for a wrong signature, in other codes too.
    let quote = async |code: &str| {
        let fake = Fake::default().on("CreateRole", [done()]);
        let client = client_with(&fake, session(), settings());
        client.write(&create()).await.unwrap();
        let text = signature::sent_string_to_sign(&fake.received()[0].request);
        let twice = encode(TOKEN);
        let message = format!("is:{text} {TOKEN} {twice} {SECRET}");
        json!({"Code": code, "Message": message, "RequestId": TOKEN, "Recommend": TOKEN})
    };
    let mut shown = String::new();
    for code in [
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InternalError",
    ] {
        let answer = quote(code).await.to_string();
        let fake = Fake::default().on("GetRole", [body(400, "application/json", answer)]);
        let client = client_with(&fake, session(), settings());
        let failed = client.role(&RoleName::new("R").unwrap()).await.unwrap_err();
        shown += &format!("{failed} {failed:?} {:?} {client:?}", hint(&failed));
        shown += &format!("{:?} {:?}", fake.received()[0].request, session());
    }
    let events = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(
        events.contains("GetRole") && events.contains("InternalError"),
        "{events}"
    );
    assert!(
        events.contains("attempt") && events.contains("wait_ms"),
        "{events}"
    );
    assert_clean(&events);
    // A quoted request may hold a document, but only as the service's own words, cut short.
    for form in [TOKEN, SECRET] {
        let once = encode(form).into_owned();
        let twice = encode(&once).into_owned();
        assert!(!shown.contains(form) && !shown.contains(&once) && !shown.contains(&twice));
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_is_sent_and_signed_but_not_in_the_url() {
    let fake = Fake::default().on("GetRole", [role("{}")]);
    let client = client_with(&fake, session(), settings());
    client.role(&RoleName::new("R").unwrap()).await.unwrap();
    let received = &fake.received()[0];
    assert_eq!(received.params["SecurityToken"], TOKEN);
    assert_eq!(received.request.url, "https://ram.aliyuncs.com/");
    assert_eq!(received.request.method, "POST");
}
