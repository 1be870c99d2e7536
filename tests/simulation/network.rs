//! What lies between the client and the sandbox: calls are lost, doubled, late, answered from older states. It also
//! judges: every write is looked at as it is sent, and every effect as it happens.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use export_iam::apply::Shutdown;
use export_iam::cloud::rpc::clock::Clock;
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::cloud::rpc::encoding::{encode, form, parse_form};
use export_iam::cloud::rpc::signature::v1;
use export_iam::cloud::rpc::transport::{
    Barrier, HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use export_iam::sandbox::{Sandbox, World};
use futures_util::FutureExt;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep};

use super::access::Access;
use super::case::{Case, DESCRIPTIONS, DOCUMENTS, POLICIES, ROLES, TRUSTS};
use super::chance::{self, Chance};
use super::fault::{Fault, Kind};
use super::plain::{Keys, Params, Plain, SYSTEM};

/// Nobody must ever see these in anything we print.
pub(crate) const KEYS: Keys = Keys {
    permanent: ("LTAIsimulation", "CANARY+secret/key="),
    session: (
        "STS.simulation",
        "CANARY+secret/key=",
        "CANARY+token/session==",
    ),
    rival: ("LTAIrival", "another"),
};
pub(crate) const CANARY: &str = "CANARY";

/// How long reads, and writes that build on others, may lag behind.
pub(crate) const LAG: Duration = Duration::from_secs(10);

/// How long the client's transport waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(crate) struct Network(Arc<Inner>);

struct Inner {
    sandbox: Sandbox,
    clock: Clock,
    case: Arc<Case>,
    /// Whether older states are kept, for reads that lag.
    lags: bool,
    state: Mutex<State>,
}

pub(crate) struct State {
    calls: u32,
    under_way: u32,
    is_quiet: bool,
    is_expired: bool,
    pub(crate) account: Plain,
    /// The states so far, each with the moment it began.
    pub(crate) history: Vec<Snapshot>,
    pub(crate) runs: Vec<RunLog>,
    pub(crate) violations: Vec<String>,
    pub(crate) trace: Option<String>,
    /// What is left of lists that went out in pages, by marker.
    pages: BTreeMap<String, Value>,
    signals: Vec<(u32, Shutdown, watch::Sender<Shutdown>)>,
    /// How often each kind of fault happened.
    pub(crate) happened: BTreeMap<Kind, u32>,
    rival_calls: u64,
    sts_calls: u64,
    /// When the service takes the operator's session for ended, where there is one that it gave.
    session_ends: Option<Instant>,
}

pub(crate) struct Snapshot {
    pub(crate) at: Instant,
    pub(crate) account: Arc<Plain>,
    world: Option<World>,
}

/// What the service saw of one run of the program.
#[derive(Default)]
pub(crate) struct RunLog {
    /// The writes that the plan holds, once it is being carried out.
    planned: Option<Vec<(String, Params)>>,
    pub(crate) steps: Vec<StepLog>,
    /// What may be true in between.
    bounds: Option<(Access, Access)>,
    /// Whether anyone else changed the account since the run began, or shortly before while reads lag.
    pub(crate) is_disturbed: bool,
    pub(crate) calls: u64,
    pub(crate) writes: u64,
    pub(crate) faults: u64,
}

