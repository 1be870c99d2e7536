//! One run of the program, as the command line walks it, and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use export_iam::account::{AccountError, Written};
use export_iam::apply::{ApplyReport, Outcome, Shutdown, Verified, apply, verify};
use export_iam::cloud::ram::RamClient;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::{CredentialError, CredentialSource, Credentials};
use export_iam::cloud::rpc::endpoint::Endpoint;
use export_iam::cloud::rpc::signature::SignatureVersion;
use export_iam::cloud::rpc::transport::SharedTransport;
use export_iam::credentials::{Children, Context, Disk, RoleRequest, Source, assume_role};
use export_iam::model::{
    DesiredRole, DesiredState, ExtraPolicies, ObservedState, PolicyRef, RoleName, Scope, Step, Tags,
};
use export_iam::observe::observe;
use export_iam::plan::file::{SavedPlan, moved};
use export_iam::plan::{OrderCheck, Plan, PlanError, PlannedStep, Risk, approve, plan};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::access::{Access, callers, requests};
use super::case::{Case, RunSeed};
use super::chance;
use super::network::{CANARY, KEYS, Network};
use super::plain::{Params, Plain};

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// In sync, as far as the program knows.
    Success,
    /// Some step failed, is unknown or was not attempted, or the account does not show it.
    Stopped,
    /// Something could not be read.
    Incomplete,
    /// No plan can be made.
    Impossible,
    /// The saved plan is stale.
    Stale,
    /// The process was killed.
    Killed,
}

/// What is left to check once everything under way has landed.
pub(crate) struct Claim {
    run: usize,
    step: Step,
    outcome: Outcome,
}

type Client = RamClient<Network, Key>;

pub(crate) struct Operator<'a> {
    pub(crate) network: &'a Network,
    pub(crate) case: &'a Case,
    pub(crate) clock: Clock,
    /// What reports said, to be compared with the log in the end.
    pub(crate) claims: Vec<Claim>,
    /// Whether everything printed is looked at, which takes time.
    pub(crate) reads_all: bool,
}

/// The operator's key.
pub(crate) enum Key {
    /// From a source that may stop giving it.
    Held {
        credentials: Credentials,
        left: Option<AtomicU32>,
    },
    /// A role's session, from STS.
    Role(Source),
}

impl CredentialSource for Key {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        let (credentials, left) = match self {
            Self::Held { credentials, left } => (credentials, left),
            Self::Role(source) => return source.credentials().await,
        };
        let take = |left: &AtomicU32| {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
        };
        match left.as_ref().is_some_and(|left| take(left).is_err()) {
            false => Ok(credentials.clone()),
            true => Err(CredentialError::new(
                "simulation",
                "no more credentials",
                "",
            )),
        }
    }

    fn forget(&self, access_key_id: &str) -> bool {
        match self {
            Self::Held { .. } => false,
            Self::Role(source) => source.forget(access_key_id),
        }
    }
}

/// A role that the operator takes on over the same network.
fn role(network: &Network, clock: &Clock, seed: u64, settings: &Settings) -> Source {
    let context = Arc::new(Context {
        environment: Box::new(|_| None),
        files: Box::new(Disk),
        clock: clock.clone(),
        random: Arc::new(Random::seeded(seed)),
        settings: settings.clone(),
        api: SharedTransport::new(network.clone()),
        direct: SharedTransport::new(network.clone()),
        processes: Box::new(Children),
    });
    let key = Credentials::permanent(KEYS.permanent.0, KEYS.permanent.1);
    let base = Source::fixed("simulation", key, &context);
    let request = RoleRequest {
        role_arn: "acs:ram::1234567890123456:role/operator".to_owned(),
        session_name: Some("simulation".to_owned()),
        ..RoleRequest::default()
    };
    assume_role(&base, &request, &Endpoint::public("sts.aliyuncs.com")).unwrap()
}

