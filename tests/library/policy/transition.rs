//! Between two steps: no access that is neither before nor after, none lacking that is both.

use export_iam::policy::transition::{Found, RoleState, TransitionCheck, check};
use export_iam::policy::{
    Caller, PolicyDocument, Request, Semantics, TrustPolicy, decide, decide_trust,
};
use proptest::prelude::*;
use serde_json::json;

fn trust(principals: &[&str]) -> TrustPolicy {
    let statements: Vec<_> = principals
        .iter()
        .map(|text| {
            let (effect, text) = text
                .strip_prefix('-')
                .map_or(("Allow", *text), |text| ("Deny", text));
            let member = if text.contains('/') || text.contains("root") {
                "RAM"
            } else {
                "Service"
            };
            let id = if member == "RAM" {
                format!("acs:ram::1:{text}")
            } else {
                text.to_owned()
            };
            json!({ "Effect": effect, "Action": "sts:AssumeRole", "Principal": { member: id } })
        })
        .collect();
    TrustPolicy::parse_live(&json!({ "Version": "1", "Statement": statements }).to_string())
        .unwrap()
}

fn policy(grants: &[&str]) -> PolicyDocument {
    let statements: Vec<_> = grants
        .iter()
        .map(|text| {
            let (effect, text) = text
                .strip_prefix('-')
                .map_or(("Allow", *text), |text| ("Deny", text));
            let (action, key) = text.split_once(' ').unwrap();
            json!({ "Effect": effect, "Action": action, "Resource": format!("acs:oss:*:*:{key}") })
        })
        .collect();
    PolicyDocument::parse_live(&json!({ "Version": "1", "Statement": statements }).to_string())
        .unwrap()
}

fn moment(principals: &[&str], policies: &[&[&str]]) -> RoleState {
    RoleState {
        trust: trust(principals),
        permissions: policies.iter().map(|grants| policy(grants)).collect(),
    }
}

fn is_use(found: &Found) -> bool {
    match found {
        Found::Use(_) => true,
        Found::None => false,
        Found::Unknown(reason) => panic!("{reason}"),
    }
}

#[test]
fn swapping_a_policy_is_safe_one_way_and_opens_a_gap_the_other() {
    let old = moment(&["ecs"], &[&["oss:GetObject b/*"]]);
    let both = moment(
        &["ecs"],
        &[
            &["oss:GetObject b/*"],
            &["oss:GetObject b/*", "oss:PutObject b/*"],
        ],
    );
    let new = moment(&["ecs"], &[&["oss:GetObject b/*", "oss:PutObject b/*"]]);
    let neither = moment(&["ecs"], &[]);
    assert!(check(Some(&old), Some(&both), Some(&new)).is_clean());
    let TransitionCheck {
        transient_access,
        gap,
    } = check(Some(&old), Some(&neither), Some(&new));
    assert!(!is_use(&transient_access) && is_use(&gap));
}

#[test]
fn new_trust_before_old_permissions_are_gone_is_transient_access() {
    let old = moment(&["ecs"], &[&["oss:* b/*"]]);
    let mid = moment(&["ecs", "user/a"], &[&["oss:* b/*"]]);
    let new = moment(&["ecs", "user/a"], &[&["oss:GetObject b/*"]]);
    let TransitionCheck {
        transient_access,
        gap,
    } = check(Some(&old), Some(&mid), Some(&new));
    let Found::Use(found) = transient_access else {
        panic!("{transient_access:?}")
    };
    assert_eq!(found.caller, Caller::read("RAM:acs:ram::1:user/a").unwrap());
    assert!(!is_use(&gap));
    // The other order is safe.
    let mid = moment(&["ecs"], &[&["oss:GetObject b/*"]]);
    assert!(check(Some(&old), Some(&mid), Some(&new)).is_clean());
}

#[test]
fn a_role_that_does_not_exist_gives_nobody_access() {
    let role = moment(&["ecs"], &[&["oss:* b/*"]]);
    assert!(check(None, None, Some(&role)).is_clean());
    assert!(check(None, Some(&moment(&["ecs"], &[])), Some(&role)).is_clean());
    assert!(is_use(&check(None, Some(&role), None).transient_access));
    assert!(is_use(&check(Some(&role), None, Some(&role)).gap));
}

