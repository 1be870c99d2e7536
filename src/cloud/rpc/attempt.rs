//! One attempt at one call, without the sending: what goes out, and what came back.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::api_error::{self, ApiError};
use super::call::{Call, Protocol};
use super::clock::header_time;
use super::credentials::Credentials;
use super::protocol::signing::Signing;
use super::protocol::{oss, rpc};
use super::redact::{clean, code, one_line};
use super::reply::Reply;
use super::retry::RetryClass;
use super::signature::{sent_string_to_sign, timestamp};
use super::transport::{Barrier, HttpRequest, HttpResponse, TransportError, TransportErrorKind};
use crate::account::{AccessDenied, AccountError, AccountErrorKind};

/// What is known of a failed call's effect. For a read it means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It had none.
    None,
    /// It may have had its effect.
    Unknown {
        /// It may still have it later: the service was not done with the call when we stopped waiting.
        late: bool,
    },
}

/// Why an attempt failed, and what that means for the next.
#[derive(Debug)]
pub struct AttemptError {
    /// The error as callers see it.
    pub error: AccountError,
    /// What repeating is good for.
    pub class: RetryClass,
    /// What is known of the call's effect.
    pub effect: Effect,
    /// The wait that the service asks for.
    pub retry_after: Option<Duration>,
    /// Whether anything came back, if only the end of the connection.
    pub was_answered: bool,
    /// The time that was signed and the service's, when it refused ours.
    pub times: Option<(Timestamp, Timestamp)>,
    /// Whether the session had ended and the next attempt gets a new one.
    pub has_new_session: bool,
    /// The endpoint that the service names in place of the one asked.
    pub elsewhere: Option<String>,
}

impl AttemptError {
    /// A final failure of kind `kind`, in our own words.
    #[must_use]
    pub fn new(call: &Call, kind: AccountErrorKind, message: String) -> Self {
        Self {
            error: AccountError {
                subject: call.subject.clone(),
                message,
                ..AccountError::new(call.operation, kind)
            },
            class: RetryClass::Final,
            effect: Effect::None,
            retry_after: None,
            was_answered: false,
            times: None,
            has_new_session: false,
            elsewhere: None,
        }
    }
}

/// What one attempt is made with.
pub(super) struct Attempt<'a> {
    pub(super) call: &'a Call,
    pub(super) signing: Signing<'a>,
}