impl Operator<'_> {
    fn client(&self, seed: &RunSeed, run: usize) -> Client {
        let credentials = match self.case.session {
            false => Credentials::permanent(KEYS.permanent.0, KEYS.permanent.1),
            true => Credentials {
                security_token: Some(KEYS.session.2.into()),
                ..Credentials::permanent(KEYS.session.0, KEYS.session.1)
            },
        };
        let off = SignedDuration::from_mins(if seed.wrong_clock { 20 } else { 0 });
        let mut settings = Settings::default();
        settings.deadline = seed
            .deadline
            .map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        if self.case.v3 {
            settings.signature = SignatureVersion::V3;
        }
        let noise = chance::at(self.case.noise, 1_000_000 + run as u64);
        let random = Random::seeded(noise);
        let clock = Clock::starting_at(self.clock.now() + off);
        let key = match self.case.role {
            true => Key::Role(role(self.network, &clock, !noise, &settings)),
            false => Key::Held {
                credentials,
                left: seed.credentials_for.map(AtomicU32::new),
            },
        };
        RamClient::new(RpcClient::new(
            self.network.clone(),
            key,
            clock,
            random,
            settings,
        ))
    }

    /// Runs the program once.
    pub(crate) async fn run(&mut self, seed: &RunSeed) -> Ended {
        let run = self.network.begin_run();
        let client = self.client(seed, run);
        let limit = seed.killed_after;
        let began = Instant::now();
        let ended = Killable {
            work: Box::pin(self.walk(&client, seed, run)),
            left: limit,
        }
        .await;
        if began.elapsed() > Duration::from_secs(3600) {
            self.violation(format!("a run took {:?}", began.elapsed()));
        }
        let state = self.network.state();
        let log = &state.runs[run];
        let (calls, counts) = (log.calls, client.counts());
        let is_counted = (counts.calls, counts.writes) == (calls, log.writes);
        drop(state);
        if !is_counted && ended.is_some() {
            self.violation(format!(
                "{calls} calls were made, the program counts {counts:?}"
            ));
        }
        let ended = ended.unwrap_or(Ended::Killed);
        self.network.state().note(|| format!("   ended: {ended:?}"));
        ended
    }

    fn violation(&self, what: String) {
        self.network.state().violation(what);
    }

    fn is_disturbed(&self) -> bool {
        self.network.state().runs.last().unwrap().is_disturbed
    }

    async fn walk(&mut self, client: &Client, seed: &RunSeed, run: usize) -> Ended {
        let desired = seed.wish.desired();
        let scope = Scope::of(&desired);
        let began = Instant::now();
        let Some(observed) = self.look(client, &scope).await else {
            return Ended::Incomplete;
        };
        let planned = match self.plan(&desired, &observed) {
            Ok(planned) => planned,
            Err(ended) => return ended,
        };
        let (planned, observed) = match seed.saved {
            false => (planned, observed),
            true => match self.from_file(client, &desired, planned, observed).await {
                Ok(loaded) => loaded,
                Err(ended) => return ended,
            },
        };
        if planned.is_empty() {
            self.must_have_been_satisfied(&desired, began);
            return Ended::Success;
        }
        let shutdown = self.begin(&planned, &desired, seed);
        let approved = approve(planned, &observed, &BTreeSet::from(Risk::ALL)).unwrap();
        let report = apply(client, &approved, shutdown, |_| {}).await;
        self.judge_report(&report, run);
        if !report.is_complete() {
            return Ended::Stopped;
        }
        let began = Instant::now();
        match verify(client, &desired, &observed.caller).await {
            Verified::InSync(_) => {
                self.must_have_been_satisfied(&desired, began);
                Ended::Success
            }
            Verified::Unread(error) => {
                self.must_hide(&error.0);
                Ended::Stopped
            }
            Verified::NotYet(_) | Verified::Impossible(_) => Ended::Stopped,
        }
    }

    /// Reads the account; what comes of it must be all there was.
    async fn look(&self, client: &Client, scope: &Scope) -> Option<ObservedState> {
        let began = Instant::now();
        match observe(client, scope, None).await {
            Ok(observed) => {
                self.must_be_complete(&observed, scope, began);
                Some(observed)
            }
            Err(error) => {
                self.must_hide(&error.0);
                None
            }
        }
    }

    fn plan(&self, desired: &DesiredState, observed: &ObservedState) -> Result<Plan, Ended> {
        match plan(desired, observed) {
            Ok(planned) => {
                for (at, step) in planned.steps.iter().enumerate() {
                    let is_halfway = is_halfway(&step.step, &planned.steps[at + 1..], desired);
                    if !is_asked_for(&step.step, desired) && !is_halfway {
                        self.violation(format!("nobody asked for {}", step.step));
                    }
                }
                Ok(planned)
            }
            Err(errors) => {
                for error in errors {
                    if let Some(wrong) = is_unfounded(&error, desired, observed) {
                        self.violation(format!("{error}, but {wrong}"));
                    }
                }
                Err(Ended::Impossible)
            }
        }
    }

    /// Saves the plan, and takes it up again later.
    async fn from_file(
        &self,
        client: &Client,
        desired: &DesiredState,
        planned: Plan,
        observed: ObservedState,
    ) -> Result<(Plan, ObservedState), Ended> {
        let saved = SavedPlan {
            desired: desired.clone(),
            observed,
            origin: "simulation".to_owned(),
        };
        let (text, _) = saved.to_text().unwrap();
        if text.contains(CANARY) {
            self.violation("a saved plan holds a secret".to_owned());
        }
        let loaded = match SavedPlan::parse(&text) {
            Ok((loaded, _)) => loaded,
            Err(error) => {
                self.violation(format!("a saved plan cannot be read again: {error}"));
                return Err(Ended::Stopped);
            }
        };
        sleep(Duration::from_secs(60)).await;
        let scope = Scope::of(&loaded.desired);
        let Some(now) = self.look(client, &scope).await else {
            return Err(Ended::Incomplete);
        };
        let moved = moved(&loaded.observed, &now);
        if !moved.is_empty() {
            if !self.is_disturbed() {
                self.violation(format!("nothing has moved, yet: {moved:?}"));
            }
            return Err(Ended::Stale);
        }
        let again = self.plan(&loaded.desired, &now)?;
        let steps = |plan: &Plan| {
            plan.steps
                .iter()
                .map(|step| step.step.clone())
                .collect::<Vec<_>>()
        };
        if steps(&again) != steps(&planned) {
            self.violation("the steps carried out are not those that were saved".to_owned());
        }
        Ok((again, now))
    }

    /// Tells the network what may come, and makes the channel for signals.
    fn begin(
        &self,
        planned: &Plan,
        desired: &DesiredState,
        seed: &RunSeed,
    ) -> watch::Receiver<Shutdown> {
        let calls: Vec<_> = planned.steps.iter().map(|step| wire(&step.step)).collect();
        let mut after = self.network.state().account.clone();
        let before = Access::of(&after);
        let mut bounds = None;
        if !self.is_disturbed() {
            for (operation, params) in &calls {
                if let Err(refused) = after.apply(operation, params) {
                    self.violation(format!(
                        "RAM refuses a step as planned, {refused}: {operation} {}",
                        super::network::short(params)
                    ));
                }
            }
            // The plan alone has to lead there.
            if let Some(missing) = unsatisfied(&after, desired) {
                self.violation(format!("the plan does not lead to the spec: {missing}"));
            }
            if planned.order == OrderCheck::Safe {
                bounds = Some((before, Access::of(&after)));
            }
        }
        let (sender, shutdown) = watch::channel(Shutdown::None);
        let mut signals = Vec::new();
        if let Some((first, second)) = seed.signal_after {
            signals.push((first, Shutdown::Graceful, sender.clone()));
            if let Some(second) = second {
                signals.push((first + 1 + second, Shutdown::Immediate, sender));
            }
        }
        self.network.begin_apply(calls, bounds, signals);
        shutdown
    }

    /// What can be said of a report at once; the rest when everything has landed.
    fn judge_report(&mut self, report: &ApplyReport, run: usize) {
        let errors: Vec<_> = report.errors().cloned().collect();
        self.must_hide(&errors);
        if self.reads_all && format!("{report:?}").contains(CANARY) {
            self.violation("a report holds a secret".to_owned());
        }
        let is_disturbed = self.is_disturbed();
        let account = self.network.state().account.clone();
        for (at, entry) in report.steps.iter().enumerate() {
            let log = self.network.state().runs[run].steps[at];
            let step = &entry.step.step;
            self.network.state().note(|| {
                format!(
                    "   said of {}: {:?}, log {log:?}",
                    step.operation(),
                    entry.outcome
                )
            });
            let is_wrong = match &entry.outcome {
                Outcome::Done(Written::ByUs(_)) => log.effects == 0 && !is_disturbed,
                Outcome::Done(Written::Already) => log.changes > 0,
                Outcome::Failed(_) | Outcome::Unknown(_) => false,
                Outcome::NotAttempted => log.sent > 0,
            };
            if is_wrong {
                self.violation(format!(
                    "the report says {:?} of {step}, the service {log:?}",
                    entry.outcome
                ));
            }
            let is_passing = report.steps[at + 1..]
                .iter()
                .any(|later| supersedes(&later.step.step, step));
            if matches!(entry.outcome, Outcome::Done(_))
                && !is_disturbed
                && !is_passing
                && !holds(step, &account)
            {
                self.violation(format!("reported as done, but it is not so: {step}"));
            }
            self.claims.push(Claim {
                run,
                step: step.clone(),
                outcome: entry.outcome.clone(),
            });
        }
        if report.steps.len() != self.network.state().runs[run].steps.len() {
            self.violation("the report does not name every step".to_owned());
        }
    }

    /// Compares what was said with what came of it, once nothing is under way any more.
    pub(crate) fn judge_claims(&mut self) {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        for Claim { run, step, outcome } in std::mem::take(&mut self.claims) {
            let at = places.entry(run).or_default();
            let log = self.network.state().runs[run].steps[*at];
            *at += 1;
            let is_wrong = match &outcome {
                Outcome::Failed(_) | Outcome::Done(Written::Already) => log.changes > 0,
                Outcome::NotAttempted => log.effects > 0,
                Outcome::Done(Written::ByUs(_)) | Outcome::Unknown(_) => false,
            };
            if is_wrong {
                self.violation(format!(
                    "run {} said {outcome:?} of {step}, in the end the log says {log:?}",
                    run + 1
                ));
            }
        }
    }

    fn must_hide(&self, errors: &[AccountError]) {
        for error in errors {
            let text = format!(
                "{error} {error:?} {:?}",
                export_iam::cloud::hint::hint(error)
            );
            if text.contains(CANARY) {
                self.violation(format!("an error holds a secret: {text}"));
            }
        }
    }

    /// A run that ends well has seen the spec fulfilled: it is so now, or, where others interfere, each part of it
    /// was so at some moment since `began`.
    fn must_have_been_satisfied(&self, desired: &DesiredState, began: Instant) {
        if !self.is_disturbed() {
            return self.must_be_satisfied(desired);
        }
        let state = self.network.state();
        let snapshots = state.since(began);
        let missing: Vec<String> = parts(desired)
            .iter()
            .filter_map(|part| {
                let mut missing = snapshots.iter().map(|account| part.missing(account));
                let last = missing.next_back().flatten()?;
                missing.all(|missing| missing.is_some()).then_some(last)
            })
            .collect();
        drop(state);
        for missing in missing {
            self.violation(format!("the run ended well, but {missing}, and never was"));
        }
    }

    fn must_be_satisfied(&self, desired: &DesiredState) {
        let state = self.network.state();
        let missing = unsatisfied(&state.account, desired);
        drop(state);
        if let Some(missing) = missing {
            self.violation(format!("the run ended well, but {missing}"));
        }
    }

    /// Each part of what was read must have been so at some moment while it was read, or a little earlier where
    /// reads lag.
    fn must_be_complete(&self, observed: &ObservedState, scope: &Scope, began: Instant) {
        let state = self.network.state();
        let snapshots = state.since(began);
        let mut wrong = Vec::new();
        let mut check = |what: String, is_so: &dyn Fn(&Plain) -> bool| {
            if !snapshots.iter().any(|account| is_so(account)) {
                wrong.push(what);
            }
        };
        for name in scope.roles.keys() {
            let key = name.as_str().to_lowercase();
            check(format!("role {name}"), &|account| match (
                observed.roles.get(name),
                account.roles.get(&key),
            ) {
                (Some(None), None) => true,
                (Some(Some(read)), Some(role)) => {
                    *read.description == *role.description
                        && *read.trust == *role.trust
                        && read.max_session_duration == Some(role.session)
                }
                _ => false,
            });
            check(format!("attachments of {name}"), &|account| {
                let read = observed
                    .attachments
                    .get(name)
                    .map(|list| list.iter().map(key_of).collect::<BTreeSet<_>>());
                read == account.roles.get(&key).map(|role| role.attached.clone())
            });
            if scope.roles[name] == export_iam::model::TagReading::Read {
                check(format!("tags of {name}"), &|account| {
                    let held = account
                        .roles
                        .get(&key)
                        .map(|role| role.tags.clone())
                        .unwrap_or_default();
                    observed.role_tags.get(name) == Some(&held)
                });
            }
        }
        for name in scope.custom_policies.keys() {
            let key = name.as_str().to_lowercase();
            let reference = PolicyRef::custom(name.clone());
            check(format!("policy {name}"), &|account| match (
                observed.policies.get(&reference),
                account.policies.get(&key),
            ) {
                (Some(None), None) => true,
                (Some(Some(read)), Some(policy)) => {
                    *read.description == *policy.description
                        && *read.document == **policy.document()
                        && read.default_version.number() == policy.default
                }
                _ => false,
            });
            check(format!("versions of {name}"), &|account| {
                let read = observed.versions.get(name).map(|list| {
                    list.iter()
                        .map(|version| (version.id.number(), version.document.as_str().into()))
                        .collect()
                });
                read == account
                    .policies
                    .get(&key)
                    .map(|policy| policy.versions.clone())
            });
            if scope.custom_policies[name] == export_iam::model::TagReading::Read {
                check(format!("tags of {name}"), &|account| {
                    let held = account
                        .policies
                        .get(&key)
                        .map(|policy| policy.tags.clone())
                        .unwrap_or_default();
                    observed.policy_tags.get(name) == Some(&held)
                });
            }
        }
        for name in &scope.holders {
            let key = name.as_str().to_lowercase();
            check(format!("holders of {name}"), &|account| {
                let read = observed
                    .holders
                    .get(name)
                    .map(|list| list.iter().cloned().collect::<BTreeSet<_>>());
                let held = account
                    .policies
                    .get(&key)
                    .map(|_| account.holders(&key).collect::<BTreeSet<_>>());
                read == held
            });
        }
        drop(state);
        for what in wrong {
            self.violation(format!("planned from what was never so: {what}"));
        }
    }
}

