//! One try of one call: sign, send, and judge what came back.

use std::time::Duration;

use tokio::time::timeout_at;

use super::client::RamClient;
use super::error::{self, ServiceError};
use super::redact::{clean, one_line};
use super::request::{Call, Service};
use super::response::Reply;
use super::retry::RetryClass;
use super::signature::{SignatureVersion, sent_string_to_sign, v1, v3};
use super::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use super::{encoding, signature};
use crate::account::{AccessDenied, AccountError, AccountErrorKind};
use crate::credentials::{CredentialSource, Credentials};

/// What is known of a failed call's effect. For a read it means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It had none.
    NotDone,
    /// It may have had its effect.
    Unknown {
        /// It may still have it later: the service was not done with the call when we stopped waiting.
        late: bool,
    },
}

/// Why a try failed, and what that means for the next.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: AccountError,
    pub(super) class: RetryClass,
    pub(super) fate: Fate,
    /// The wait that the service asks for.
    pub(super) retry_after: Option<Duration>,
    /// Whether anything came back, if only the end of the connection.
    pub(super) was_answered: bool,
}

impl Failure {
    /// A failure of kind `kind`, in our own words.
    pub(super) fn new(call: &Call, kind: AccountErrorKind, message: String) -> Self {
        Self {
            error: AccountError {
                operation: call.operation.to_owned(),
                subject: call.subject.clone(),
                kind,
                code: None,
                message,
                http_status: None,
                request_id: None,
                access_denied: None,
                recommend: None,
                advice: None,
                attempts: 1,
            },
            class: RetryClass::Final,
            fate: Fate::NotDone,
            retry_after: None,
            was_answered: false,
        }
    }
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    /// Makes one try, signed anew.
    pub(super) async fn exchange(&self, call: &Call) -> Result<Reply, Failure> {
        let credentials = self.credentials.credentials().await.map_err(|error| {
            let kind = AccountErrorKind::Credential;
            let mut failure = Failure::new(call, kind, error.to_string());
            failure.error.advice = Some(error.hint);
            failure
        })?;
        let request = self.sign(call, &credentials);
        self.count(call);
        let sending = self.transport.send(request.clone());
        let answer = match self.settings.deadline {
            None => sending.await,
            Some(deadline) => timeout_at(deadline, sending).await.unwrap_or_else(|_| {
                Err(TransportError {
                    kind: TransportErrorKind::TimedOut,
                    message: "the deadline passed before an answer came".to_owned(),
                })
            }),
        };
        match answer {
            Err(error) => Err(unanswered(call, &error)),
            Ok(answer) if (200..300).contains(&answer.status) => {
                Reply::parse(&answer.body).ok_or_else(|| not_the_services(call, &answer))
            }
            Ok(answer) => match error::parse(&answer.body) {
                None => Err(not_the_services(call, &answer)),
                Some(error) => Err(self.refused(call, &request, &answer, error, &credentials)),
            },
        }
    }

    fn sign(&self, call: &Call, credentials: &Credentials) -> HttpRequest {
        let endpoint = match call.service {
            Service::Ram => &self.settings.ram,
            Service::Sts => &self.settings.sts,
            Service::ResourceManager => &self.settings.resource_manager,
        };
        let (at, nonce) = (self.clock.now(), self.random.nonce());
        let version = call.service.version();
        let accept = ("accept".to_owned(), "application/json".to_owned());
        let (headers, body) = match self.settings.signature {
            SignatureVersion::V1 => {
                let own = call
                    .clone()
                    .with("Action", call.operation)
                    .with("Version", version);
                let params = v1::sign("POST", &own.params, credentials, at, &nonce);
                let form = "application/x-www-form-urlencoded".to_owned();
                let body = encoding::form(params.iter().map(|(k, v)| (*k, v.as_str())));
                (vec![("content-type".to_owned(), form), accept], body)
            }
            SignatureVersion::V3 => {
                let body = encoding::form(call.params.iter().map(|(k, v)| (*k, v.as_str())));
                let action = (call.operation, version);
                let bytes = body.as_bytes();
                let mut headers = v3::sign(endpoint.host(), action, bytes, credentials, at, &nonce);
                headers.push(accept);
                (headers, body)
            }
        };
        HttpRequest {
            method: "POST".to_owned(),
            url: endpoint.url().to_owned(),
            headers,
            body: body.into_bytes(),
        }
    }

