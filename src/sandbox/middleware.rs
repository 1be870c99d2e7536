//! What surrounds every call, in process or over HTTP: latency, planned faults, keeping the state, the call log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::call_log::{CallLog, CallRecord};
use super::date::http_date;
use super::dispatch::{self, Purpose};
use super::fault::{Fault, FaultKind, FaultPlan};
use super::outcome::Outcome;
use super::rpc::api_error::ApiError;
use super::rpc::authentication::expired_token;
use super::rpc::request::Request;
use super::rpc::response;
use super::state::World;
use super::store::Store;
use crate::cloud::rpc::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};

/// Tells the time; passed in, so that tests choose it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A look-alike of the services, to be called in process or served over HTTP.
///
/// As a [`Transport`] it takes the place of the network. Calls overlap; each is answered from one state.
pub struct Sandbox {
    inner: Mutex<Inner>,
    latency: Duration,
    clock: Clock,
}

struct Inner {
    world: World,
    store: Option<Store>,
    faults: FaultPlan,
    /// The state before the last write, for stale reads.
    before: Option<World>,
    log: CallLog,
}

/// How a call ends for the caller.
pub(crate) enum Ending {
    Answered(HttpResponse),
    /// The connection breaks before any byte of the answer.
    Dropped,
    /// The connection breaks after so many bytes of the body.
    Cut(HttpResponse, usize),
}

impl Sandbox {
    /// A look-alike that holds `world` in memory, tells the machine's time and answers at once.
    #[must_use]
    pub fn new(world: World) -> Self {
        Self {
            inner: Mutex::new(Inner {
                world,
                store: None,
                faults: FaultPlan::default(),
                before: None,
                log: CallLog::default(),
            }),
            latency: Duration::ZERO,
            clock: Arc::new(Timestamp::now),
        }
    }

    /// Answers every call so much later, on tokio's clock.
    #[must_use]
    pub fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Tells another time.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    pub(super) fn with_store(self, store: Store) -> Self {
        self.lock().store = Some(store);
        self
    }

    /// Plans faults for the calls from now on, in place of those planned before.
    pub fn set_faults(&self, faults: FaultPlan) {
        let mut inner = self.lock();
        inner.before = faults.has_stale_reads().then(|| inner.world.snapshot());
        inner.faults = faults;
    }

    /// The state as it is now.
    #[must_use]
    pub fn world(&self) -> World {
        self.lock().world.snapshot()
    }

    /// Puts another state in the place of this one, as if someone had changed the account by hand. It is kept on
    /// disk with the next write.
    pub fn set_world(&self, world: World) {
        self.lock().world = world;
    }

    /// Every call so far.
    #[must_use]
    pub fn calls(&self) -> CallLog {
        self.lock().log.clone()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.lock().log = CallLog::default();
    }