/// A process that may be killed.
struct Killable<F> {
    work: Pin<Box<F>>,
    /// After so many polls.
    left: Option<u32>,
}

impl<F: Future> Future for Killable<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Self::Output> {
        match &mut self.left {
            Some(0) => return Poll::Ready(None),
            Some(left) => *left -= 1,
            None => {}
        }
        self.work.as_mut().poll(context).map(Some)
    }
}

fn key_of(policy: &PolicyRef) -> String {
    policy.to_string().to_lowercase()
}

/// The call that carries out a step, written down a second time.
fn wire(step: &Step) -> (String, Params) {
    let tag = |tags: &BTreeMap<String, String>| {
        let list: Vec<_> = tags
            .iter()
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        (!list.is_empty()).then(|| json!(list).to_string())
    };
    let policy_type = |policy: &PolicyRef| policy.policy_type.as_str().to_owned();
    let names = |name: &str| json!([name]).to_string();
    let mut params: Vec<(&str, Option<String>)> = Vec::new();
    let operation = match step {
        Step::DetachGroupPolicy { .. } => panic!("nothing is attached for a group here"),
        Step::CreateRole {
            role,
            trust,
            description,
            max_session_duration,
            tags,
        } => {
            params.push(("RoleName", Some(role.to_string())));
            params.push(("AssumeRolePolicyDocument", Some(trust.clone())));
            params.push(("Description", description.clone()));
            params.push((
                "MaxSessionDuration",
                max_session_duration.map(|seconds| seconds.to_string()),
            ));
            params.push(("Tag", tag(tags)));
            "CreateRole"
        }
        Step::UpdateRole {
            role,
            trust,
            description,
            max_session_duration,
        } => {
            params.push(("RoleName", Some(role.to_string())));
            params.push(("NewAssumeRolePolicyDocument", trust.clone()));
            params.push(("NewDescription", description.clone()));
            params.push((
                "NewMaxSessionDuration",
                max_session_duration.map(|seconds| seconds.to_string()),
            ));
            "UpdateRole"
        }
        Step::DeleteRole { role } => {
            params.push(("RoleName", Some(role.to_string())));
            "DeleteRole"
        }
        Step::CreatePolicy {
            policy,
            document,
            description,
            tags,
        } => {
            params.push(("PolicyName", Some(policy.to_string())));
            params.push(("PolicyDocument", Some(document.clone())));
            params.push(("Description", description.clone()));
            params.push(("Tag", tag(tags)));
            "CreatePolicy"
        }
        Step::UpdatePolicyDescription {
            policy,
            description,
        } => {
            params.push(("PolicyName", Some(policy.to_string())));
            params.push(("NewDescription", Some(description.clone())));
            "UpdatePolicyDescription"
        }
        Step::CreatePolicyVersion { policy, document } => {
            params.push(("PolicyName", Some(policy.to_string())));
            params.push(("PolicyDocument", Some(document.clone())));
            params.push(("SetAsDefault", Some("true".to_owned())));
            "CreatePolicyVersion"
        }
        Step::SetDefaultPolicyVersion { policy, version } => {
            params.push(("PolicyName", Some(policy.to_string())));
            params.push(("VersionId", Some(format!("v{}", version.number()))));
            "SetDefaultPolicyVersion"
        }
        Step::DeletePolicyVersion { policy, version } => {
            params.push(("PolicyName", Some(policy.to_string())));
            params.push(("VersionId", Some(format!("v{}", version.number()))));
            "DeletePolicyVersion"
        }
        Step::DeletePolicy { policy } => {
            params.push(("PolicyName", Some(policy.to_string())));
            "DeletePolicy"
        }
        Step::AttachPolicy { role, policy } | Step::DetachPolicy { role, policy } => {
            params.push(("RoleName", Some(role.to_string())));
            params.push(("PolicyType", Some(policy_type(policy))));
            params.push(("PolicyName", Some(policy.name.to_string())));
            match step {
                Step::AttachPolicy { .. } => "AttachPolicyToRole",
                _ => "DetachPolicyFromRole",
            }
        }
        Step::TagRole { role, tags } => {
            params.push(("ResourceType", Some("role".to_owned())));
            params.push(("ResourceNames", Some(names(role.as_str()))));
            params.push(("Tag", tag(tags)));
            "TagResources"
        }
        Step::TagPolicy { policy, tags } => {
            params.push(("ResourceType", Some("policy".to_owned())));
            params.push(("ResourceNames", Some(names(policy.as_str()))));
            params.push(("Tag", tag(tags)));
            "TagResources"
        }
    };
    let params = params
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    (operation.to_owned(), params.collect())
}

