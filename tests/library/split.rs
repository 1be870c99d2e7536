//! Grants over more buckets than one policy has room for: stable parts, held together, and nobody loses access on
//! the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::support::account::{Account, account_id, approved, desired};
use export_iam::model::{
    AccountId, BucketName, DesiredState, Export, ObjectPrefix, PolicyType, RegionId,
};
use export_iam::plan::{Action, Plan};
use export_iam::policy::{MAX_DOCUMENT_LENGTH, ResourceMatch};
use export_iam::report::text::{self, Detail};
use export_iam::sandbox::World;
use export_iam::spec::{Spec, SpecErrors, SpecSource, load};
use proptest::prelude::*;

const ROLE: &str = "AliyunECSImageExportDefaultRole";

/// A spec that grants exports to `buckets`, with more under `policies` and held by the role.
fn text(buckets: &[String], more_policies: &str, more_held: &str) -> String {
    let mut text = "version: 1\nexports:\n".to_owned();
    for bucket in buckets {
        let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let prefix = if prefix.is_empty() {
            String::new()
        } else {
            format!(", prefix: {prefix}")
        };
        writeln!(
            text,
            "  - {{ region: cn-hangzhou, bucket: {bucket}{prefix} }}"
        )
        .unwrap();
    }
    write!(
        text,
        "policies:\n  - {{ name: Exports, grant: image-export }}\n{more_policies}roles:\n  - name: {ROLE}\n    \
         trust: {{ service: ecs.aliyuncs.com }}\n    policies: [ {{ custom: Exports }}{more_held} ]\n"
    )
    .unwrap();
    text
}

fn try_load(text: &str) -> Result<Spec, SpecErrors> {
    load(&SpecSource::Stdin(text.as_bytes().to_vec()), Path::new("."))
}

fn spec(buckets: &[String]) -> Spec {
    try_load(&text(buckets, "", "")).unwrap_or_else(|errors| panic!("{:?}", errors.errors()))
}

/// So many buckets with names of `letters` characters.
fn buckets(count: usize, letters: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("b{n:0width$}", width = letters - 1))
        .collect()
}

/// Each policy's entries for objects.
fn layout(desired: &DesiredState) -> BTreeMap<String, BTreeSet<String>> {
    let mut layout = BTreeMap::new();
    for (name, policy) in &desired.policies {
        assert!(policy.document.to_json().len() <= MAX_DOCUMENT_LENGTH);
        let ResourceMatch::Resource(objects) = &policy.document.statements()[1].resource else {
            panic!("no objects in {name}");
        };
        assert!(!objects.is_empty());
        layout.insert(name.to_string(), objects.iter().cloned().collect());
    }
    layout
}

fn layout_of(buckets: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let exports: Vec<Export> = buckets.iter().map(|bucket| export(bucket)).collect();
    let desired = spec(&["any-bucket".to_owned()]).desired(&account_id(), Some(&exports));
    layout(&desired.unwrap_or_else(|errors| panic!("{:?}", errors.errors())))
}

fn export(text: &str) -> Export {
    let (bucket, prefix) = text.split_once('/').unzip();
    Export {
        region: RegionId::new("cn-hangzhou").unwrap(),
        bucket: BucketName::new(bucket.unwrap_or(text)).unwrap(),
        prefix: prefix.map(|prefix| ObjectPrefix::new(prefix).unwrap()),
    }
}

#[test]
fn one_policy_as_long_as_everything_fits() {
    // 31 of the longest names fit an account with an id of the usual length.
    assert_eq!(
        layout_of(&buckets(31, 63)).keys().collect::<Vec<_>>(),
        ["Exports"]
    );
    let split = layout_of(&buckets(32, 63));
    assert_eq!(split.keys().collect::<Vec<_>>(), ["Exports", "Exports-2"]);
}

#[test]
fn the_role_holds_all_parts_and_the_account_has_no_say_in_their_names() {
    let spec = spec(&buckets(200, 40));
    let here = desired(&spec);
    assert!(here.policies.len() > 3, "{:?}", here.policies.keys());
    for id in ["1", "12345678901234", "9999999999999999"] {
        let there = spec.desired(&AccountId::new(id).unwrap(), None).unwrap();
        assert!(there.policies.keys().eq(here.policies.keys()));
        let role = there.roles.values().next().unwrap();
        assert!(
            role.policies
                .iter()
                .all(|policy| policy.policy_type == PolicyType::Custom)
        );
        assert!(
            role.policies
                .iter()
                .map(|policy| &policy.name)
                .eq(there.policies.keys())
        );
    }
}

