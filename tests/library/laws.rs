//! Laws that hold for every spec and every account, tried on made-up ones.
//!
//! On a failure the smallest spec and account that break the law are printed; paste them into a case under
//! `tests/cases/` to keep them.

use std::future::Future;

use crate::support::account::{approved, desired, differences};
use crate::support::{Account, golden, is_read};
use export_iam::drift::audit;
use export_iam::model::{
    DesiredState, ExtraPolicies, ObservedState, PolicyRef, RoleName, Scope, Step, TagReading,
};
use export_iam::observe::observe;
use export_iam::plan::{Reason, plan, possible_steps};
use export_iam::report::json::{self, AccountReport};
use export_iam::report::text::{self, Detail};
use export_iam::spec::{SpecSource, adopt, load};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const ROLES: &[&str] = &[
    "Nightly",
    "Weekly",
    "image-export",
    "AliyunECSImageExportDefaultRole",
];
const CUSTOM: &[&str] = &["ToOss", "FromOss", "Other-1"];
const SYSTEM: &[&str] = &[
    "AliyunECSImageExportRolePolicy",
    "AliyunECSImageImportRolePolicy",
    "AliyunOSSFullAccess",
    "AdministratorAccess",
];
const ACTIONS: &[&str] = &[
    "oss:GetObject",
    "oss:PutObject",
    "oss:Get*",
    "oss:ListParts",
    "OSS:listparts",
    "oss:*",
    "ecs:ExportImage",
];
const RESOURCES: &[&str] = &[
    "*",
    "acs:oss:*:*:exports",
    "acs:oss:*:*:exports/*",
    "acs:oss:*:1234567890123456:exports/Nightly*",
];
const PRINCIPALS: &[&str] = &["ecs.aliyuncs.com", "oss.aliyuncs.com", "fc.aliyuncs.com"];
const WORDS: &[&str] = &[
    "Lets ECS export images",
    "镜像导出 é",
    "a: b # c",
    "- \"x\" 'y'",
    "1",
    "null",
];

/// A permission policy's document, written in one of many ways.
fn document() -> impl Strategy<Value = Value> {
    let one_or_many = |all: &'static [&'static str]| {
        prop_oneof![
            select(all).prop_map(|one| json!(one)),
            subsequence(all, 1..=all.len()).prop_map(|many| json!(many)),
        ]
    };
    let effect = prop_oneof![4 => Just("Allow"), 1 => Just("Deny")];
    let statement = (effect, one_or_many(ACTIONS), one_or_many(RESOURCES)).prop_map(
        |(effect, action, resource)| json!({ "Effect": effect, "Action": action, "Resource": resource }),
    );
    vec(statement, 1..4).prop_map(|statements| json!({ "Version": "1", "Statement": statements }))
}

fn trust() -> impl Strategy<Value = Value> {
    subsequence(PRINCIPALS, 1..=PRINCIPALS.len()).prop_map(|services| {
        json!({ "Version": "1", "Statement": [
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": services } }
        ] })
    })
}

fn tags() -> impl Strategy<Value = Value> {
    btree_map(
        select(&["team", "cost", "env"][..]),
        select(&["images", "42", "é"][..]),
        0..3,
    )
    .prop_map(|tags| json!(tags))
}

/// A role as somebody might want or have it. The policies it holds are chosen by number, as those there are differ.
#[derive(Debug, Clone)]
struct Role {
    name: &'static str,
    trust: Value,
    description: Option<&'static str>,
    session: Option<u32>,
    system: Vec<&'static str>,
    custom: Vec<prop::sample::Index>,
    extra: &'static str,
    tags: Option<Value>,
}

#[derive(Debug, Clone)]
struct Policy {
    name: &'static str,
    /// The last is in force.
    versions: Vec<Value>,
    description: Option<&'static str>,
    tags: Option<Value>,
}

/// What somebody wants, or has.
#[derive(Debug, Clone)]
struct Sketch {
    roles: Vec<Role>,
    policies: Vec<Policy>,
}

fn role(name: &'static str) -> impl Strategy<Value = Role> {
    let parts = (
        trust(),
        option::of(select(WORDS)),
        option::of(select(&[3600, 7200, 43_200][..])),
        subsequence(SYSTEM, 0..=2),
        vec(any::<prop::sample::Index>(), 0..3),
        select(&["report", "keep", "detach"][..]),
        option::of(tags()),
    );
    parts.prop_map(
        move |(trust, description, session, system, custom, extra, tags)| Role {
            name,
            trust,
            description,
            session,
            system,
            custom,
            extra,
            tags,
        },
    )
}