#[test]
fn a_deny_that_comes_late_is_transient_access() {
    let mid = moment(&["ecs"], &[&["oss:* *"]]);
    let after = moment(&["ecs"], &[&["oss:* *"], &["-oss:Delete* *"]]);
    assert!(is_use(
        &check(None, Some(&mid), Some(&after)).transient_access
    ));
}

/// At which moments a use is possible.
fn can(
    moments: &[Option<RoleState>; 3],
    caller: &Caller,
    assume: &Request,
    request: &Request,
    semantics: Semantics,
) -> [bool; 3] {
    moments.each_ref().map(|moment| {
        moment.as_ref().is_some_and(|moment| {
            let documents: Vec<&PolicyDocument> = moment.permissions.iter().collect();
            decide_trust(&moment.trust, caller, assume, semantics).is_allowed() == Some(true)
                && decide(&documents, request, semantics).is_allowed() == Some(true)
        })
    })
}

/// Every use of a small world.
fn enumerate(moments: &[Option<RoleState>; 3]) -> (bool, bool) {
    let callers = [
        "Service:ecs",
        "Service:oss",
        "Service:x",
        "RAM:acs:ram::1:user/a",
        "RAM:acs:ram::1:user/x",
        "RAM:acs:ram::2:user/a",
    ];
    let (mut transient, mut gap) = (false, false);
    let assume = Request {
        action: "sts:AssumeRole".into(),
        ..Request::default()
    };
    for caller in callers.map(|text| Caller::read(text).unwrap()) {
        for action in ["oss:GetObject", "oss:PutObject", "oss:PutX", "oss:x", "x:x"] {
            for key in ["a", "b", "a/", "b/", "a/x", "x", "b/a", "b/x"] {
                let resource = format!("acs:oss:::{key}");
                let request = Request {
                    action: action.into(),
                    resource,
                    ..Request::default()
                };
                let can = can(moments, &caller, &assume, &request, Semantics::DEFAULT);
                transient |= can[1] && !can[0] && !can[2];
                gap |= can[0] && can[2] && !can[1];
            }
        }
    }
    (transient, gap)
}

/// Whether a use was found; if so, it is what it is said to be.
fn shown(moments: &[Option<RoleState>; 3], found: &Found, expected: [bool; 3]) -> bool {
    if let Found::Use(found) = found {
        let can = can(
            moments,
            &found.caller,
            &found.assume,
            &found.request,
            found.semantics,
        );
        assert_eq!(can, expected, "{found:?}");
    }
    is_use(found)
}

fn moments() -> impl Strategy<Value = [Option<RoleState>; 3]> {
    let principals = prop::collection::vec(
        prop::sample::select(vec!["ecs", "oss", "root", "user/a", "-user/a", "-ecs"]),
        0..3,
    );
    let grants = prop::collection::vec(
        prop::sample::select(vec![
            "oss:GetObject a/*",
            "oss:GetObject b/*",
            "oss:* b/*",
            "oss:* b",
            "oss:PutObject a",
            "* *",
            "-oss:Put* *",
            "-oss:* b/*",
            "-* a/*",
        ]),
        0..3,
    );
    let moment =
        (principals, prop::collection::vec(grants, 0..3)).prop_map(|(principals, policies)| {
            let policies: Vec<&[&str]> = policies.iter().map(Vec::as_slice).collect();
            moment(&principals, &policies)
        });
    let one = prop::option::weighted(0.9, moment);
    [one.clone(), one.clone(), one]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]
    #[test]
    fn agrees_with_enumeration(moments in moments()) {
        let [before, mid, after] = &moments;
        let found = check(before.as_ref(), mid.as_ref(), after.as_ref());
        let transient = shown(&moments, &found.transient_access, [false, true, false]);
        let gap = shown(&moments, &found.gap, [true, false, true]);
        // What is found may be outside of the small world; what is in it must be found.
        let (expected_transient, expected_gap) = enumerate(&moments);
        prop_assert!(transient || !expected_transient);
        prop_assert!(gap || !expected_gap);
    }
}