impl RunLog {
    /// Whether access was watched between its steps.
    pub(crate) fn is_bounded(&self) -> bool {
        self.bounds.is_some()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StepLog {
    pub(crate) sent: u32,
    /// How often the service did it.
    pub(crate) effects: u32,
    /// How often that made a difference.
    pub(crate) changes: u32,
}

/// A request on its way.
#[derive(Clone)]
struct Parcel {
    request: HttpRequest,
    operation: String,
    params: Params,
    is_write: bool,
    run: usize,
    step: Option<usize>,
    call: u32,
}

impl Network {
    pub(crate) fn new(case: Arc<Case>, clock: Clock, trace: bool) -> Self {
        let account = case.account();
        let world = World::from_json(&account.seed(&KEYS).to_string()).unwrap();
        let lags = case
            .faults
            .values()
            .any(|fault| matches!(fault.kind, Kind::Stale | Kind::Lagging));
        let first = Snapshot {
            at: Instant::now(),
            account: Arc::new(account.clone()),
            world: lags.then(|| world.clone()),
        };
        let state = State {
            calls: 0,
            under_way: 0,
            is_quiet: false,
            is_expired: false,
            account,
            history: vec![first],
            runs: Vec::new(),
            violations: Vec::new(),
            trace: trace.then(String::new),
            pages: BTreeMap::new(),
            signals: Vec::new(),
            happened: BTreeMap::new(),
            rival_calls: 0,
            sts_calls: 0,
            session_ends: None,
        };
        let of_sandbox = clock.clone();
        let sandbox = Sandbox::new(world).with_clock(Arc::new(move || of_sandbox.now()));
        Self(Arc::new(Inner {
            sandbox,
            clock,
            case,
            lags,
            state: Mutex::new(state),
        }))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// The state that the sandbox itself holds.
    pub(crate) fn sandbox_state(&self) -> Plain {
        let text = self.0.sandbox.world().to_json().unwrap();
        Plain::read(&serde_json::from_str(&text).unwrap())
    }

    /// No more faults, and no time passes.
    pub(crate) fn hush(&self) {
        self.state().is_quiet = true;
    }

    /// Waits until everything that is under way has landed and every read would show it.
    pub(crate) async fn settle(&self) {
        while self.state().under_way > 0 {
            sleep(Duration::from_secs(1)).await;
        }
        if self.0.lags {
            sleep(LAG + Duration::from_secs(1)).await;
        }
    }

    pub(crate) fn begin_run(&self) -> usize {
        let lags = self.0.lags;
        let mut state = self.state();
        let last = state.history.last().unwrap().at;
        let is_disturbed = lags && state.history.len() > 1 && last.elapsed() <= LAG;
        state.runs.push(RunLog {
            is_disturbed,
            ..RunLog::default()
        });
        state.is_expired = false;
        state.signals.clear();
        let number = state.runs.len();
        state.note(|| format!("-- run {number}"));
        state.runs.len() - 1
    }

    /// From now on these writes may come, and access is to stay between before and after.
    pub(crate) fn begin_apply(
        &self,
        planned: Vec<(String, Params)>,
        bounds: Option<(Access, Access)>,
        signals: Vec<(u32, Shutdown, watch::Sender<Shutdown>)>,
    ) {
        let mut state = self.state();
        let calls = state.calls;
        for (operation, params) in &planned {
            state.note(|| format!("   plan: {operation} {}", short(params)));
        }
        state.signals = signals
            .into_iter()
            .map(|(after, shutdown, to)| (calls + after, shutdown, to))
            .collect();
        let run = state.runs.last_mut().unwrap();
        run.steps = vec![StepLog::default(); planned.len()];
        run.planned = Some(planned);
        run.bounds = bounds;
    }
}

impl State {
    fn has_session_ended(&self) -> bool {
        self.session_ends.is_some_and(|end| Instant::now() >= end)
    }

    /// The account as reads that began then may have seen it, which lag a little.
    pub(crate) fn since(&self, began: Instant) -> Vec<&Plain> {
        let at = |snapshot: &Snapshot| snapshot.at + LAG <= began;
        let from = self.history.iter().rposition(at).unwrap_or(0);
        let snapshots = self.history[from..].iter();
        snapshots.map(|snapshot| &*snapshot.account).collect()
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push_str(&line());
            trace.push('\n');
        }
    }

    pub(crate) fn violation(&mut self, what: String) {
        self.note(|| format!("!! {what}"));
        self.violations.push(what);
    }
}

/// Parameters for people: documents are cut.
pub(crate) fn short(params: &Params) -> String {
    let mut text = String::new();
    for (name, value) in params {
        let known = DOCUMENTS
            .iter()
            .chain(&TRUSTS)
            .position(|own| **own == **value);
        let value = match known {
            Some(at) if at < DOCUMENTS.len() => format!("document {at}"),
            Some(at) => format!("trust {}", at - DOCUMENTS.len()),
            None => value.chars().take(60).collect(),
        };
        write!(text, "{name}={value} ").unwrap();
    }
    text
}

fn is_write(operation: &str) -> bool {
    !operation.starts_with("Get") && !operation.starts_with("List")
}

/// Takes a request apart: the operation, and its own parameters.
fn read(request: &HttpRequest) -> (String, Params) {
    const COMMON: [&str; 10] = [
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "Timestamp",
        "Version",
    ];
    let body = std::str::from_utf8(&request.body).unwrap();
    let mut params: Params = parse_form(body).unwrap().into_iter().collect();
    let header = request
        .headers
        .iter()
        .find(|(name, _)| name == "x-acs-action");
    let operation = match header {
        Some((_, operation)) => operation.clone(),
        None => params["Action"].clone(),
    };
    params.retain(|name, _| !COMMON.contains(&name.as_str()));
    (operation, params)
}

impl Transport for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        if read(&request).0 == "AssumeRole" {
            return self.assume_role().await;
        }
        let (parcel, fault) = self.accept(request);
        let (there, back) = self.latency(parcel.call);
        let fault = fault.filter(|fault| fault.fits(&parcel));
        if let Some(fault) = fault {
            let mut state = self.state();
            *state.happened.entry(fault.kind).or_default() += 1;
            let run = state.runs.last_mut().unwrap();
            run.faults += 1;
            let (call, kind, number) = (parcel.call, fault.kind, fault.number);
            state.note(|| format!("{call:4} fault {kind:?} {number}"));
        }
        let result = match fault {
            None => Ok(self.deliver(there, parcel).await),
            Some(fault) => self.go_wrong(fault, parcel, there).await,
        };
        if !back.is_zero() {
            sleep(back).await;
        }
        result
    }
}

