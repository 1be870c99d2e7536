use std::collections::BTreeMap;

use super::*;
use crate::model::{
    AccountId, Caller, GroupAttachments, IdentityType, ObservedPolicy, ObservedRole, PolicyName,
    PolicyRef, PolicyVersion, RoleName, Step, Tags, VersionId,
};

const ECS: &str = r#"{"Service":["ecs.aliyuncs.com"]}"#;
const ALICE: &str = r#"{"RAM":["acs:ram::1234567890123456:user/alice"]}"#;

fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}}}]}}"#
    )
}

/// A document that allows each action on each resource, one statement a pair.
fn allows(pairs: &[(&str, &str)]) -> String {
    document(pairs, &[])
}

fn document(allowed: &[(&str, &str)], denied: &[(&str, &str)]) -> String {
    let statement = |effect: &str, (action, bucket): &(&str, &str)| {
        format!(
            r#"{{"Effect":"{effect}","Action":"oss:{action}","Resource":"acs:oss:*:*:{bucket}/*"}}"#
        )
    };
    let all: Vec<String> = allowed
        .iter()
        .map(|pair| statement("Allow", pair))
        .chain(denied.iter().map(|pair| statement("Deny", pair)))
        .collect();
    format!(r#"{{"Version":"1","Statement":[{}]}}"#, all.join(","))
}

fn role() -> RoleName {
    RoleName::new("Export").unwrap()
}

fn policy(name: &str) -> PolicyName {
    PolicyName::new(name).unwrap()
}

/// An account with one role that is trusted to `principal` and holds the policies marked so.
fn account(principal: &str, policies: &[(&str, &str, bool)]) -> ObservedState {
    let caller = Caller {
        account: AccountId::new("1234567890123456").unwrap(),
        arn: "acs:ram::1234567890123456:user/ops".to_owned(),
        identity_type: IdentityType::RamUser,
        principal_id: "1".to_owned(),
    };
    let held = ObservedRole {
        name: role(),
        arn: "acs:ram::1234567890123456:role/export".to_owned(),
        description: String::new(),
        trust: trust(principal),
        max_session_duration: None,
        is_service_linked: false,
    };
    let custom = |name: &str| PolicyRef::custom(policy(name));
    let found = |name: &str, document: &str| ObservedPolicy {
        policy: custom(name),
        description: String::new(),
        default_version: VersionId::from_number(1),
        document: document.to_owned(),
        attachment_count: None,
    };
    let version = |document: &str| {
        vec![PolicyVersion {
            id: VersionId::from_number(1),
            is_default: true,
            document: document.to_owned(),
        }]
    };
    let attached = policies
        .iter()
        .filter(|(_, _, attached)| *attached)
        .map(|(name, _, _)| custom(name));
    ObservedState {
        read_at: None,
        caller,
        roles: BTreeMap::from([(role(), Some(held))]),
        attachments: BTreeMap::from([(role(), attached.collect())]),
        policies: policies
            .iter()
            .map(|(name, text, _)| (custom(name), Some(found(name, text))))
            .collect(),
        versions: policies
            .iter()
            .map(|(name, text, _)| (policy(name), version(text)))
            .collect(),
        role_tags: BTreeMap::new(),
        policy_tags: BTreeMap::new(),
        holders: BTreeMap::new(),
        group_attachments: GroupAttachments::default(),
    }
}

fn retrust(principal: &str) -> Step {
    Step::UpdateRole {
        role: role(),
        trust: Some(trust(principal)),
        description: None,
        max_session_duration: None,
    }
}

fn attach(name: &str) -> Step {
    Step::AttachPolicy {
        role: role(),
        policy: PolicyRef::custom(policy(name)),
    }
}

fn detach(name: &str) -> Step {
    Step::DetachPolicy {
        role: role(),
        policy: PolicyRef::custom(policy(name)),
    }
}

fn rewrite(name: &str, document: &str) -> Step {
    Step::CreatePolicyVersion {
        policy: policy(name),
        document: document.to_owned(),
    }
}

/// The operations in order, waves apart by `|`, and the check.
fn ordered(steps: Vec<Step>, observed: &ObservedState) -> (String, OrderCheck) {
    let Ordered { steps, check } =
        order(steps.into_iter().map(DraftStep::from).collect(), observed);
    let waves = steps.chunk_by(|(a, _), (b, _)| a == b);
    let waves = waves.map(|wave| {
        let operations: Vec<&str> = wave
            .iter()
            .map(|(_, draft)| draft.step.operation())
            .collect();
        operations.join(" ")
    });
    (waves.collect::<Vec<_>>().join(" | "), check)
}

#[test]
fn new_things_need_only_what_ram_needs() {
    let nothing = ObservedState {
        roles: BTreeMap::new(),
        attachments: BTreeMap::new(),
        ..account(ECS, &[])
    };
    let document = allows(&[("GetObject", "b")]);
    let steps = vec![
        attach("New"),
        Step::CreateRole {
            role: role(),
            trust: trust(ECS),
            description: None,
            max_session_duration: None,
            tags: Tags::new(),
        },
        Step::CreatePolicy {
            policy: policy("New"),
            document,
            description: None,
            tags: Tags::new(),
        },
    ];
    let (order, check) = ordered(steps, &nothing);
    assert_eq!(order, "CreateRole CreatePolicy | AttachPolicyToRole");
    assert_eq!(check, OrderCheck::Safe);
}

#[test]
fn a_new_principal_never_meets_the_old_permissions() {
    let (old, new) = (
        allows(&[("GetObject", "old")]),
        allows(&[("GetObject", "new")]),
    );
    let live = account(ALICE, &[("Old", &old, true), ("New", &new, false)]);
    let (order, check) = ordered(vec![retrust(ECS), attach("New"), detach("Old")], &live);
    assert_eq!(
        order,
        "DetachPolicyFromRole | UpdateRole | AttachPolicyToRole"
    );
    assert_eq!(check, OrderCheck::Safe);
}

#[test]
fn what_stays_is_never_interrupted() {
    let both = allows(&[("GetObject", "b"), ("PutObject", "b")]);
    let read = allows(&[("GetObject", "b")]);
    let live = account(ECS, &[("Both", &both, true), ("Read", &read, false)]);
    let (order, check) = ordered(vec![detach("Both"), attach("Read")], &live);
    assert_eq!(order, "AttachPolicyToRole | DetachPolicyFromRole");
    assert_eq!(check, OrderCheck::Safe);
}

#[test]
fn a_deny_comes_before_the_allow_it_holds_back() {
    let all = allows(&[("*", "b")]);
    let guard = document(&[], &[("DeleteObject", "b")]);
    let live = account(ECS, &[("All", &all, false), ("Guard", &guard, false)]);
    let (order, check) = ordered(vec![attach("All"), attach("Guard")], &live);
    assert_eq!(order, "AttachPolicyToRole | AttachPolicyToRole");
    assert_eq!(check, OrderCheck::Safe);
    let Ordered { steps, .. } = super::order(
        vec![
            DraftStep::from(attach("All")),
            DraftStep::from(attach("Guard")),
        ],
        &live,
    );
    assert_eq!(steps.first().unwrap().1.step, attach("Guard"));
}

#[test]
fn a_document_is_narrowed_in_between_where_that_is_the_only_way() {
    let live_text = allows(&[("GetObject", "b"), ("ListParts", "old")]);
    let wanted = allows(&[("GetObject", "b"), ("PutObject", "b")]);
    let live = account(ALICE, &[("P", &live_text, true)]);
    let (order, check) = ordered(vec![retrust(ECS), rewrite("P", &wanted)], &live);
    assert_eq!(
        order,
        "CreatePolicyVersion | UpdateRole | CreatePolicyVersion"
    );
    assert_eq!(check, OrderCheck::Safe);
}

#[test]
fn a_document_that_others_hold_too_is_not_narrowed_in_between() {
    let live_text = allows(&[("GetObject", "b"), ("ListParts", "old")]);
    let wanted = allows(&[("GetObject", "b"), ("PutObject", "b")]);
    let live = held_by(2, account(ALICE, &[("P", &live_text, true)]));
    let (_, check) = ordered(vec![retrust(ECS), rewrite("P", &wanted)], &live);
    assert!(matches!(check, OrderCheck::Unsafe(_)), "{check:?}");
}

#[test]
fn where_no_order_is_safe_the_plan_says_so() {
    let (old, new) = (
        allows(&[("GetObject", "old")]),
        allows(&[("GetObject", "new")]),
    );
    let live = account(ALICE, &[("P", &old, true)]);
    let (_, check) = ordered(vec![retrust(ECS), rewrite("P", &new)], &live);
    let OrderCheck::Unsafe(passing) = check else {
        panic!("{check:?}")
    };
    assert_eq!(passing.len(), 1);
    assert_eq!(passing.first().unwrap().kind, PassingKind::Access);
}

/// The account of [`account`] where so many hold each policy.
fn held_by(count: u32, mut live: ObservedState) -> ObservedState {
    for found in live.policies.values_mut().flatten() {
        found.attachment_count = Some(count);
    }
    live
}

#[test]
fn others_who_may_hold_both_policies_count() {
    let (one, two) = (
        allows(&[("GetObject", "one")]),
        allows(&[("GetObject", "two")]),
    );
    let steps = || vec![rewrite("P", &two), rewrite("Q", &one)];
    let policies = [("P", one.as_str(), false), ("Q", two.as_str(), false)];
    let (_, check) = ordered(steps(), &held_by(0, account(ECS, &policies)));
    assert_eq!(check, OrderCheck::Safe);
    let (_, check) = ordered(steps(), &held_by(1, account(ECS, &policies)));
    let OrderCheck::Unsafe(passing) = check else {
        panic!("{check:?}")
    };
    let first = passing.first().unwrap();
    assert_eq!(first.kind, PassingKind::Gap);
    assert!(matches!(
        first.holder,
        Holder::Other {
            may_all_else: false,
            ..
        }
    ));
}

#[test]
fn what_moves_between_policies_is_added_first_for_others_too() {
    let (one, both) = (
        allows(&[("GetObject", "one")]),
        allows(&[("GetObject", "one"), ("GetObject", "two")]),
    );
    let live = account(ECS, &[("P", &both, false), ("Q", &one, false)]);
    let steps = vec![rewrite("P", &one), rewrite("Q", &both)];
    let Ordered { steps, check } = super::order(
        steps.into_iter().map(DraftStep::from).collect(),
        &held_by(1, live),
    );
    assert_eq!(check, OrderCheck::Safe);
    let waves: Vec<usize> = steps.iter().map(|(wave, _)| *wave).collect();
    assert_eq!(waves, [0, 1]);
    assert_eq!(steps.first().unwrap().1.step, rewrite("Q", &both));
}

#[test]
fn a_deny_that_moves_between_policies_counts_for_others_whatever_allows() {
    let (deny, other) = (
        document(&[], &[("DeleteObject", "b")]),
        allows(&[("GetObject", "one")]),
    );
    let live = account(ECS, &[("P", &deny, false), ("Q", &other, false)]);
    let steps = vec![rewrite("P", &other), rewrite("Q", &deny)];
    let Ordered { steps, check } = super::order(
        steps.into_iter().map(DraftStep::from).collect(),
        &held_by(1, live),
    );
    assert!(
        matches!(check, OrderCheck::Unsafe(_)),
        "{check:?} {}",
        steps.len()
    );
}

#[test]
fn a_document_that_cannot_be_interpreted_leaves_the_order_unchecked() {
    let new = allows(&[("GetObject", "new")]);
    let live = account(ECS, &[("Odd", "{}", true), ("New", &new, false)]);
    let (_, check) = ordered(vec![retrust(ALICE), attach("New")], &live);
    assert!(matches!(check, OrderCheck::Unchecked(_)), "{check:?}");
}

#[test]
fn more_steps_than_can_be_searched_are_still_ordered() {
    let text = allows(&[("GetObject", "b")]);
    let names: Vec<String> = (0..40).map(|n| format!("P{n}")).collect();
    let policies: Vec<(&str, &str, bool)> = names
        .iter()
        .map(|name| (name.as_str(), text.as_str(), true))
        .collect();
    let live = account(ECS, &policies);
    let mut steps = vec![Step::DeleteRole { role: role() }];
    steps.extend(names.iter().map(|name| detach(name)));
    let (order, check) = ordered(steps, &live);
    assert!(order.ends_with("| DeleteRole"), "{order}");
    assert!(matches!(check, OrderCheck::Unchecked(_)), "{check:?}");
}