/// Whether the spec asks for such a step at all.
fn is_asked_for(step: &Step, desired: &DesiredState) -> bool {
    let removals = &desired.removals;
    match step {
        Step::DetachGroupPolicy { .. } => false,
        Step::CreateRole { role, .. }
        | Step::UpdateRole { role, .. }
        | Step::TagRole { role, .. } => desired.roles.contains_key(role),
        Step::CreatePolicy {
            policy, document, ..
        }
        | Step::CreatePolicyVersion { policy, document } => desired
            .policies
            .get(policy)
            .is_some_and(|wanted| wanted.document.to_json() == *document),
        Step::UpdatePolicyDescription { policy, .. }
        | Step::SetDefaultPolicyVersion { policy, .. }
        | Step::TagPolicy { policy, .. } => desired.policies.contains_key(policy),
        Step::DeletePolicyVersion { policy, .. } => {
            desired.policies.contains_key(policy) || removals.policies.contains(policy)
        }
        Step::AttachPolicy { role, policy } => desired
            .roles
            .get(role)
            .is_some_and(|wanted| wanted.policies.contains(policy)),
        Step::DetachPolicy { role, policy } => {
            let is_extra = desired.roles.get(role).is_some_and(|wanted| {
                wanted.extra_policies == ExtraPolicies::Detach && !wanted.policies.contains(policy)
            });
            is_extra
                || removals
                    .roles
                    .get(role)
                    .is_some_and(|gone| gone.contains(policy))
        }
        Step::DeleteRole { role } => removals.roles.contains_key(role),
        Step::DeletePolicy { policy } => removals.policies.contains(policy),
    }
}