fn policy(name: &'static str) -> impl Strategy<Value = Policy> {
    let parts = (
        vec(document(), 1..=5),
        option::of(select(WORDS)),
        option::of(tags()),
    );
    parts.prop_map(move |(versions, description, tags)| Policy {
        name,
        versions,
        description,
        tags,
    })
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let roles = subsequence(ROLES, 0..=3)
        .prop_flat_map(|names| names.into_iter().map(role).collect::<Vec<_>>());
    let policies = subsequence(CUSTOM, 0..=3)
        .prop_flat_map(|names| names.into_iter().map(policy).collect::<Vec<_>>());
    (roles, policies).prop_map(|(roles, policies)| Sketch { roles, policies })
}

impl Sketch {
    fn custom_of(&self, role: &Role) -> Vec<&'static str> {
        let mut names: Vec<_> = match self.policies.as_slice() {
            [] => Vec::new(),
            policies => role
                .custom
                .iter()
                .map(|index| index.get(policies).name)
                .collect(),
        };
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The spec that asks for it.
    fn spec(&self) -> Value {
        let roles = self.roles.iter().map(|role| {
            let system = role.system.iter().map(|name| json!({ "system": name }));
            let custom = self
                .custom_of(role)
                .into_iter()
                .map(|name| json!({ "custom": name }));
            let mut shown = json!({
                "name": role.name,
                "trust": { "document": role.trust },
                "policies": system.chain(custom).collect::<Vec<_>>(),
                "extra_policies": role.extra,
            });
            put(&mut shown, "description", role.description);
            put(&mut shown, "max_session_duration", role.session);
            put(&mut shown, "tags", role.tags.as_ref());
            shown
        });
        let policies = self.policies.iter().map(|policy| {
            let mut shown = json!({ "name": policy.name, "document": policy.versions.last() });
            put(&mut shown, "description", policy.description);
            put(&mut shown, "tags", policy.tags.as_ref());
            shown
        });
        json!({
            "version": 1,
            "roles": roles.collect::<Vec<_>>(),
            "policies": policies.collect::<Vec<_>>(),
        })
    }

    /// The account that has it.
    fn account(&self) -> Value {
        let roles = self.roles.iter().map(|role| {
            let system = role
                .system
                .iter()
                .map(|name| json!({ "policy": format!("system:{name}") }));
            let custom = self.custom_of(role).into_iter();
            let custom = custom.map(|name| json!({ "policy": format!("custom:{name}") }));
            let mut shown = json!({
                "name": role.name,
                "trust": role.trust,
                "attachments": system.chain(custom).collect::<Vec<_>>(),
            });
            put(&mut shown, "description", role.description);
            put(&mut shown, "max_session_duration", role.session);
            put(&mut shown, "tags", role.tags.as_ref());
            shown
        });
        let policies = self.policies.iter().map(|policy| {
            let versions = policy
                .versions
                .iter()
                .map(|document| json!({ "document": document }));
            let mut shown =
                json!({ "name": policy.name, "versions": versions.collect::<Vec<_>>() });
            put(&mut shown, "description", policy.description);
            put(&mut shown, "tags", policy.tags.as_ref());
            shown
        });
        json!({ "roles": roles.collect::<Vec<_>>(), "policies": policies.collect::<Vec<_>>() })
    }

    fn desired(&self) -> DesiredState {
        read(&self.spec().to_string())
    }
}

fn put(to: &mut Value, name: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value {
        to[name] = json!(value);
    }
}

/// Reads a spec; JSON is YAML too.
fn read(text: &str) -> DesiredState {
    let spec = load(
        &SpecSource::Stdin(text.as_bytes().to_vec()),
        &golden::root(),
    );
    desired(&spec.unwrap_or_else(|errors| panic!("{:?}\n{text}", errors.errors())))
}

/// The same JSON with members of objects, and items of lists whose order means nothing, in another order.
fn shuffled(value: &Value, seed: &mut u64) -> String {
    shuffled_in("", value, seed)
}