impl Fault {
    /// Whether such a thing can happen to such a call.
    fn fits(self, parcel: &Parcel) -> bool {
        let operation = parcel.operation.as_str();
        match self.kind {
            Kind::Stale => !parcel.is_write && operation != "GetCallerIdentity",
            Kind::Lagging => parcel.is_write,
            Kind::Paged | Kind::Cut => operation.starts_with("List"),
            Kind::Quota => operation.starts_with("Create") || operation.starts_with("Attach"),
            _ => true,
        }
    }
}

impl Network {
    /// Counts the call, and judges whether it may be made at all.
    fn accept(&self, request: HttpRequest) -> (Parcel, Option<Fault>) {
        let (operation, params) = read(&request);
        let is_write = is_write(&operation);
        let mut state = self.state();
        let call = state.calls;
        state.calls += 1;
        for (after, shutdown, sender) in &state.signals {
            if *after == call {
                sender.send_replace(*shutdown);
            }
        }
        let at = state.runs.len() - 1;
        let run = &mut state.runs[at];
        run.calls += 1;
        run.writes += u64::from(is_write);
        let planned = run.planned.iter().flatten();
        let step = match is_write {
            true => planned
                .into_iter()
                .position(|(own, with)| *own == operation && *with == params),
            false => None,
        };
        if let Some(step) = step {
            run.steps[step].sent += 1;
        } else if is_write {
            state.violation(format!(
                "a write that is in no plan: {operation} {}",
                short(&params)
            ));
        }
        if state.trace.is_some() {
            let at = self.0.clock.now();
            state.note(|| format!("{call:4} {at} {operation} {}", short(&params)));
        }
        let fault = match state.is_quiet {
            true => None,
            false if state.is_expired || state.has_session_ended() => Some(Fault {
                kind: Kind::Expired,
                number: 0,
            }),
            false => self.0.case.faults.get(&call).copied(),
        };
        let parcel = Parcel {
            request,
            operation,
            params,
            is_write,
            run: at,
            step,
            call,
        };
        (parcel, fault)
    }

