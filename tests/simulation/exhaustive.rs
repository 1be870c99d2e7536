//! The small scope, whole: two roles and two policies, and one thing going wrong at every place where it can.

use std::collections::BTreeMap;

use super::case::{
    Case, PolicySeed, PolicySelector, RoleSeed, RunSeed, WishPolicy, WishRole, WishSeed, WorldSeed,
};
use super::fault::{Fault, KINDS, Kind};
use super::play::{Watch, play};

const BOTH: [PolicySelector; 2] = [PolicySelector::Custom(0), PolicySelector::Custom(1)];

fn role(name: u8, trust: u8, attached: &[PolicySelector]) -> RoleSeed {
    RoleSeed {
        name,
        shouted: false,
        trust,
        description: 2,
        session: 0,
        tags: 1,
        attached: attached.to_vec(),
        service_linked: false,
    }
}

fn policy(name: u8, versions: &[u8], default: u8) -> PolicySeed {
    PolicySeed {
        name,
        description: 2,
        tags: 1,
        versions: versions.to_vec(),
        default,
    }
}

fn wanted_role(name: u8, trust: u8, policies: &[PolicySelector]) -> WishRole {
    WishRole {
        name,
        trust,
        description: Some(1),
        session: Some(1),
        tags: Some(2),
        policies: policies.to_vec(),
        extra: 2,
    }
}

fn wanted_policy(name: u8, document: u8) -> WishPolicy {
    WishPolicy {
        name,
        document,
        description: Some(1),
        tags: Some(2),
    }
}

/// What is there, and what is wanted.
fn situations() -> [(&'static str, WorldSeed, WishSeed); 5] {
    let nothing = WorldSeed::default();
    let all = WorldSeed {
        roles: vec![role(0, 0, &BOTH), role(1, 3, &BOTH)],
        policies: vec![policy(0, &[0], 0), policy(1, &[4, 8], 0)],
        users: Vec::new(),
    };
    let full = WorldSeed {
        roles: vec![role(0, 2, &BOTH[..1]), role(1, 4, &BOTH[1..])],
        policies: vec![policy(0, &[0, 2, 3, 4, 5], 2), policy(1, &[8, 6, 10], 1)],
        users: Vec::new(),
    };
    let wish = WishSeed {
        roles: vec![wanted_role(0, 0, &BOTH[..1]), wanted_role(1, 3, &BOTH)],
        policies: vec![wanted_policy(0, 2), wanted_policy(1, 8)],
        ..WishSeed::default()
    };
    let swapped = WishSeed {
        roles: vec![wanted_role(0, 4, &BOTH[1..]), wanted_role(1, 2, &BOTH[..1])],
        policies: vec![wanted_policy(0, 6), wanted_policy(1, 8)],
        ..WishSeed::default()
    };
    let gone = WishSeed {
        gone_roles: vec![(0, BOTH.to_vec()), (1, BOTH.to_vec())],
        gone_policies: vec![0, 1],
        ..WishSeed::default()
    };
    [
        ("from nothing", nothing, wish.clone()),
        ("from something else", all.clone(), wish),
        ("with all versions used", full.clone(), swapped),
        ("to nothing", all, gone.clone()),
        ("to nothing, with many versions", full, gone),
    ]
}

fn case(world: &WorldSeed, wish: &WishSeed, slow: bool) -> Case {
    Case {
        noise: 7,
        world: world.clone(),
        runs: vec![RunSeed {
            wish: wish.clone(),
            killed_after: None,
            signal_after: None,
            saved: false,
            wrong_clock: false,
            credentials_for: None,
            deadline: None,
            hasty: false,
        }],
        faults: BTreeMap::new(),
        slow,
        session: false,
        v3: false,
        role: false,
    }
}

/// The ways each kind of fault has.
fn numbers(kind: Kind) -> Vec<u8> {
    match kind {
        Kind::LostBefore | Kind::ErrorBefore | Kind::ErrorAfter | Kind::Throttled => {
            (0..4).collect()
        }
        Kind::LostAfter => vec![0, 3, 5, 6],
        Kind::Late => vec![0, 40, 199],
        Kind::Stale | Kind::Lagging => (0..4).collect(),
        Kind::Garbled => (0..6).collect(),
        Kind::Rival => (0..24).collect(),
        Kind::Paged
        | Kind::Cut
        | Kind::Quota
        | Kind::Denied
        | Kind::Expired
        | Kind::Twice
        | Kind::Skewed => {
            vec![0]
        }
    }
}

fn must_hold(case: &Case) -> &'static str {
    let played = play(case, Watch::Rules);
    if !played.violations.is_empty() {
        let watched = play(case, Watch::All);
        let line = serde_json::to_string(case).unwrap();
        panic!(
            "{:#?}\n{}\n{line}",
            played.violations,
            watched.trace.unwrap_or_default()
        );
    }
    played.endings[0]
}

