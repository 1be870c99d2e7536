//! What one fault costs: the time that a run takes with a single call gone wrong, on paused time.

use std::collections::BTreeMap;
use std::time::Duration;

use super::case::{
    Case, PolicySeed, PolicySelector, RoleSeed, RunSeed, WishPolicy, WishRole, WishSeed, WorldSeed,
};
use super::fault::{Fault, Kind};
use super::play::{Watch, play};

/// What a service may do to one call without being told apart from a passing fault.
const FAULTS: [Fault; 7] = [
    fault(Kind::LostBefore, 1),
    fault(Kind::LostAfter, 0),
    fault(Kind::LostAfter, 3),
    fault(Kind::ErrorBefore, 0),
    fault(Kind::ErrorAfter, 1),
    fault(Kind::Garbled, 0),
    fault(Kind::Garbled, 2),
];

const fn fault(kind: Kind, number: u8) -> Fault {
    Fault { kind, number }
}

/// A policy that needs a sixth version and a role that needs everything.
fn case() -> Case {
    let run = RunSeed {
        wish: WishSeed {
            roles: vec![WishRole {
                name: 1,
                trust: 0,
                description: Some(1),
                session: Some(1),
                tags: Some(1),
                policies: vec![PolicySelector::Custom(0), PolicySelector::System(0)],
                extra: 2,
            }],
            policies: vec![WishPolicy {
                name: 0,
                document: 2,
                description: Some(1),
                tags: Some(1),
            }],
            gone_roles: Vec::new(),
            gone_policies: Vec::new(),
        },
        killed_after: None,
        signal_after: None,
        saved: false,
        wrong_clock: false,
        credentials_for: None,
        deadline: None,
        hasty: false,
    };
    Case {
        noise: 1,
        world: WorldSeed {
            roles: vec![RoleSeed {
                name: 1,
                shouted: false,
                trust: 2,
                description: 2,
                session: 0,
                tags: 0,
                attached: vec![PolicySelector::System(1)],
                service_linked: false,
            }],
            policies: vec![PolicySeed {
                name: 0,
                description: 2,
                tags: 0,
                versions: vec![4, 5, 8, 9, 0],
                default: 4,
            }],
            users: Vec::new(),
        },
        runs: vec![run],
        faults: BTreeMap::new(),
        slow: false,
        session: false,
        v3: false,
        role: false,
    }
}

#[test]
fn one_lost_answer_costs_seconds_and_the_run_succeeds() {
    let calm = play(&case(), Watch::Rules);
    assert_eq!(calm.endings, ["success"], "{:?}", calm.violations);
    let mut costs = Vec::new();
    for fault in FAULTS {
        for call in 0.. {
            let mut case = case();
            case.faults.insert(call, fault);
            let played = play(&case, Watch::Rules);
            if played.faults.is_empty() {
                break;
            }
            assert_eq!(played.violations, Vec::<String>::new(), "{fault:?} {call}");
            assert_eq!(played.endings, ["success"], "{fault:?} at call {call}");
            costs.push((played.took.iter().sum::<Duration>(), fault.kind, call));
        }
    }
    costs.sort_unstable();
    assert!(costs.len() > 100, "{}", costs.len());
    let (median, longest) = (costs[costs.len() / 2], costs[costs.len() - 1]);
    println!(
        "{} runs; median {median:?}, longest {longest:?}",
        costs.len()
    );
    assert!(longest.0 < Duration::from_secs(8), "{longest:?}");
    assert!(median.0 < Duration::from_millis(200), "{median:?}");
}