    pub(crate) async fn call(&self, request: HttpRequest) -> Ending {
        let request = Request::new(&request);
        let purpose = dispatch::purpose(&request);
        let start = Instant::now();
        let fault = self.lock().faults.next(purpose.operation);
        let delay = self.latency + fault.map_or(Duration::ZERO, delay);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let now = time_told((self.clock)(), fault);
        let mut inner = self.lock();
        let (mut ending, account, code) = inner.end(&request, &purpose, fault, now);
        let status = match &mut ending {
            Ending::Answered(response) | Ending::Cut(response, _) => {
                let date = ("date".to_owned(), http_date(now));
                response.headers.push(date);
                response.status
            }
            Ending::Dropped => 0,
        };
        inner.log.push(CallRecord {
            operation: purpose.operation,
            account,
            start,
            end: Instant::now(),
            status,
            code,
        });
        ending
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic under the lock is a bug elsewhere; the state is still the best there is.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the service's clock shows, by which it judges the request and dates its answer.
fn time_told(now: Timestamp, fault: Option<Fault>) -> Timestamp {
    match fault {
        Some(Fault {
            kind: FaultKind::Skew,
            value,
        }) => {
            let skew = SignedDuration::from_secs(value.unwrap_or(3600));
            now.checked_add(skew).unwrap_or(now)
        }
        _ => now,
    }
}

fn delay(fault: Fault) -> Duration {
    match fault.kind {
        FaultKind::Delay => Duration::from_millis(
            fault
                .value
                .and_then(|ms| u64::try_from(ms).ok())
                .unwrap_or(0),
        ),
        _ => Duration::ZERO,
    }
}

type End = (Ending, Option<crate::model::AccountId>, Option<String>);

impl Inner {
    fn end(
        &mut self,
        request: &Request<'_>,
        purpose: &Purpose,
        fault: Option<Fault>,
        now: Timestamp,
    ) -> End {
        let Some(Fault { kind, value }) = fault else {
            return answered(self.handle(request, purpose, now));
        };
        let number = value.and_then(|value| u64::try_from(value).ok());
        let status = number.and_then(|number| u16::try_from(number).ok());
        match kind {
            // Both have had their effect on `now`.
            FaultKind::Delay | FaultKind::Skew => answered(self.handle(request, purpose, now)),
            FaultKind::Throttle => self.fail(request, ApiError::throttled(number)),
            FaultKind::ErrorBefore => {
                self.fail(request, ApiError::server_error(status.unwrap_or(500)))
            }
            FaultKind::ErrorAfter => {
                self.handle(request, purpose, now);
                self.fail(request, ApiError::server_error(status.unwrap_or(500)))
            }
            FaultKind::DropBefore => (Ending::Dropped, None, None),
            FaultKind::DropAfter => {
                self.handle(request, purpose, now);
                (Ending::Dropped, None, None)
            }
            FaultKind::Cut => {
                let outcome = self.handle(request, purpose, now);
                let bytes = number.and_then(|number| usize::try_from(number).ok());
                let ending = Ending::Cut(outcome.response, bytes.unwrap_or(10));
                (ending, outcome.account, outcome.code)
            }
            FaultKind::Stale => answered(self.handle_stale(request, purpose, now)),
            FaultKind::NoPermission => {
                self.fail(request, dispatch::denied_by_fault(purpose.operation))
            }
            FaultKind::Html => (Ending::Answered(response::html()), None, None),
            FaultKind::ExpiredToken => self.fail(request, expired_token()),
        }
    }

    fn fail(&mut self, request: &Request<'_>, error: ApiError) -> End {
        let code = error.code.clone();
        let response = dispatch::fail(&mut self.world, request, error);
        (Ending::Answered(response), None, Some(code))
    }

    /// Answers, and keeps what changed before the answer goes out. What cannot be kept did not happen.
    fn handle(&mut self, request: &Request<'_>, purpose: &Purpose, now: Timestamp) -> Outcome {
        let must_remember =
            purpose.is_write && (self.store.is_some() || self.faults.has_stale_reads());
        let before = must_remember.then(|| self.world.snapshot());
        let mut outcome = dispatch::handle(&mut self.world, request, now);
        if !outcome.has_changed {
            return outcome;
        }
        let kept = self
            .store
            .as_ref()
            .map_or(Ok(()), |store| store.save(&self.world));
        match (kept, before) {
            (Ok(()), before) => {
                if self.faults.has_stale_reads() {
                    self.before = before;
                }
            }
            (Err(error), before) => {
                tracing::error!("the sandbox could not keep its state: {error}");
                if let Some(before) = before {
                    let nonces = std::mem::take(&mut self.world.nonces);
                    self.world = before;
                    self.world.nonces = nonces;
                }
                let error = ApiError::server_error(500);
                outcome.code = Some(error.code.clone());
                outcome.response = dispatch::fail(&mut self.world, request, error);
            }
        }
        outcome
    }

    fn handle_stale(
        &mut self,
        request: &Request<'_>,
        purpose: &Purpose,
        now: Timestamp,
    ) -> Outcome {
        match &mut self.before {
            Some(before) if !purpose.is_write => dispatch::handle(before, request, now),
            _ => self.handle(request, purpose, now),
        }
    }
}

fn answered(outcome: Outcome) -> End {
    (
        Ending::Answered(outcome.response),
        outcome.account,
        outcome.code,
    )
}

impl Transport for Sandbox {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let broken = |message: &str| TransportError {
            kind: TransportErrorKind::Interrupted,
            message: message.to_owned(),
        };
        match self.call(request).await {
            Ending::Answered(response) => Ok(response),
            Ending::Dropped => Err(broken("the connection was closed before an answer came")),
            Ending::Cut(..) => Err(broken(
                "the connection was closed in the middle of the answer",
            )),
        }
    }
}
