//! The client of one account: what it is made of, and how it repeats calls.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::clock::{Clock, Random};
use super::endpoint::Endpoint;
use super::exchange::{Failure, Fate};
use super::ledger::Ledger;
use super::limiter::Limiter;
use super::request::{Call, Effect, Service};
use super::response::Reply;
use super::retry::{Budget, RetryClass, Schedule};
use super::signature::SignatureVersion;
use super::transport::Transport;
use crate::account::AccountErrorKind;
use crate::credentials::CredentialSource;

/// Waits from this length on are told of.
const LONG: Duration = Duration::from_secs(5);

/// How a client reaches the service and how patient it is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where RAM is.
    pub ram: Endpoint,
    /// Where STS is.
    pub sts: Endpoint,
    /// Where ResourceManager is, which knows the accounts of a resource directory.
    pub resource_manager: Endpoint,
    /// Which signature calls carry.
    pub signature: SignatureVersion,
    /// When failed calls are repeated.
    pub schedule: Schedule,
    /// When everything has to be over.
    pub deadline: Option<Instant>,
    /// How long to try when nothing has come back from the service yet.
    pub unreachable_after: Duration,
    /// How long a write may take to show in reads. RAM promises no time; half a minute covers what is known.
    pub propagation: Duration,
}

/// The service's own endpoints and the usual patience.
impl Default for Settings {
    fn default() -> Self {
        Self {
            ram: Endpoint::ram(),
            sts: Endpoint::sts(),
            resource_manager: Endpoint::resource_manager(),
            signature: SignatureVersion::default(),
            schedule: Schedule::default(),
            deadline: None,
            unreachable_after: Duration::from_secs(5),
            propagation: Duration::from_secs(30),
        }
    }
}

/// Reads and writes one account through the RAM API, implementing [`ReadAccount`](crate::account::ReadAccount)
/// and [`WriteAccount`](crate::account::WriteAccount).
///
/// One client is for one account and one run: it remembers what it wrote, and how fast the account may be
/// called.
pub struct RamClient<T, C> {
    pub(super) transport: T,
    pub(super) credentials: C,
    pub(super) settings: Settings,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) ledger: Ledger,
    limiter: Limiter,
    budget: Budget,
    counters: Counters,
    ram_reach: Reach,
    sts_reach: Reach,
    resource_manager_reach: Reach,
}

/// Whether a service can be reached at all, as far as is known. A connection on which nothing is ever said is not
/// enough: a middlebox may have made it.
#[derive(Debug, Default)]
struct Reach {
    first_call: OnceLock<Instant>,
    was_reached: AtomicBool,
}

#[derive(Debug, Default)]
struct Counters {
    calls: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    waited_ms: AtomicU64,
}