    /// An answer in which the service says what is wrong.
    fn refused(
        &self,
        call: &Call,
        request: &HttpRequest,
        answer: &HttpResponse,
        error: ServiceError,
        credentials: &Credentials,
    ) -> Failure {
        let (mut kind, class) = error::classify(&error.code, answer.status);
        let mut message = match error.message.as_str() {
            "" => "no further message".to_owned(),
            text => clean(text, credentials),
        };
        match error.code.as_str() {
            "SignatureDoesNotMatch" => (kind, message) = mismatch(request, &error.message),
            "InvalidTimeStamp.Expired" => {
                let ours = signature::timestamp(self.clock.now());
                let theirs = answer
                    .header("date")
                    .map_or("unknown".to_owned(), service_time);
                message = format!("the clock here shows {ours}, the service's {theirs}: {message}");
            }
            _ => {}
        }
        let fate = match class {
            // A used nonce means that a copy of this very request came before.
            RetryClass::Transient | RetryClass::Nonce => Fate::Unknown { late: false },
            _ => Fate::NotDone,
        };
        let failure = Failure::new(call, kind, message);
        Failure {
            error: AccountError {
                code: Some(clean(&error.code, credentials)),
                http_status: Some(answer.status),
                request_id: error.request_id.map(|id| clean(&id, credentials)),
                access_denied: error
                    .access_denied
                    .map(|detail| Box::new(one_lined(*detail))),
                recommend: error.recommend.map(|link| clean(&link, credentials)),
                ..failure.error
            },
            class,
            fate,
            retry_after: retry_after(answer),
            was_answered: true,
        }
    }
}

/// Every member comes from outside and is shown.
fn one_lined(detail: AccessDenied) -> AccessDenied {
    let AccessDenied {
        action,
        principal_type,
        principal,
        no_permission_type,
        policy_type,
    } = detail;
    AccessDenied {
        action: one_line(&action),
        principal_type: one_line(&principal_type),
        principal: one_line(&principal),
        no_permission_type: one_line(&no_permission_type),
        policy_type: one_line(&policy_type),
    }
}

/// No complete answer came.
fn unanswered(call: &Call, error: &TransportError) -> Failure {
    let unknown = |late| Fate::Unknown { late };
    let (kind, class, fate) = match error.kind {
        // A certificate that is not trusted will not be so a second later.
        TransportErrorKind::NotConnected(Barrier::Tls) | TransportErrorKind::BadRequest => (
            AccountErrorKind::Unreachable,
            RetryClass::Final,
            Fate::NotDone,
        ),
        TransportErrorKind::NotConnected(_) => (
            AccountErrorKind::Unreachable,
            RetryClass::Transient,
            Fate::NotDone,
        ),
        TransportErrorKind::Interrupted => (
            AccountErrorKind::Unavailable,
            RetryClass::Transient,
            unknown(false),
        ),
        TransportErrorKind::TimedOut => (
            AccountErrorKind::Unavailable,
            RetryClass::Transient,
            unknown(true),
        ),
        TransportErrorKind::Truncated => (
            AccountErrorKind::BadAnswer,
            RetryClass::Transient,
            unknown(false),
        ),
        TransportErrorKind::TooLarge => (
            AccountErrorKind::BadAnswer,
            RetryClass::Final,
            unknown(false),
        ),
    };
    Failure {
        class,
        fate,
        was_answered: !error.kind.is_unsent() && error.kind != TransportErrorKind::TimedOut,
        ..Failure::new(call, kind, error.message.clone())
    }
}

/// An answer that is neither a reply nor an error of the service. Its body is not shown: it may be anything.
fn not_the_services(call: &Call, answer: &HttpResponse) -> Failure {
    let (kind, class) = match answer.status {
        429 => (AccountErrorKind::Throttled, RetryClass::Throttled),
        408 | 500.. => (AccountErrorKind::Unavailable, RetryClass::Transient),
        _ => (AccountErrorKind::BadAnswer, RetryClass::Final),
    };
    let fate = match answer.status {
        // Cut off or mangled on its way back, perhaps.
        200..300 | 408 | 500.. => Fate::Unknown { late: false },
        _ => Fate::NotDone,
    };
    let message = format!("the answer is not the service's: {}", answer.described());
    let failure = Failure::new(call, kind, message);
    Failure {
        error: AccountError {
            http_status: Some(answer.status),
            ..failure.error
        },
        class,
        fate,
        retry_after: retry_after(answer),
        was_answered: true,
    }
}

/// The service quotes its own string to sign. If it is ours too, the key differs; if not, we wrote it wrongly.
fn mismatch(request: &HttpRequest, theirs: &str) -> (AccountErrorKind, String) {
    const QUOTE: &str = "string to sign is";
    let ours = sent_string_to_sign(request);
    let wrong_secret = || {
        let text = "the signature does not match: wrong secret for this access key id";
        (AccountErrorKind::Credential, text.to_owned())
    };
    let Some((_, quoted)) = theirs.split_once(QUOTE) else {
        return wrong_secret();
    };
    let quoted = quoted.trim_start_matches(':').trim();
    // Some gateways add a sentence behind the quote.
    if quoted.starts_with(ours.trim()) {
        return wrong_secret();
    }
    let alike = ours
        .chars()
        .zip(quoted.chars())
        .take_while(|(a, b)| a == b)
        .count();
    (
        AccountErrorKind::Rejected,
        format!(
            "the service signs another text, different from character {} on; this is a bug in export-iam",
            alike + 1
        ),
    )
}

/// Writes the `Date` header the way our own clock is shown.
fn service_time(header: &str) -> String {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    match parser.parse_timestamp(header) {
        Ok(at) => signature::timestamp(at),
        Err(_) => "unknown".to_owned(),
    }
}

/// `x-acs-retry-after`, in milliseconds; zero asks for nothing.
fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let milliseconds: u64 = answer.header("x-acs-retry-after")?.trim().parse().ok()?;
    (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
}