/// Whether the step puts a document in force for a moment only, on the way to the one that is asked for.
fn is_halfway(step: &Step, later: &[PlannedStep], desired: &DesiredState) -> bool {
    let Step::CreatePolicyVersion { policy: own, .. } = step else {
        return false;
    };
    later.iter().any(|later| match &later.step {
        Step::CreatePolicyVersion { policy, .. } => {
            policy == own && is_asked_for(&later.step, desired)
        }
        Step::SetDefaultPolicyVersion { policy, .. } => policy == own,
        _ => false,
    })
}

/// What speaks against the reason why no plan can be made.
fn is_unfounded(
    error: &PlanError,
    desired: &DesiredState,
    observed: &ObservedState,
) -> Option<String> {
    let is_founded = match error {
        PlanError::ServiceLinked(_) => observed
            .roles
            .values()
            .flatten()
            .any(|role| role.is_service_linked),
        PlanError::NoSuchPolicy(_) => {
            desired
                .roles
                .values()
                .flat_map(|role| &role.policies)
                .any(|policy| {
                    let is_made = desired.policies.keys().any(|name| policy.is_custom(name));
                    observed.policies.get(policy).is_none_or(Option::is_none) && !is_made
                })
        }
        PlanError::StillHeld(..) => observed.holders.values().any(|holders| !holders.is_empty()),
        PlanError::HoldsOthers(..) => desired.removals.roles.iter().any(|(role, named)| {
            let held = observed.attachments.get(role).into_iter().flatten();
            held.clone().any(|policy| !named.contains(policy))
        }),
    };
    (!is_founded).then(|| "nothing of the kind was read".to_owned())
}