/// What a client did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requests made, repeats included.
    pub calls: u64,
    /// Requests made that can change something, repeats included.
    pub writes: u64,
    /// Requests that repeated another.
    pub retries: u64,
    /// Answers that said "too many calls".
    pub throttled: u64,
    /// Time spent waiting between tries, summed over calls that waited at the same time.
    pub waited: Duration,
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    /// A client that has not called anything yet.
    #[must_use]
    pub fn new(
        transport: T,
        credentials: C,
        clock: Clock,
        random: Random,
        settings: Settings,
    ) -> Self {
        Self {
            transport,
            credentials,
            settings,
            clock,
            random,
            ledger: Ledger::default(),
            limiter: Limiter::new(),
            budget: Budget::new(),
            counters: Counters::default(),
            ram_reach: Reach::default(),
            sts_reach: Reach::default(),
            resource_manager_reach: Reach::default(),
        }
    }

    /// What this client did so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Counters {
            calls,
            writes,
            retries,
            throttled,
            waited_ms,
        } = &self.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            calls: read(calls),
            writes: read(writes),
            retries: read(retries),
            throttled: read(throttled),
            waited: Duration::from_millis(read(waited_ms)),
        }
    }

    /// Makes a call, repeated while that is safe and promising. A write that may have had its effect is never
    /// repeated here.
    pub(super) async fn call(&self, call: &Call) -> Result<Reply, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut failure = match self.try_once(call, tries).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            failure.error.attempts = tries;
            if call.effect == Effect::Write && failure.fate != Fate::NotDone {
                return Err(failure);
            }
            if !self.wait_to_repeat(call, &failure, tries).await {
                return Err(failure);
            }
        }
    }

    async fn try_once(&self, call: &Call, attempt: u32) -> Result<Reply, Failure> {
        if !self.sleep(self.limiter.take()).await {
            let message = "the deadline passed before the call was made".to_owned();
            return Err(Failure::new(call, AccountErrorKind::Unavailable, message));
        }
        let sent_at = Instant::now();
        let reach = self.reach(call);
        reach.first_call.get_or_init(|| sent_at);
        let result = self.exchange(call).await;
        let took = sent_at.elapsed().as_millis();
        let (operation, subject) = (call.operation, call.subject.as_str());
        match &result {
            Ok(reply) => {
                reach.was_reached.store(true, Ordering::Relaxed);
                self.limiter.answered();
                self.budget.earn();
                let request_id = reply.request_id().unwrap_or_default();
                tracing::debug!(operation, subject, attempt, took, request_id, "answered");
            }
            Err(failure) => {
                if failure.was_answered {
                    reach.was_reached.store(true, Ordering::Relaxed);
                }
                if failure.class == RetryClass::Throttled {
                    self.counters.throttled.fetch_add(1, Ordering::Relaxed);
                    self.limiter.throttled(sent_at);
                }
                let code = failure.error.code.as_deref().unwrap_or_default();
                let kind = failure.error.kind;
                tracing::debug!(operation, subject, attempt, took, code, ?kind, "failed");
            }
        }
        result
    }

    /// Counts a request that is being sent.
    pub(super) fn count(&self, call: &Call) {
        self.counters.calls.fetch_add(1, Ordering::Relaxed);
        if call.effect == Effect::Write {
            self.counters.writes.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until a call that was tried `tries` times may be repeated; `false` when it may not be.
    pub(super) async fn wait_to_repeat(&self, call: &Call, failure: &Failure, tries: u32) -> bool {
        let asked = failure.retry_after;
        let Some(wait) = self
            .settings
            .schedule
            .wait(failure.class, tries, asked, &self.random)
        else {
            return false;
        };
        if self
            .reach(call)
            .is_hopeless(wait, tries, self.settings.unreachable_after)
            || !self.budget.spend()
        {
            return false;
        }
        let operation = call.operation;
        let code = failure.error.code.as_deref().unwrap_or("no answer");
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(operation, attempt = tries, code, wait_ms, "trying again");
        if wait >= LONG {
            let seconds = wait.as_secs();
            tracing::warn!("{operation}: {code}; trying again in {seconds} s");
        }
        if !self.sleep(wait).await {
            return false;
        }
        self.counters.retries.fetch_add(1, Ordering::Relaxed);
        true
    }

    fn reach(&self, call: &Call) -> &Reach {
        match call.service {
            Service::Ram => &self.ram_reach,
            Service::Sts => &self.sts_reach,
            Service::ResourceManager => &self.resource_manager_reach,
        }
    }

    /// Waits; `false` at once when the deadline would pass meanwhile.
    pub(super) async fn sleep(&self, wait: Duration) -> bool {
        let end = Instant::now() + wait;
        if self
            .settings
            .deadline
            .is_some_and(|deadline| end >= deadline)
        {
            return false;
        }
        if !wait.is_zero() {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            self.counters
                .waited_ms
                .fetch_add(wait_ms, Ordering::Relaxed);
            sleep(wait).await;
        }
        true
    }
}

impl Reach {
    /// Whether another try of the usual length would end later than a user should have to wait to hear that
    /// nothing can be reached at all.
    fn is_hopeless(&self, wait: Duration, tries: u32, patience: Duration) -> bool {
        let Some(first) = self.first_call.get() else {
            return false;
        };
        let spent = first.elapsed();
        let one_try = spent / tries.max(1);
        !self.was_reached.load(Ordering::Relaxed) && spent + wait + one_try > patience
    }
}

/// Shows where it sends to, and no credentials.
impl<T, C> std::fmt::Debug for RamClient<T, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RamClient")
            .field("ram", &self.settings.ram)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