/// How many calls the first run makes when nothing goes wrong.
fn calls(case: &Case) -> u32 {
    let played = play(case, Watch::All);
    let trace = played.trace.unwrap();
    let first = trace.split("-- run 2").next().unwrap();
    let lines = first.lines().filter(|line| line.contains(" 2026-"));
    u32::try_from(lines.count()).unwrap()
}

#[test]
fn one_fault_of_each_kind_at_every_call() {
    let mut cases = 0;
    for (name, world, wish) in situations() {
        let whole = case(&world, &wish, false);
        assert_eq!(must_hold(&whole), "success", "{name}");
        for call in 0..calls(&whole) {
            for kind in KINDS {
                for number in numbers(kind) {
                    let mut case = whole.clone();
                    case.faults.insert(call, Fault { kind, number });
                    // Older states are only different once something has changed: keep it going wrong.
                    if matches!(kind, Kind::Stale | Kind::Lagging) {
                        case.faults.insert(call + 1, Fault { kind, number });
                    }
                    must_hold(&case);
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} cases");
}

#[test]
fn a_lost_answer_and_then_another_fault_at_every_write() {
    let mut cases = 0;
    for (_, world, wish) in situations() {
        let whole = case(&world, &wish, false);
        for call in 0..calls(&whole) {
            for first in [Kind::LostAfter, Kind::LostBefore, Kind::Late] {
                for second in [
                    Kind::Stale,
                    Kind::LostAfter,
                    Kind::Denied,
                    Kind::Cut,
                    Kind::ErrorBefore,
                    Kind::Late,
                ] {
                    for gap in 1..4 {
                        let mut case = whole.clone();
                        case.faults.insert(
                            call,
                            Fault {
                                kind: first,
                                number: 1,
                            },
                        );
                        case.faults.insert(
                            call + gap,
                            Fault {
                                kind: second,
                                number: 0,
                            },
                        );
                        must_hold(&case);
                        cases += 1;
                    }
                }
            }
        }
    }
    println!("{cases} cases");
}

#[test]
fn killed_at_every_moment() {
    let mut cases = 0;
    for (_, world, wish) in situations() {
        for slow in [false, true] {
            for saved in [false, true] {
                for polls in 0.. {
                    let mut case = case(&world, &wish, slow);
                    case.runs[0].killed_after = Some(polls);
                    case.runs[0].saved = saved;
                    case.runs[0].hasty = polls % 2 == 0;
                    cases += 1;
                    if must_hold(&case) != "killed" {
                        break;
                    }
                }
            }
        }
    }
    println!("{cases} cases");
}

#[test]
fn interrupted_at_every_call() {
    let mut cases = 0;
    for (_, world, wish) in situations() {
        for after in 0..calls(&case(&world, &wish, true)) {
            for second in [None, Some(0), Some(1)] {
                let mut case = case(&world, &wish, true);
                case.runs[0].signal_after = Some((after, second));
                must_hold(&case);
                cases += 1;
            }
        }
    }
    println!("{cases} cases");
}