    /// Gives the operator a session, some time or other. The service may end it before it said it would.
    async fn assume_role(&self) -> Result<HttpResponse, TransportError> {
        let (mut chance, is_quiet) = {
            let mut state = self.state();
            state.sts_calls += 1;
            let noise = chance::at(self.0.case.noise, 2_000_000 + state.sts_calls);
            (Chance::new(noise), state.is_quiet)
        };
        let fault = if is_quiet { 100 } else { chance.below(100) };
        self.state()
            .note(|| format!("     AssumeRole, fault {fault}"));
        match fault {
            0..15 => return Ok(refusal(400, "Throttling.User", "")),
            15..25 => return Err(lost(TransportErrorKind::Interrupted)),
            25..30 => return Ok(self.server_error(3)),
            30..35 => {
                sleep(TIMEOUT).await;
                return Err(lost(TransportErrorKind::TimedOut));
            }
            35..50 => sleep(Duration::from_secs(1 + u64::from(chance.below(8)))).await,
            _ => {}
        }
        let length = 20 + chance.below(100);
        let ends = if is_quiet {
            length
        } else {
            chance.below(length)
        };
        let mut state = self.state();
        state.is_expired = false;
        state.session_ends = Some(Instant::now() + Duration::from_secs(ends.into()));
        let expiration = self.0.clock.now() + SignedDuration::from_secs(length.into());
        Ok(json_response(
            200,
            &json!({ "RequestId": "sts", "Credentials": {
                "AccessKeyId": KEYS.session.0, "AccessKeySecret": KEYS.session.1,
                "SecurityToken": KEYS.session.2, "Expiration": format!("{expiration:.0}"),
            } }),
        ))
    }

    /// How long the way there and the way back take.
    fn latency(&self, call: u32) -> (Duration, Duration) {
        if !self.0.case.slow || self.state().is_quiet {
            return (Duration::ZERO, Duration::ZERO);
        }
        let mut chance = Chance::new(chance::at(self.0.case.noise, u64::from(call)));
        let there = if chance.percent(40) {
            chance.below(200)
        } else {
            0
        };
        let back = if chance.percent(40) {
            chance.below(200)
        } else {
            0
        };
        (
            Duration::from_millis(there.into()),
            Duration::from_millis(back.into()),
        )
    }

    async fn deliver(&self, there: Duration, parcel: Parcel) -> HttpResponse {
        if there.is_zero() {
            return self.land(&parcel);
        }
        let (answer, answered) = oneshot::channel();
        self.send_off(there, parcel, |response| drop(answer.send(response)));
        answered.await.unwrap()
    }

    /// Lets the request land later, whatever becomes of the client meanwhile.
    fn send_off(
        &self,
        after: Duration,
        parcel: Parcel,
        then: impl FnOnce(HttpResponse) + Send + 'static,
    ) {
        self.state().under_way += 1;
        let network = self.clone();
        tokio::spawn(async move {
            sleep(after).await;
            let response = network.land(&parcel);
            network.state().under_way -= 1;
            then(response);
        });
    }