fn shuffled_in(place: &str, value: &Value, seed: &mut u64) -> String {
    let mut parts: Vec<String> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{}: {}", json!(name), shuffled_in(name, value, seed)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| shuffled_in("", item, seed))
            .collect(),
        other => return other.to_string(),
    };
    let is_list = value.is_array();
    if !is_list || ["roles", "policies", "attachments"].contains(&place) {
        for last in (1..parts.len()).rev() {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            parts.swap(last, usize::try_from(*seed >> 33).unwrap() % (last + 1));
        }
    }
    let inside = parts.join(", ");
    if is_list {
        format!("[{inside}]")
    } else {
        format!("{{{inside}}}")
    }
}

/// Runs `work` on tokio's paused clock.
fn now<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.unwrap().block_on(work)
}

/// All that is said about an account: the plan and the audit, for programs and for people.
fn every_byte(desired: &DesiredState, observed: &ObservedState) -> String {
    let plan = &plan(desired, observed).unwrap();
    let mut text = json::report("plan", None, vec![AccountReport::planned(plan)], Vec::new());
    text::plan(plan, None, Detail::Documents, &mut text);
    text::drift(
        plan,
        None,
        &audit(desired, observed, plan),
        Detail::Documents,
        &mut text,
    );
    text
}

fn is_in_scope(step: &Step, scope: &Scope) -> bool {
    let has_role = |role: &RoleName| scope.roles.contains_key(role);
    match step {
        Step::CreateRole { role, .. }
        | Step::UpdateRole { role, .. }
        | Step::DeleteRole { role }
        | Step::AttachPolicy { role, .. }
        | Step::DetachPolicy { role, .. }
        | Step::DetachGroupPolicy { role, .. }
        | Step::TagRole { role, .. } => has_role(role),
        Step::CreatePolicy { policy, .. }
        | Step::UpdatePolicyDescription { policy, .. }
        | Step::CreatePolicyVersion { policy, .. }
        | Step::SetDefaultPolicyVersion { policy, .. }
        | Step::DeletePolicyVersion { policy, .. }
        | Step::DeletePolicy { policy }
        | Step::TagPolicy { policy, .. } => scope.custom_policies.contains_key(policy),
    }
}

