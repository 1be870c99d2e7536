//! Makes calls: limits them, sends them, and repeats them while that is safe and promising.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout_at};

use super::attempt::{Attempt, AttemptError, Effect};
use super::call::{Call, CallKind, OssTarget, Proof, Service};
use super::clock::{Clock, Correction, Random};
use super::credentials::{CredentialSource, Credentials};
use super::endpoint::Endpoint;
use super::protocol::oss;
use super::protocol::signing::Signing;
use super::reply::Reply;
use super::retry::{RetryClass, Schedule};
use super::signature::SignatureVersion;
use super::traffic::{Counts, Traffic};
use super::transport::{Transport, TransportError, TransportErrorKind};
use crate::account::{AccountError, AccountErrorKind};

/// Waits from this length on are told of.
const LONG: Duration = Duration::from_secs(5);

/// Differences of clocks below this explain no refusal: the service takes 15 minutes.
const LEAST_CORRECTED: SignedDuration = SignedDuration::from_mins(1);

/// How often the clock is corrected for one call: once, and once more where one of the service's own clocks is off.
const MOST_CORRECTIONS: u32 = 2;

/// The codes that say that a session has ended; OSS has its own.
const ENDED_SESSION: [&str; 2] = ["InvalidSecurityToken.Expired", "SecurityTokenExpired"];

/// How a client reaches services and how patient it is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where services are that are not at their own hosts, by their names.
    pub endpoints: BTreeMap<&'static str, Endpoint>,
    /// Which signature calls carry.
    pub signature: SignatureVersion,
    /// When failed calls are repeated.
    pub schedule: Schedule,
    /// When everything has to be over.
    pub deadline: Option<Instant>,
    /// How long to try when nothing has come back from a service yet.
    pub unreachable_after: Duration,
}

/// The services' own hosts and the usual patience.
impl Default for Settings {
    fn default() -> Self {
        Self {
            endpoints: BTreeMap::new(),
            signature: SignatureVersion::default(),
            schedule: Schedule::default(),
            deadline: None,
            unreachable_after: Duration::from_secs(5),
        }
    }
}

impl Settings {
    /// Where `call` is sent.
    #[must_use]
    pub fn endpoint(&self, call: &Call) -> Endpoint {
        let given = self.endpoints.get(call.service.name).cloned();
        let host = call.host.as_deref().unwrap_or(call.service.host);
        given.unwrap_or_else(|| Endpoint::public(host))
    }

    /// Whether an endpoint is given for `service`.
    #[must_use]
    pub fn has_endpoint(&self, service: &Service) -> bool {
        self.endpoints.contains_key(service.name)
    }
}

/// Calls services with the credentials of one source.
pub struct RpcClient<T, C> {
    transport: T,
    credentials: C,
    settings: Settings,
    clock: Clock,
    random: Arc<Random>,
    traffic: Arc<Traffic>,
}

impl<T: Transport, C: CredentialSource> RpcClient<T, C> {
    /// A client that has not called anything yet, with traffic of its own.
    #[must_use]
    pub fn new(
        transport: T,
        credentials: C,
        clock: Clock,
        random: impl Into<Arc<Random>>,
        settings: Settings,
    ) -> Self {
        Self {
            transport,
            credentials,
            settings,
            clock,
            random: random.into(),
            traffic: Arc::default(),
        }
    }

    /// The same client, whose calls count together with others.
    #[must_use]
    pub fn sharing(self, traffic: &Arc<Traffic>) -> Self {
        Self {
            traffic: Arc::clone(traffic),
            ..self
        }
    }