    async fn go_wrong(
        &self,
        fault: Fault,
        parcel: Parcel,
        there: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let way = fault.number;
        match fault.kind {
            Kind::LostBefore => {
                let (after, kind) = match way % 4 {
                    0 => (0, TransportErrorKind::NotConnected(Barrier::Refused)),
                    1 => (0, TransportErrorKind::Interrupted),
                    2 => (10, TransportErrorKind::TimedOut),
                    _ => (5, TransportErrorKind::NotConnected(Barrier::NoAnswer)),
                };
                sleep(Duration::from_secs(after)).await;
                Err(lost(kind))
            }
            Kind::LostAfter => {
                self.deliver(there, parcel).await;
                let (after, kind) = match way % 8 {
                    0..=2 => (0, TransportErrorKind::Interrupted),
                    3 | 4 => (0, TransportErrorKind::Truncated),
                    5 => (0, TransportErrorKind::TooLarge),
                    _ => (10, TransportErrorKind::TimedOut),
                };
                sleep(Duration::from_secs(after)).await;
                Err(lost(kind))
            }
            Kind::ErrorBefore => Ok(self.server_error(way)),
            Kind::ErrorAfter => {
                self.deliver(there, parcel).await;
                Ok(self.server_error(way))
            }
            Kind::Throttled => Ok(match way % 4 {
                0 => self.refusal(400, "Throttling.User"),
                1 => with_header(self.refusal(400, "Throttling"), "x-acs-retry-after", "300"),
                2 => page(429),
                _ => self.refusal(503, "Throttling.Api"),
            }),
            Kind::Late => {
                let after = Duration::from_millis(u64::from(way) * 100);
                self.send_off(TIMEOUT + after, parcel, drop);
                sleep(TIMEOUT).await;
                Err(lost(TransportErrorKind::TimedOut))
            }
            Kind::Stale => Ok(self.older(&parcel, way)),
            Kind::Lagging => {
                let response = self.older(&parcel, way);
                let code = code(&response);
                let lags = ["EntityNotExist", "DeleteConflict", "LimitExceeded"];
                match lags.iter().any(|prefix| code.starts_with(prefix)) {
                    true => Ok(response),
                    false => Ok(self.deliver(there, parcel).await),
                }
            }
            Kind::Paged => {
                let call = parcel.call;
                let response = self.deliver(there, parcel).await;
                Ok(self.in_pages(response, call))
            }
            Kind::Cut => {
                let mut response = self.deliver(there, parcel).await;
                if let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) {
                    body["IsTruncated"] = json!(true);
                    body.as_object_mut().unwrap().remove("Marker");
                    response.body = body.to_string().into_bytes();
                }
                Ok(response)
            }
            Kind::Quota => Ok(self.refusal(409, "LimitExceeded.Role")),
            Kind::Rival => {
                self.rival(way);
                Ok(self.deliver(there, parcel).await)
            }
            Kind::Denied => Ok(self.refusal(403, "NoPermission")),
            Kind::Expired => {
                self.state().is_expired = true;
                Ok(self.refusal(400, "InvalidSecurityToken.Expired"))
            }
            Kind::Twice => {
                self.deliver(there, parcel.clone()).await;
                Ok(self.land(&parcel))
            }
            Kind::Garbled => {
                let operation = parcel.operation.clone();
                let mut response = match way % 6 {
                    3 => return Ok(page(502)),
                    _ => self.deliver(there, parcel).await,
                };
                if response.status != 200 {
                    return Ok(response);
                }
                response.body = match way % 6 {
                    0 => return Ok(page(200)),
                    1 => response.body[..response.body.len() / 2].to_vec(),
                    2 => b"{}".to_vec(),
                    // A read of something, answered with nothing. To a write it is all there is to say.
                    4 if !is_write(&operation) => br#"{"RequestId":"r"}"#.to_vec(),
                    _ => b"null".to_vec(),
                };
                Ok(response)
            }
            Kind::Skewed => {
                let response = self.refusal(400, "InvalidTimeStamp.Expired");
                Ok(with_header(
                    response,
                    "date",
                    "Fri, 02 Jan 2026 03:24:05 GMT",
                ))
            }
        }
    }

    /// The request arrives.
    fn land(&self, parcel: &Parcel) -> HttpResponse {
        if let Some(rest) = self.rest_of_list(parcel) {
            return rest;
        }
        let sent = self.0.sandbox.send(parcel.request.clone()).now_or_never();
        let response = sent.expect("the sandbox answers at once").unwrap();
        if parcel.is_write {
            self.judge(parcel, &response);
        }
        response
    }

    /// Compares what the sandbox did with what the model says, and looks at the state that came of it.
    fn judge(&self, parcel: &Parcel, response: &HttpResponse) {
        let mut state = self.state();
        let state = &mut *state;
        let told = || format!("{} {}", parcel.operation, short(&parcel.params));
        if response.status != 200 {
            let code = code(response);
            let call = parcel.call;
            state.note(|| format!("{call:4} refused: {code}"));
            let is_gateways = ["Signature", "InvalidTimeStamp", "Invalid"]
                .iter()
                .any(|own| code.starts_with(own));
            if !is_gateways
                && state
                    .account
                    .clone()
                    .apply(&parcel.operation, &parcel.params)
                    .is_ok()
            {
                state.violation(format!(
                    "the sandbox refuses what RAM would do: {code}: {}",
                    told()
                ));
            }
            return;
        }
        let before = state.account.clone();
        if let Err(refused) = state.account.apply(&parcel.operation, &parcel.params) {
            state.violation(format!(
                "the sandbox does what RAM refuses, {refused}: {}",
                told()
            ));
        }
        let has_changed = before != state.account;
        let call = parcel.call;
        state.note(|| {
            format!(
                "{call:4} done{}",
                if has_changed { "" } else { ", nothing new" }
            )
        });
        if let Some(step) = parcel.step {
            let log = &mut state.runs[parcel.run].steps[step];
            log.effects += 1;
            log.changes += u32::from(has_changed);
            let log = *log;
            // What lands in another run may do again what that run or someone else has undone.
            let is_own = parcel.run + 1 == state.runs.len() && !state.runs[parcel.run].is_disturbed;
            if log.changes > 1 && is_own {
                state.violation(format!("it took effect twice: {}", told()));
            }
        }
        if has_changed {
            self.remember(state);
        }
        let is_current = parcel.run + 1 == state.runs.len();
        let current = state.runs.last_mut().unwrap();
        if !is_current {
            current.is_disturbed = true;
        } else if let (Some((before, after)), false) = (&current.bounds, current.is_disturbed) {
            let wrong = Access::wrong(&Access::of(&state.account), before, after);
            if let Some(wrong) = wrong {
                state.violation(format!("after {}: {wrong}", told()));
            }
        }
    }

    fn remember(&self, state: &mut State) {
        state.history.push(Snapshot {
            at: Instant::now(),
            account: Arc::new(state.account.clone()),
            world: self.0.lags.then(|| self.0.sandbox.world()),
        });
    }

    /// Answers as a place would that has not heard of the last changes.
    fn older(&self, parcel: &Parcel, choice: u8) -> HttpResponse {
        let clock = self.0.clock.clone();
        let world = {
            let state = self.state();
            let since = state
                .history
                .iter()
                .rposition(|snapshot| snapshot.at.elapsed() >= LAG);
            let possible = &state.history[since.unwrap_or(0)..];
            possible[usize::from(choice) % possible.len()].world.clone()
        };
        let older = Sandbox::new(world.unwrap()).with_clock(Arc::new(move || clock.now()));
        let answer = older.send(parcel.request.clone()).now_or_never();
        answer.expect("the sandbox answers at once").unwrap()
    }

    /// Keeps the second half of a list back.
    fn in_pages(&self, mut response: HttpResponse, call: u32) -> HttpResponse {
        let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else {
            return response;
        };
        let marker = format!("page-{call}");
        let mut rest = body.clone();
        for path in [
            "/Policies/Policy",
            "/PolicyVersions/PolicyVersion",
            "/Roles/Role",
            "/TagResources",
        ] {
            let Some(list) = body.pointer_mut(path).and_then(Value::as_array_mut) else {
                continue;
            };
            let second = list.split_off(list.len().div_ceil(2));
            *rest.pointer_mut(path).unwrap() = Value::Array(second);
            match path {
                "/TagResources" => body["NextToken"] = json!(marker),
                _ => {
                    body["IsTruncated"] = json!(true);
                    body["Marker"] = json!(marker);
                }
            }
            for other in ["/Users/User", "/Groups/Group"] {
                if let Some(list) = rest.pointer_mut(other) {
                    *list = json!([]);
                }
            }
            self.state().pages.insert(marker, rest);
            response.body = body.to_string().into_bytes();
            return response;
        }
        response
    }

    fn rest_of_list(&self, parcel: &Parcel) -> Option<HttpResponse> {
        let marker = parcel
            .params
            .get("Marker")
            .or_else(|| parcel.params.get("NextToken"))?;
        let rest = self.state().pages.get(marker).cloned();
        Some(match rest {
            Some(rest) => json_response(200, &rest),
            None => self.refusal(400, "InvalidParameter.Marker"),
        })
    }

    /// Someone else changes something.
    fn rival(&self, choice: u8) {
        let account = self.state().account.clone();
        let mut chance = Chance::new(u64::from(choice));
        let mut calls: Vec<(&str, Vec<(&'static str, String)>)> = Vec::new();
        let roles: Vec<String> = account
            .roles
            .values()
            .map(|role| role.name.to_string())
            .collect();
        let policies: Vec<String> = account
            .policies
            .values()
            .map(|policy| policy.name.to_string())
            .collect();
        let custom = |name: &str| {
            vec![
                ("PolicyType", "Custom".to_owned()),
                ("PolicyName", name.to_owned()),
            ]
        };
        match chance.below(9) {
            0 if !roles.is_empty() => {
                let role = chance.pick(&roles).clone();
                let trust = chance.pick::<&str>(&TRUSTS).to_string();
                calls.push((
                    "UpdateRole",
                    vec![("RoleName", role), ("NewAssumeRolePolicyDocument", trust)],
                ));
            }
            1 if !roles.is_empty() => {
                let role = chance.pick(&roles).clone();
                let text = DESCRIPTIONS[1 + usize::from(chance.index(3))].to_owned();
                calls.push((
                    "UpdateRole",
                    vec![("RoleName", role), ("NewDescription", text)],
                ));
            }
            2 if !roles.is_empty() && !policies.is_empty() => {
                let mut params = custom(chance.pick::<String>(&policies));
                params.push(("RoleName", chance.pick(&roles).clone()));
                calls.push(("AttachPolicyToRole", params));
            }
            3 if !roles.is_empty() => {
                let params = vec![
                    ("PolicyType", "System".to_owned()),
                    ("PolicyName", chance.pick(&SYSTEM).0.to_owned()),
                    ("RoleName", chance.pick(&roles).clone()),
                ];
                let attach = chance.percent(50);
                calls.push((
                    if attach {
                        "AttachPolicyToRole"
                    } else {
                        "DetachPolicyFromRole"
                    },
                    params,
                ));
            }
            4 if !policies.is_empty() => {
                let mut params = custom(chance.pick::<String>(&policies));
                params.push((
                    "PolicyDocument",
                    DOCUMENTS[usize::from(chance.index(11))].to_owned(),
                ));
                params.push(("SetAsDefault", chance.percent(70).to_string()));
                calls.push(("CreatePolicyVersion", params));
            }
            5 if !policies.is_empty() => {
                let name: String = chance.pick(&policies).clone();
                let versions: Vec<u32> = account.policies[&name.to_lowercase()]
                    .versions
                    .keys()
                    .copied()
                    .collect();
                let version = format!("v{}", chance.pick(&versions));
                let set = chance.percent(60);
                let mut params = custom(&name);
                params.push(("VersionId", version));
                calls.push((
                    if set {
                        "SetDefaultPolicyVersion"
                    } else {
                        "DeletePolicyVersion"
                    },
                    params,
                ));
            }
            6 => {
                let role = ROLES[usize::from(chance.index(3))].to_owned();
                let trust = chance.pick::<&str>(&TRUSTS).to_string();
                calls.push((
                    "CreateRole",
                    vec![("RoleName", role), ("AssumeRolePolicyDocument", trust)],
                ));
            }
            7 => {
                let name = POLICIES[usize::from(chance.index(3))].to_owned();
                let document = DOCUMENTS[usize::from(chance.index(11))].to_owned();
                calls.push((
                    "CreatePolicy",
                    vec![("PolicyName", name), ("PolicyDocument", document)],
                ));
            }
            8 if !roles.is_empty() => {
                let name: String = chance.pick(&roles).clone();
                for policy in &account.roles[&name.to_lowercase()].attached {
                    let (kind, policy) = policy.split_once(':').unwrap();
                    let kind = if kind == "custom" { "Custom" } else { "System" };
                    calls.push((
                        "DetachPolicyFromRole",
                        vec![
                            ("PolicyType", kind.to_owned()),
                            ("PolicyName", policy.to_owned()),
                            ("RoleName", name.clone()),
                        ],
                    ));
                }
                calls.push(("DeleteRole", vec![("RoleName", name)]));
            }
            _ => {}
        }
        for (operation, params) in calls {
            self.rivals_call(operation, params);
        }
    }

    fn rivals_call(&self, operation: &str, params: Vec<(&'static str, String)>) {
        let own: Params = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let mut all: BTreeMap<&'static str, String> = params.into_iter().collect();
        all.insert("Action", operation.to_owned());
        all.insert("Version", "2015-05-01".to_owned());
        let mut state = self.state();
        state.rival_calls += 1;
        let key = Credentials::permanent(KEYS.rival.0, KEYS.rival.1);
        let signed = v1::sign(
            "POST",
            &all,
            &key,
            self.0.clock.now(),
            &format!("rival-{}", state.rival_calls),
        );
        let body = form(signed.iter().map(|(name, value)| (*name, value.as_str()))).into_bytes();
        let kind = (
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        );
        let url = "https://ram.aliyuncs.com/".to_owned();
        let request = HttpRequest {
            method: "POST".to_owned(),
            url,
            headers: vec![kind],
            body,
        };
        let response = self
            .0
            .sandbox
            .send(request)
            .now_or_never()
            .unwrap()
            .unwrap();
        let code = code(&response);
        state.note(|| format!("     rival: {operation} {}{code}", short(&own)));
        let before = state.account.clone();
        let verdict = state.account.apply(operation, &own);
        if verdict.is_ok() != (response.status == 200) {
            state.violation(format!(
                "sandbox and model differ on the rival's {operation} {}: {verdict:?} {code}",
                short(&own)
            ));
        }
        if before != state.account {
            self.remember(&mut state);
            state.runs.last_mut().unwrap().is_disturbed = true;
        }
    }
}

fn lost(kind: TransportErrorKind) -> TransportError {
    TransportError {
        kind,
        message: format!("lost: {kind:?}"),
    }
}

fn code(response: &HttpResponse) -> String {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    body["Code"].as_str().unwrap_or_default().to_owned()
}

impl Network {
    /// An error answer of RAM that quotes what it should not: all that the request was signed with.
    fn refusal(&self, status: u16, code: &str) -> HttpResponse {
        let is_session = self.0.case.session || self.0.case.role;
        refusal(status, code, if is_session { KEYS.session.2 } else { "" })
    }

    fn server_error(&self, way: u8) -> HttpResponse {
        match way % 4 {
            0 => self.refusal(500, "InternalError"),
            1 => self.refusal(503, "ServiceUnavailable"),
            2 => page(502),
            _ => page(504),
        }
    }
}

/// An error answer that quotes a secret and a token.
fn refusal(status: u16, code: &str, token: &str) -> HttpResponse {
    let quote = |secret: &str| format!("{secret} {} {}", encode(secret), encode(&encode(secret)));
    let quoted = format!("{} {}", quote(KEYS.session.1), quote(token));
    json_response(
        status,
        &json!({
            "RequestId": "5A4DB0C5-0000-4000-8000-FFFFFFFFFFFF", "HostId": "ram.aliyuncs.com",
            "Code": code, "Message": format!("no: {quoted}"),
        }),
    )
}

fn json_response(status: u16, body: &Value) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

fn with_header(mut response: HttpResponse, name: &str, value: &str) -> HttpResponse {
    response.headers.push((name.to_owned(), value.to_owned()));
    response
}

/// What a proxy says.
fn page(status: u16) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: b"<!DOCTYPE html><html><body>Code: EntityNotExist.Role</body></html>".to_vec(),
    }
}