/// Whether a step puts another document in force than an earlier one did.
fn supersedes(later: &Step, earlier: &Step) -> bool {
    let of = |step: &Step| match step {
        Step::CreatePolicyVersion { policy, .. } | Step::SetDefaultPolicyVersion { policy, .. } => {
            Some(policy.to_string())
        }
        Step::UpdateRole {
            role,
            trust: Some(_),
            ..
        } => Some(format!("trust of {role}")),
        _ => None,
    };
    of(later).is_some() && of(later) == of(earlier)
}

/// Whether what the step is for is so.
fn holds(step: &Step, account: &Plain) -> bool {
    let role_of = |role: &str| account.roles.get(&role.to_lowercase());
    let policy_of = |policy: &str| account.policies.get(&policy.to_lowercase());
    let has = |held: &BTreeMap<String, String>, tags: &BTreeMap<String, String>| {
        tags.iter().all(|(key, value)| held.get(key) == Some(value))
    };
    match step {
        Step::DetachGroupPolicy { .. } => false,
        Step::CreateRole {
            role,
            trust,
            description,
            max_session_duration,
            tags,
        } => role_of(role.as_str()).is_some_and(|found| {
            callers(&found.trust) == callers(&trust.as_str().into())
                && description
                    .as_ref()
                    .is_none_or(|text| **text == *found.description)
                && max_session_duration.is_none_or(|seconds| seconds == found.session)
                && has(&found.tags, tags)
        }),
        Step::UpdateRole {
            role,
            trust,
            description,
            max_session_duration,
        } => role_of(role.as_str()).is_some_and(|found| {
            trust
                .as_ref()
                .is_none_or(|trust| callers(&found.trust) == callers(&trust.as_str().into()))
                && description
                    .as_ref()
                    .is_none_or(|text| **text == *found.description)
                && max_session_duration.is_none_or(|seconds| seconds == found.session)
        }),
        Step::DeleteRole { role } => role_of(role.as_str()).is_none(),
        Step::CreatePolicy {
            policy,
            document,
            description,
            tags,
        } => policy_of(policy.as_str()).is_some_and(|found| {
            requests(found.document()) == requests(&document.as_str().into())
                && description
                    .as_ref()
                    .is_none_or(|text| **text == *found.description)
                && has(&found.tags, tags)
        }),
        Step::UpdatePolicyDescription {
            policy,
            description,
        } => policy_of(policy.as_str()).is_some_and(|found| **description == *found.description),
        Step::CreatePolicyVersion { policy, document } => policy_of(policy.as_str())
            .is_some_and(|found| requests(found.document()) == requests(&document.as_str().into())),
        Step::SetDefaultPolicyVersion { policy, version } => {
            policy_of(policy.as_str()).is_some_and(|found| found.default == version.number())
        }
        Step::DeletePolicyVersion { policy, version } => policy_of(policy.as_str())
            .is_none_or(|found| !found.versions.contains_key(&version.number())),
        Step::DeletePolicy { policy } => policy_of(policy.as_str()).is_none(),
        Step::AttachPolicy { role, policy } => {
            role_of(role.as_str()).is_some_and(|found| found.attached.contains(&key_of(policy)))
        }
        Step::DetachPolicy { role, policy } => {
            role_of(role.as_str()).is_none_or(|found| !found.attached.contains(&key_of(policy)))
        }
        Step::TagRole { role, tags } => {
            role_of(role.as_str()).is_some_and(|found| has(&found.tags, tags))
        }
        Step::TagPolicy { policy, tags } => {
            policy_of(policy.as_str()).is_some_and(|found| has(&found.tags, tags))
        }
    }
}