    /// What this client, and those that share its traffic, did so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.traffic.counters.counts()
    }

    /// The time that calls are signed with.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How this client reaches services.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Nonces and jitter.
    pub(crate) fn random(&self) -> &Random {
        &self.random
    }

    /// Makes a call, repeated while that is safe and promising. A write that may have had its effect is never
    /// repeated here.
    ///
    /// # Errors
    /// With the last attempt's error, which knows how many there were.
    pub async fn call(&self, call: &Call) -> Result<Reply, AttemptError> {
        let mut attempts = 0;
        let mut clock_errors = 0;
        let mut was_renewed = false;
        loop {
            attempts += 1;
            let mut failure = match self.attempt(call, attempts).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            failure.error.attempts = attempts;
            if call.kind == CallKind::Write && failure.effect != Effect::None {
                return Err(failure);
            }
            if clock_errors < MOST_CORRECTIONS && self.follow_clock(&failure) {
                clock_errors += 1;
                self.traffic.counters.repeated();
                continue;
            }
            if failure.has_new_session && !was_renewed {
                was_renewed = true;
                self.traffic.counters.repeated();
                continue;
            }
            if !self.wait_to_repeat(call, &failure, attempts).await {
                return Err(failure);
            }
        }
    }

    /// Takes on the service's time after it refused ours; `false` when the difference does not explain the refusal, or
    /// is more than is corrected.
    fn follow_clock(&self, failure: &AttemptError) -> bool {
        let Some((ours, theirs)) = failure.times else {
            return false;
        };
        if ours.duration_since(theirs).abs() < LEAST_CORRECTED {
            return false;
        }
        let Some(Correction { ahead, is_first }) = self.clock.follow(theirs) else {
            return false;
        };
        if is_first {
            let side = if ahead.is_negative() {
                "behind"
            } else {
                "ahead of"
            };
            let by = jiff::fmt::friendly::SpanPrinter::new()
                .duration_to_string(&ahead.abs().round(jiff::Unit::Second).unwrap_or(ahead.abs()));
            tracing::warn!(
                "this machine's clock is {by} {side} the service's; calls are signed with the service's time"
            );
        }
        true
    }

    /// Makes one attempt when the limiter lets it, and learns from how it went.
    async fn attempt(&self, call: &Call, attempt: u32) -> Result<Reply, AttemptError> {
        if !self.sleep(self.traffic.limiter.take(call)).await {
            let message = "the deadline passed before the call was made".to_owned();
            let kind = AccountErrorKind::Unavailable;
            return Err(AttemptError::new(call, kind, message));
        }
        let (operation, subject) = (call.operation, call.subject.as_str());
        tracing::trace!(operation, subject, attempt, "sending");
        let sent_at = Instant::now();
        let reach = self.traffic.reach(call.service);
        reach.begin(sent_at);
        let result = self.exchange(call).await;
        let took = sent_at.elapsed().as_millis();
        match &result {
            Ok(reply) => {
                reach.answered();
                self.traffic.limiter.answered(call);
                self.traffic.budget.earn();
                let request_id = reply.request_id();
                tracing::debug!(operation, subject, attempt, took, request_id, "answered");
            }
            Err(failure) => {
                if failure.was_answered {
                    reach.answered();
                }
                if failure.class == RetryClass::Throttled {
                    self.traffic.counters.throttled();
                    self.traffic.limiter.throttled(call, sent_at);
                }
                let code = failure.error.code.as_deref().unwrap_or_default();
                let kind = failure.error.kind;
                tracing::debug!(operation, subject, attempt, took, code, ?kind, "failed");
            }
        }
        result
    }

    /// The key to prove `call` with, where it needs one.
    async fn key(&self, call: &Call) -> Result<Option<Credentials>, AttemptError> {
        if call.proof == Proof::Parameter {
            return Ok(None);
        }
        let key = self.credentials.credentials().await.map_err(|error| {
            let kind = AccountErrorKind::Credential;
            let mut failure = AttemptError::new(call, kind, error.to_string());
            failure.error.advice = Some(error.hint);
            failure
        })?;
        Ok(Some(key))
    }

    /// A link that makes `call`, a `GET` of OSS, for whoever has it, for `life` from now on. It is a secret.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub async fn presign(
        &self,
        call: &Call,
        target: &OssTarget,
        life: Duration,
    ) -> Result<SecretString, AccountError> {
        let key = self.key(call).await.map_err(|failure| failure.error)?;
        let signing = Signing {
            endpoint: &self.settings.endpoint(call),
            signature: self.settings.signature,
            credentials: key.as_ref(),
            at: self.clock.now(),
            nonce: "",
        };
        Ok(oss::presigned(target, &signing, life))
    }

    /// Signs anew, sends once, and judges the answer.
    async fn exchange(&self, call: &Call) -> Result<Reply, AttemptError> {
        let credentials = self.key(call).await?;
        let attempt = Attempt {
            call,
            signing: Signing {
                endpoint: &self.settings.endpoint(call),
                signature: self.settings.signature,
                credentials: credentials.as_ref(),
                at: self.clock.now(),
                nonce: &self.random.nonce(),
            },
        };
        let request = attempt.request();
        self.traffic.counters.sent(call);
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
        let mut judged = attempt.judge(&request, answer);
        if let (Err(failure), Some(key)) = (&mut judged, &credentials)
            && failure
                .error
                .code
                .as_deref()
                .is_some_and(|code| ENDED_SESSION.contains(&code))
        {
            failure.has_new_session = self.credentials.forget(&key.access_key_id);
        }
        judged
    }

    /// Waits until a call that was tried `attempts` times may be repeated; `false` when it may not be.
    pub async fn wait_to_repeat(&self, call: &Call, failure: &AttemptError, attempts: u32) -> bool {
        let asked = failure.retry_after;
        let schedule = &self.settings.schedule;
        let Some(wait) = schedule.wait(failure.class, attempts, asked, &self.random) else {
            return false;
        };
        let patience = self.settings.unreachable_after;
        let reach = self.traffic.reach(call.service);
        if reach.is_hopeless(wait, attempts, patience) || !self.traffic.budget.spend() {
            return false;
        }
        let operation = call.operation;
        let code = failure.error.code.as_deref().unwrap_or("no answer");
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(operation, attempt = attempts, code, wait_ms, "trying again");
        if wait >= LONG {
            let seconds = wait.as_secs();
            tracing::warn!("{operation}: {code}; trying again in {seconds} s");
        }
        if !self.sleep(wait).await {
            return false;
        }
        self.traffic.counters.repeated();
        true
    }

    /// Waits; `false` at once when the deadline would pass meanwhile.
    pub async fn sleep(&self, wait: Duration) -> bool {
        let end = Instant::now() + wait;
        let deadline = self.settings.deadline;
        if deadline.is_some_and(|deadline| end >= deadline) {
            return false;
        }
        if !wait.is_zero() {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            tracing::trace!(wait_ms, "waiting");
            self.traffic.counters.waited(wait);
            sleep(wait).await;
        }
        true
    }
}

/// Shows what it did, and no credentials.
impl<T, C> std::fmt::Debug for RpcClient<T, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RpcClient")
            .field("settings", &self.settings)
            .field("traffic", &self.traffic)
            .finish_non_exhaustive()
    }
}