impl Attempt<'_> {
    /// The request to send.
    pub(super) fn request(&self) -> HttpRequest {
        match &self.call.protocol {
            Protocol::Rpc => rpc::request(self.call, &self.signing),
            Protocol::Oss(target) => oss::request(self.call, target, &self.signing),
        }
    }

    /// What the answer to `request` means.
    pub(super) fn judge(
        &self,
        request: &HttpRequest,
        answer: Result<HttpResponse, TransportError>,
    ) -> Result<Reply, AttemptError> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Err(unanswered(self.call, &error)),
        };
        if (200..300).contains(&answer.status) {
            let described = answer.described();
            let (status, wait) = (answer.status, retry_after(&answer));
            let reply = match &self.call.protocol {
                Protocol::Rpc => Reply::parse(answer.body),
                Protocol::Oss(target) => oss::reply(target, answer),
            };
            return reply.ok_or_else(|| not_the_services(self.call, status, &described, wait));
        }
        let error = match &self.call.protocol {
            Protocol::Rpc => ApiError::parse(&answer.body),
            Protocol::Oss(target) => oss::refusal(target, &answer),
        };
        match error {
            None => {
                let (described, wait) = (answer.described(), retry_after(&answer));
                Err(not_the_services(self.call, answer.status, &described, wait))
            }
            Some(error) => Err(self.refused(request, &answer, error)),
        }
    }

    /// An answer in which the service says what is wrong.
    fn refused(
        &self,
        request: &HttpRequest,
        answer: &HttpResponse,
        error: ApiError,
    ) -> AttemptError {
        let service = self.call.service;
        let (mut kind, class) = api_error::classify(service.codes, &error.code, answer.status);
        let mut message = match error.message.as_str() {
            "" => "no further message".to_owned(),
            text => self.clean(text),
        };
        let mut service_time = None;
        match class {
            _ if error.code == "SignatureDoesNotMatch" => {
                (kind, message) = self.mismatch(request, &error);
            }
            RetryClass::Clock => {
                service_time = answer.header("date").and_then(header_time);
                let ours = timestamp(self.signing.at);
                let theirs = service_time.map_or("unknown".to_owned(), timestamp);
                message = format!("the clock here shows {ours}, the service's {theirs}: {message}");
            }
            _ => {}
        }
        let effect = match class {
            // A used nonce means that a copy of this very request came before.
            RetryClass::Transient | RetryClass::Nonce => Effect::Unknown { late: false },
            _ => Effect::None,
        };
        let failure = AttemptError::new(self.call, kind, message);
        AttemptError {
            error: AccountError {
                code: Some(code(&self.clean(&error.code)).to_owned()),
                http_status: Some(answer.status),
                request_id: error.request_id.map(|id| self.clean(&id)),
                access_denied: error
                    .access_denied
                    .map(|detail| Box::new(one_lined(*detail))),
                recommend: error.recommend.map(|link| self.clean(&link)),
                ..failure.error
            },
            class,
            effect,
            retry_after: retry_after(answer),
            was_answered: true,
            times: service_time.map(|theirs| (self.signing.at, theirs)),
            elsewhere: error.endpoint.map(|endpoint| self.clean(&endpoint)),
            ..failure
        }
    }

    /// The service quotes its own string to sign. If it is ours too, the key differs; if not, we wrote it wrongly.
    fn mismatch(&self, request: &HttpRequest, error: &ApiError) -> (AccountErrorKind, String) {
        let (ours, theirs) = match &self.call.protocol {
            Protocol::Rpc => (sent_string_to_sign(request), rpc::quoted(&error.message)),
            Protocol::Oss(target) => (
                oss::string_to_sign(self.call, target, &self.signing),
                error.string_to_sign.as_deref(),
            ),
        };
        // Some gateways add a sentence behind the quote.
        let Some(theirs) = theirs.filter(|theirs| !theirs.starts_with(ours.trim())) else {
            let text = "the signature does not match: wrong secret for this access key id";
            return (AccountErrorKind::Credential, text.to_owned());
        };
        let both = ours.chars().zip(theirs.chars());
        let alike = both.take_while(|(a, b)| a == b).count();
        (
            AccountErrorKind::Rejected,
            format!(
                "the service signs another text, different from character {} on; this is a bug in export-iam",
                alike + 1
            ),
        )
    }

    /// The service's words without a secret of this attempt.
    fn clean(&self, text: &str) -> String {
        let of_key = self
            .signing
            .credentials
            .into_iter()
            .flat_map(Credentials::secrets);
        let of_call = self.call.secret_params.values();
        let secrets: Vec<&SecretString> = of_key.chain(of_call).collect();
        clean(text, secrets)
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
fn unanswered(call: &Call, error: &TransportError) -> AttemptError {
    use AccountErrorKind::{BadAnswer, Unavailable, Unreachable};
    let unknown = |late| Effect::Unknown { late };
    let (kind, class, effect) = match error.kind {
        // A certificate that is not trusted will not be so a second later.
        TransportErrorKind::NotConnected(Barrier::Tls) | TransportErrorKind::BadRequest => {
            (Unreachable, RetryClass::Final, Effect::None)
        }
        TransportErrorKind::NotConnected(_) => (Unreachable, RetryClass::Transient, Effect::None),
        TransportErrorKind::Interrupted => (Unavailable, RetryClass::Transient, unknown(false)),
        TransportErrorKind::TimedOut => (Unavailable, RetryClass::Transient, unknown(true)),
        TransportErrorKind::Truncated => (BadAnswer, RetryClass::Transient, unknown(false)),
        TransportErrorKind::TooLarge => (BadAnswer, RetryClass::Final, unknown(false)),
    };
    AttemptError {
        class,
        effect,
        was_answered: !error.kind.is_unsent() && error.kind != TransportErrorKind::TimedOut,
        ..AttemptError::new(call, kind, error.message.clone())
    }
}

/// An answer that is neither a reply nor an error of the service. Its body is not shown: it may be anything.
fn not_the_services(
    call: &Call,
    status: u16,
    described: &str,
    retry_after: Option<Duration>,
) -> AttemptError {
    let (kind, class) = match status {
        429 => (AccountErrorKind::Throttled, RetryClass::Throttled),
        408 | 500.. => (AccountErrorKind::Unavailable, RetryClass::Transient),
        // Cut off or mangled on its way back, perhaps.
        200..300 => (AccountErrorKind::BadAnswer, RetryClass::Garbled),
        _ => (AccountErrorKind::BadAnswer, RetryClass::Final),
    };
    let effect = match status {
        200..300 | 408 | 500.. => Effect::Unknown { late: false },
        _ => Effect::None,
    };
    let message = format!("the answer is not the service's: {described}");
    let failure = AttemptError::new(call, kind, message);
    AttemptError {
        error: AccountError {
            http_status: Some(status),
            ..failure.error
        },
        class,
        effect,
        retry_after,
        was_answered: true,
        ..failure
    }
}

/// `x-acs-retry-after`, in milliseconds; zero asks for nothing.
fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let milliseconds: u64 = answer.header("x-acs-retry-after")?.trim().parse().ok()?;
    (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
}