/// One thing that the spec asks for and one call reads.
enum Part<'a> {
    /// What this step is for.
    Done(Step),
    /// What the role holds.
    Held(&'a RoleName, &'a DesiredRole),
}

/// The spec, one call at a time: others may interfere between two.
fn parts(desired: &DesiredState) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (name, wanted) in &desired.policies {
        parts.push(Part::Done(Step::CreatePolicy {
            policy: name.clone(),
            document: wanted.document.to_json(),
            description: wanted.description.clone(),
            tags: Tags::new(),
        }));
        parts.push(Part::Done(Step::TagPolicy {
            policy: name.clone(),
            tags: wanted.tags.clone().unwrap_or_default(),
        }));
    }
    for (name, wanted) in &desired.roles {
        parts.push(Part::Done(Step::CreateRole {
            role: name.clone(),
            trust: wanted.trust.to_json(),
            description: wanted.description.clone(),
            max_session_duration: wanted.max_session_duration,
            tags: Tags::new(),
        }));
        parts.push(Part::Done(Step::TagRole {
            role: name.clone(),
            tags: wanted.tags.clone().unwrap_or_default(),
        }));
        parts.push(Part::Held(name, wanted));
    }
    let roles = desired.removals.roles.keys().cloned();
    parts.extend(roles.map(|role| Part::Done(Step::DeleteRole { role })));
    let policies = desired.removals.policies.iter().cloned();
    parts.extend(policies.map(|policy| Part::Done(Step::DeletePolicy { policy })));
    parts
}

impl Part<'_> {
    /// What of it is not so.
    fn missing(&self, account: &Plain) -> Option<String> {
        match self {
            Self::Done(step) if holds(step, account) => None,
            Self::Done(step) => Some(format!("{step} has no effect")),
            Self::Held(name, wanted) => {
                let role = account.roles.get(&name.as_str().to_lowercase());
                let held = role.map(|role| &role.attached);
                let named: BTreeSet<String> = wanted.policies.iter().map(key_of).collect();
                let is_right = held.is_some_and(|held| match wanted.extra_policies {
                    ExtraPolicies::Detach => *held == named,
                    ExtraPolicies::Report | ExtraPolicies::Keep => held.is_superset(&named),
                });
                (!is_right).then(|| format!("role {name} holds {held:?}, wanted {named:?}"))
            }
        }
    }
}

/// What of the spec is not so.
pub(crate) fn unsatisfied(account: &Plain, desired: &DesiredState) -> Option<String> {
    parts(desired).iter().find_map(|part| part.missing(account))
}
