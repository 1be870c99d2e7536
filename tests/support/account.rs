//! An account in the sandbox, called in process: no network, and on tokio's paused clock no waiting.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use export_iam::apply::{ApplyReport, Shutdown, apply};
use export_iam::cloud::ram::RamClient;
use export_iam::cloud::rpc::client::{RpcClient, Settings};
use export_iam::cloud::rpc::clock::{Clock, Random};
use export_iam::cloud::rpc::credentials::Credentials;
use export_iam::drift::{DriftKind, DriftReport};
use export_iam::model::{AccountId, DesiredState, ObservedState, Scope};
use export_iam::observe::observe;
use export_iam::plan::{ApprovedPlan, Plan, PlanError, Refusal, Risk, approve, plan};
use export_iam::sandbox::{
    ACCESS_KEY_ID, ACCESS_KEY_SECRET, ACCOUNT_ID, CallRecord, Sandbox, World,
};
use export_iam::spec::Spec;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::is_read;

/// Lets ECS assume a role, in the words of this tool.
pub(crate) const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]},"Action":["sts:AssumeRole"]}]}"#;

/// An account and everything that was ever asked of it.
pub(crate) struct Account {
    pub(crate) sandbox: Arc<Sandbox>,
    clock: Clock,
    seeds: AtomicU64,
}

pub(crate) type Client = RamClient<Arc<Sandbox>, Credentials>;

impl Account {
    /// The account that `seed` describes, in the sandbox's own format.
    pub(crate) fn new(seed: &str) -> Self {
        Self::of(World::of_account(seed).unwrap_or_else(|error| panic!("{error}")))
    }

    pub(crate) fn of(world: World) -> Self {
        let clock = Clock::starting_at("2026-02-03T04:05:06Z".parse().unwrap());
        let of_sandbox = clock.clone();
        let sandbox = Sandbox::new(world).with_clock(Arc::new(move || of_sandbox.now()));
        Self {
            sandbox: Arc::new(sandbox),
            clock,
            seeds: AtomicU64::new(0),
        }
    }

    /// A client that remembers nothing of what others did.
    pub(crate) fn client(&self) -> Client {
        let random = Random::seeded(self.seeds.fetch_add(1, Ordering::Relaxed));
        let key = Credentials::permanent(ACCESS_KEY_ID, ACCESS_KEY_SECRET);
        let settings = Settings::default();
        RamClient::new(RpcClient::new(
            Arc::clone(&self.sandbox),
            key,
            self.clock.clone(),
            random,
            settings,
        ))
    }

    /// Reads what `desired` is about, as a run that has just begun.
    pub(crate) async fn observe(&self, desired: &DesiredState) -> ObservedState {
        let scope = Scope::of(desired);
        observe(&self.client(), &scope, None)
            .await
            .unwrap_or_else(|error| panic!("{error}: {:?}", error.0))
    }

    /// Plans from what is there, as a run that has just begun.
    pub(crate) async fn plan(&self, desired: &DesiredState) -> Result<Plan, Vec<PlanError>> {
        plan(desired, &self.observe(desired).await)
    }

    /// Carries out an approved plan to its end.
    pub(crate) async fn apply(&self, plan: &ApprovedPlan) -> ApplyReport {
        let (_keep, shutdown) = watch::channel(Shutdown::None);
        apply(&self.client(), plan, shutdown, |_| {}).await
    }

    /// Every call so far that could have changed something.
    pub(crate) fn writes(&self) -> Vec<CallRecord> {
        let calls = self.sandbox.calls();
        let writes = calls.records();
        writes
            .filter(|call| !is_read(call.operation))
            .cloned()
            .collect()
    }

    /// The whole state, byte for byte.
    pub(crate) fn state(&self) -> String {
        self.sandbox.world().to_json().unwrap()
    }

    /// Roles and custom policies as a person would describe them: without ids and dates.
    pub(crate) fn described(&self) -> String {
        let world: Value = serde_json::from_str(&self.state()).unwrap();
        let account = &world["accounts"][0];
        let of = |kind: &str, describe: fn(&Value) -> Value| -> Vec<Value> {
            account[kind]
                .as_array()
                .into_iter()
                .flatten()
                .map(describe)
                .collect()
        };
        let shown = json!({ "roles": of("roles", role), "policies": of("policies", policy) });
        serde_json::to_string_pretty(&shown).unwrap() + "\n"
    }
}

fn role(role: &Value) -> Value {
    let attached = role["attachments"].as_array().unwrap();
    let mut names: Vec<&Value> = attached
        .iter()
        .map(|attached| &attached["policy"])
        .collect();
    names.sort_by_key(|name| name.as_str());
    let mut shown = json!({
        "name": role["name"],
        "trust": document(&role["trust"]),
        "max_session_duration": role["max_session_duration"],
        "attachments": names,
    });
    copy(role, &mut shown, &["description", "service_linked", "tags"]);
    shown
}

fn policy(policy: &Value) -> Value {
    let versions: Vec<Value> = policy["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| json!({ "id": version["id"], "document": document(&version["document"]) }))
        .collect();
    let mut shown = json!({
        "name": policy["name"],
        "versions": versions,
        "default": policy["default"],
    });
    copy(policy, &mut shown, &["description", "tags"]);
    shown
}

/// The document as the JSON it is, or as text where it is none.
fn document(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap_or_else(|_| text.clone())
}

fn copy(from: &Value, to: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(value) = from.get(*name) {
            to[*name] = value.clone();
        }
    }
}

/// The account every sandbox starts with.
pub(crate) fn account_id() -> AccountId {
    AccountId::new(ACCOUNT_ID).unwrap()
}

/// What the spec asks of that account.
pub(crate) fn desired(spec: &Spec) -> DesiredState {
    spec.desired(&account_id(), None)
        .unwrap_or_else(|errors| panic!("{:?}", errors.errors()))
}

/// The guard's yes, whatever the risk.
pub(crate) fn approved(plan: Plan, observed: &ObservedState) -> ApprovedPlan {
    let all = Risk::ALL.into_iter().collect();
    approve(plan, observed, &all).unwrap_or_else(|refusals| panic!("{refusals:?}"))
}

/// What the guard says to the plan where no risk is allowed.
pub(crate) fn refusals(plan: &Plan, observed: &ObservedState) -> Vec<Refusal> {
    approve(plan.clone(), observed, &BTreeSet::new())
        .err()
        .unwrap_or_default()
}

/// How many findings are about a difference from the spec. A spec may itself block exports.
pub(crate) fn differences(report: &DriftReport) -> usize {
    let is_difference = |kind| !matches!(kind, DriftKind::ExportBlocked | DriftKind::ExportDepends);
    let findings = report.findings.iter();
    findings
        .filter(|finding| is_difference(finding.kind))
        .count()
}