/// Extendible hashing: what is added goes into one policy, which may give half of what it holds to a new one.
fn check_added(
    before: &BTreeMap<String, BTreeSet<String>>,
    after: &BTreeMap<String, BTreeSet<String>>,
    new: &str,
) {
    let all = |layout: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<String> {
        layout.values().flatten().cloned().collect()
    };
    let entry = match new.split_once('/') {
        Some((bucket, prefix)) => format!("acs:oss:*:1234567890123456:{bucket}/{prefix}*"),
        None => format!("acs:oss:*:1234567890123456:{new}/*"),
    };
    let mut expected = all(before);
    assert!(expected.insert(entry));
    assert_eq!(all(after), expected, "nothing is lost or doubled");
    let sum: usize = after.values().map(BTreeSet::len).sum();
    assert_eq!(sum, expected.len(), "each entry is in one policy");
    let shrunk: Vec<&String> = before
        .iter()
        .filter(|(name, held)| after.get(*name).is_none_or(|now| !held.is_subset(now)))
        .map(|(name, _)| name)
        .collect();
    let changed: Vec<&String> = before
        .iter()
        .filter(|(name, held)| after.get(*name) != Some(held))
        .map(|(name, _)| name)
        .collect();
    let born: Vec<&String> = after
        .keys()
        .filter(|name| !before.contains_key(*name))
        .collect();
    assert!(changed.len() <= 1, "changed: {changed:?}");
    assert!(
        shrunk.len() <= 1 && shrunk.len() <= born.len(),
        "shrunk: {shrunk:?}, born: {born:?}"
    );
    if let [shrunk] = shrunk.as_slice() {
        let moved: BTreeSet<&String> = before[*shrunk]
            .iter()
            .filter(|entry| !after[*shrunk].contains(*entry))
            .collect();
        assert!(
            moved
                .iter()
                .all(|entry| born.iter().any(|name| after[*name].contains(*entry)))
        );
    } else {
        assert!(
            born.is_empty() || before.is_empty(),
            "born without need: {born:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Adding or removing one export, whichever, changes one policy and at most splits or joins it.
    #[test]
    fn one_more_or_less_reshuffles_nothing(
        names in proptest::collection::btree_set("[a-z][a-z0-9]{2,50}(/[A-Z]{1,6})?", 2..160),
        which in any::<prop::sample::Index>(),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut all: Vec<String> = names.into_iter().collect();
        let at = which.index(all.len());
        let new = all.remove(at);
        let before = layout_of(&all);
        let mut more = all.clone();
        // The place in the spec says nothing.
        more.insert(turn.index(more.len() + 1), new.clone());
        check_added(&before, &layout_of(&more), &new);
    }
}

/// Grown one by one, through every split.
#[test]
fn growth_changes_one_policy_at_a_time() {
    let all = buckets(120, 50);
    let mut before = layout_of(&all[..1]);
    for count in 2..=all.len() {
        let after = layout_of(&all[..count]);
        check_added(&before, &after, &all[count - 1]);
        before = after;
    }
    assert!(before.len() >= 4);
}

#[test]
fn more_than_a_role_can_hold_is_an_error_with_its_place() {
    let many = buckets(500, 63);
    let errors = try_load(&text(&many, "", "")).unwrap_err();
    let told = errors.errors()[0].to_string();
    assert!(
        told.contains("`policies[0].grant`: role `AliyunECSImageExportDefaultRole` would hold"),
        "{told}"
    );
    assert!(told.contains("RAM allows 10"), "{told}");
    assert!(told.starts_with("<stdin>:504:"), "{told}");
    let exports: Vec<Export> = many.iter().map(|name| export(name)).collect();
    assert!(
        spec(&buckets(1, 20))
            .desired(&account_id(), Some(&exports))
            .is_err()
    );
}

#[test]
fn a_name_that_a_part_needs_must_be_free() {
    let document = "{ Version: \"1\", Statement: [ { Effect: Allow, Action: \"oss:GetBucketInfo\", Resource: \"*\" } ] }";
    let more = format!("  - {{ name: exports-2, document: {document} }}\n");
    try_load(&text(&buckets(3, 20), &more, ", { custom: exports-2 }")).unwrap();
    let errors = try_load(&text(&buckets(60, 63), &more, ", { custom: exports-2 }")).unwrap_err();
    assert!(
        errors.errors()[0].message.contains("is declared already"),
        "{:?}",
        errors.errors()
    );
}

// Against an account.

async fn apply(account: &Account, spec: &Spec) -> Plan {
    let desired = desired(spec);
    let observed = account.observe(&desired).await;
    let plan = export_iam::plan::plan(&desired, &observed).unwrap();
    let report = account.apply(&approved(plan.clone(), &observed)).await;
    assert!(report.is_complete(), "{report:?}");
    let again = account.plan(&desired).await.unwrap();
    assert!(again.is_empty(), "{:?}", again.steps);
    plan
}

fn shown(plan: &Plan) -> String {
    let mut text = String::new();
    text::plan(plan, None, Detail::Access, &mut text);
    crate::support::plain(&text)
}

#[tokio::test(start_paused = true)]
async fn a_new_bucket_gains_access_on_that_bucket_alone() {
    let account = Account::of(World::empty().unwrap());
    let mut all = buckets(5, 20);
    apply(&account, &spec(&all)).await;
    all.insert(2, "the-new-one".to_owned());
    let plan = apply(&account, &spec(&all)).await;
    assert_eq!(plan.summary().create, 0);
    assert_eq!(plan.summary().update, 1);
    let text = shown(&plan);
    let (changes, _) = text.split_once("\nExportImage now").unwrap();
    assert!(changes.contains("on bucket the-new-one"), "{text}");
    assert!(
        !changes.contains("b0000"),
        "only the new bucket is spoken of:\n{text}"
    );
    let lost = plan.steps.iter().any(|step| {
        step.effects
            .iter()
            .any(|effect| effect.as_str().contains("narrow"))
    });
    assert!(!lost, "{text}");
}

/// The one bucket too many: half of the policy moves, and only the new bucket is new.
#[tokio::test(start_paused = true)]
async fn a_split_moves_access_without_a_gap() {
    let account = Account::of(World::empty().unwrap());
    let all = buckets(32, 63);
    apply(&account, &spec(&all[..31])).await;
    let plan = apply(&account, &spec(&all)).await;
    let operations: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.step.operation())
        .collect();
    assert_eq!(
        operations,
        ["CreatePolicy", "AttachPolicyToRole", "CreatePolicyVersion"],
        "what moves is granted anew before it goes: {}",
        shown(&plan)
    );
    let unchanged = plan
        .changes
        .iter()
        .filter(|change| change.action == Action::NoOp)
        .count();
    assert_eq!(
        unchanged,
        2,
        "the role and its first attachment stay: {}",
        shown(&plan)
    );
}