/// Whether a step of this operation and these names was foreseen.
fn is_foreseen(step: &Step, desired: &DesiredState) -> bool {
    if let Step::DetachPolicy { role, .. } = step {
        let wanted = desired.roles.get(role);
        if wanted.is_some_and(|role| role.extra_policies == ExtraPolicies::Detach) {
            return true;
        }
    }
    let names = |step: &Step| -> Vec<String> {
        match step {
            Step::CreateRole { role, .. }
            | Step::UpdateRole { role, .. }
            | Step::DeleteRole { role }
            | Step::TagRole { role, .. } => vec![format!("role/{role}")],
            Step::AttachPolicy { role, policy }
            | Step::DetachPolicy { role, policy }
            | Step::DetachGroupPolicy { role, policy, .. } => {
                vec![format!("role/{role}"), policy.to_string()]
            }
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::SetDefaultPolicyVersion { policy, .. }
            | Step::DeletePolicyVersion { policy, .. }
            | Step::DeletePolicy { policy }
            | Step::TagPolicy { policy, .. } => vec![policy.to_string()],
        }
    };
    let is_like = |other: &Step| {
        let of_other = names(other);
        other.operation() == step.operation()
            && names(step)
                .iter()
                .map(|name| name.to_lowercase())
                .eq(of_other.iter().map(|name| name.to_lowercase()))
    };
    possible_steps(desired).iter().any(is_like)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_account_that_matches_its_spec_plans_nothing(wanted in sketch()) {
        let account = Account::new(&wanted.account().to_string());
        let desired = wanted.desired();
        let observed = now(account.observe(&desired));
        let plan = plan(&desired, &observed).unwrap();
        prop_assert!(plan.is_empty(), "{}", every_byte(&desired, &observed));
        prop_assert_eq!(differences(&audit(&desired, &observed, &plan)), 0);
    }

    /// Also: the apply makes exactly the writes of the plan, and the account of another spec survives it.
    #[test]
    fn after_an_apply_nothing_is_left_to_do(wanted in sketch(), live in sketch()) {
        let desired = wanted.desired();
        let account = Account::new(&live.account().to_string());
        now(async {
            let observed = account.observe(&desired).await;
            let planned = plan(&desired, &observed).unwrap();
            let steps = planned.steps.len();
            let report = account.apply(&approved(planned, &observed)).await;
            prop_assert!(report.is_complete(), "{report:?}");
            prop_assert_eq!(account.writes().len(), steps);
            let observed = account.observe(&desired).await;
            let again = plan(&desired, &observed).unwrap();
            prop_assert!(again.is_empty(), "{}", every_byte(&desired, &observed));
            let left = again.changes.iter().filter(|change| change.reason == Reason::Unmanaged).count();
            prop_assert_eq!(differences(&audit(&desired, &observed, &again)), left);
            Ok(())
        })?;
    }

    #[test]
    fn order_in_files_does_not_change_a_byte_of_the_plan(
        wanted in sketch(),
        live in sketch(),
        mut seed in any::<u64>(),
    ) {
        let usual = {
            let account = Account::new(&live.account().to_string());
            let desired = wanted.desired();
            every_byte(&desired, &now(account.observe(&desired)))
        };
        let account = Account::new(&shuffled(&live.account(), &mut seed));
        let desired = read(&shuffled(&wanted.spec(), &mut seed));
        prop_assert_eq!(every_byte(&desired, &now(account.observe(&desired))), usual);
    }

    #[test]
    fn planning_an_adopted_spec_gives_nothing(live in sketch()) {
        let account = Account::new(&live.account().to_string());
        let names = live.roles.iter().map(|role| (RoleName::new(role.name).unwrap(), TagReading::Read));
        let scope = Scope { roles: names.collect(), ..Scope::default() };
        now(async {
            let observed = observe(&account.client(), &scope, None).await.unwrap();
            let text = adopt(&observed).text;
            let desired = read(&text);
            prop_assert_eq!(desired.roles.len(), live.roles.len(), "{}", text);
            let observed = account.observe(&desired).await;
            let plan = plan(&desired, &observed).unwrap();
            prop_assert!(plan.is_empty(), "{}\n{}", text, every_byte(&desired, &observed));
            prop_assert!(plan.changes.iter().all(|change| !change.is_pending()));
            Ok(())
        })?;
    }

    /// Nothing that the spec does not name is written to, neither when it is applied nor when it is removed; and
    /// permissions can be told from the spec alone.
    #[test]
    fn no_step_reaches_outside_the_scope(wanted in sketch(), live in sketch()) {
        for desired in [wanted.desired(), wanted.desired().removed()] {
            let account = Account::new(&live.account().to_string());
            let scope = Scope::of(&desired);
            let Ok(plan) = now(account.plan(&desired)) else { continue };
            for planned in &plan.steps {
                prop_assert!(is_in_scope(&planned.step, &scope), "{:?}", planned.step);
                prop_assert!(is_foreseen(&planned.step, &desired), "{:?}", planned.step);
            }
            prop_assert!(account.sandbox.calls().records().all(|call| is_read(call.operation)));
        }
    }

    /// What is destroyed is gone, and what others hold stays.
    #[test]
    fn after_a_destroy_nothing_is_left_to_remove(wanted in sketch(), live in sketch()) {
        let gone = wanted.desired().removed();
        let account = Account::new(&live.account().to_string());
        now(async {
            let observed = account.observe(&gone).await;
            let Ok(plan) = plan(&gone, &observed) else { return Ok(()) };
            let report = account.apply(&approved(plan, &observed)).await;
            prop_assert!(report.is_complete(), "{report:?}");
            let again = account.observe(&gone).await;
            prop_assert!(again.roles.values().all(Option::is_none));
            let named = |policy: &PolicyRef| wanted.policies.iter().any(|p| policy.name.as_str() == p.name);
            prop_assert!(again.policies.iter().all(|(policy, live)| !named(policy) || live.is_none()));
            Ok(())
        })?;
    }
}

/// The generator makes what the laws are about; a law about nothing holds always.
#[test]
fn the_made_up_worlds_are_worth_trying() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut operations = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let wanted = sketch().new_tree(&mut runner).unwrap().current();
        let live = sketch().new_tree(&mut runner).unwrap().current();
        for desired in [wanted.desired(), wanted.desired().removed()] {
            let account = Account::new(&live.account().to_string());
            let plan = now(account.plan(&desired))
                .unwrap_or_else(|_| now(account.plan(&wanted.desired())).unwrap());
            operations.extend(plan.steps.iter().map(|planned| planned.step.operation()));
        }
    }
    assert_eq!(operations.len(), 12, "{operations:?}");
}
