//! A service of the user's own that gives session keys as JSON.
//!
//! Source: the official SDKs, `ALIBABA_CLOUD_CREDENTIALS_URI`. Stricter than they are: see `address`.

use std::time::Duration;

use reqwest::Url;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::address::{self, Route};
use super::context::Context;
use crate::cloud::rpc::credentials::{CredentialError, Credentials};
use crate::cloud::rpc::transport::{HttpRequest, HttpResponse, Transport};
use crate::cloud::sts::session_keys::{Keys, Shape};

pub(super) const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// How errors call this place when it is set up by the variable.
pub(super) const ORIGIN: &str = "credentials uri";

const PATIENCE: Duration = Duration::from_secs(3);

/// Longest answer that is taken. Unit: bytes.
const LONGEST: usize = 64 * 1024;

/// A checked URL. It does not print: its query may be a password.
pub(super) struct CredentialsUri {
    url: Url,
    route: Route,
}

impl CredentialsUri {
    /// Checks `text`, which `name` holds.
    ///
    /// # Errors
    /// When it is neither `https` nor `http` to this machine, or leads to a metadata address.
    pub(super) fn new(text: &str, origin: &str, name: &str) -> Result<Self, CredentialError> {
        match address::check(text) {
            Ok((url, route)) => Ok(Self { url, route }),
            Err(problem) => Err(CredentialError::new(
                origin,
                format!("`{name}` {problem}"),
                "give an https URL, or an http URL of this machine such as `http://127.0.0.1:8080/keys`",
            )),
        }
    }

    /// Asks the service.
    pub(super) async fn fetch(
        &self,
        context: &Context,
        origin: &str,
    ) -> Result<Credentials, CredentialError> {
        let host = self.url.host_str().unwrap_or_default();
        let fail = |problem: String, hint: &str| {
            let problem = format!("`{host}` {problem}");
            Err(CredentialError::new(origin, problem, hint))
        };
        let request = HttpRequest {
            method: "GET".to_owned(),
            url: self.url.to_string(),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
        };
        let transport = match self.route {
            Route::Api => &context.api,
            Route::Direct => &context.direct,
        };
        let answer = match timeout(PATIENCE, transport.send(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                let problem = format!("gives no answer: {}", error.message);
                return fail(
                    problem,
                    "check that the service runs and the URL is its own",
                );
            }
            Err(_) => {
                return fail(
                    format!("gives no answer within {} seconds", PATIENCE.as_secs()),
                    "check that the service runs and the URL is its own",
                );
            }
        };
        read(answer).or_else(|problem| {
            fail(
                problem,
                "the service must answer with status 200 and JSON: `Code` `Success`, `AccessKeyId`, \
                 `AccessKeySecret`, `SecurityToken`, `Expiration`",
            )
        })
    }
}

/// The keys in an answer, or what is wrong with it, to be put behind the host.
fn read(answer: HttpResponse) -> Result<Credentials, String> {
    let body = Zeroizing::new(answer.body);
    match answer.status {
        200 => {}
        300..400 => return Err("redirects, which is not followed".to_owned()),
        status => return Err(format!("answers with status {status}")),
    }
    if body.len() > LONGEST {
        return Err("answers with more than 64 KiB".to_owned());
    }
    let odd = |problem: &str| format!("answers, but the answer {problem}");
    let keys = Keys::parse(&body).map_err(odd)?;
    if keys.code.as_deref().is_some_and(|code| code != "Success") {
        return Err("answers with another `Code` than `Success`".to_owned());
    }
    keys.into_credentials(Shape::Session).map_err(odd)
}
