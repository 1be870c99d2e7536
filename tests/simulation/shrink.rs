//! Makes a failing case smaller as long as it still fails.

use super::case::Case;
use super::play::{Watch, play};

/// Most cases tried on the way. Each takes about a millisecond.
const MOST: u32 = 20_000;

pub(crate) fn shrink(case: &Case) -> Case {
    let mut best = case.clone();
    let (mut place, mut since_success) = (0, 0);
    for _ in 0..MOST {
        let candidates = smaller(&best);
        if since_success > candidates.len() {
            break;
        }
        let candidate = &candidates[place % candidates.len()];
        if *candidate != best && !play(candidate, Watch::Rules).violations.is_empty() {
            best = candidate.clone();
            since_success = 0;
        } else {
            place += 1;
            since_success += 1;
        }
    }
    best
}

/// Everything that is one step smaller, the largest steps first.
fn smaller(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Case)| {
        let mut smaller = case.clone();
        change(&mut smaller);
        all.push(smaller);
    };
    for run in 0..case.runs.len() {
        if case.runs.len() > 1 {
            add(&|case| {
                case.runs.remove(run);
            });
        }
    }
    let calls: Vec<u32> = case.faults.keys().copied().collect();
    for half in calls.chunks(calls.len().div_ceil(4).max(1)) {
        add(&|case| case.faults.retain(|call, _| !half.contains(call)));
    }
    for call in &calls {
        add(&|case| {
            case.faults.remove(call);
        });
    }
    add(&|case| case.slow = false);
    add(&|case| case.session = false);
    add(&|case| case.v3 = false);
    add(&|case| case.role = false);
    add(&|case| case.world.users.clear());
    for at in 0..case.world.roles.len() {
        add(&|case| {
            case.world.roles.remove(at);
        });
    }
    for at in 0..case.world.policies.len() {
        add(&|case| {
            case.world.policies.remove(at);
        });
    }
    for (at, run) in case.runs.iter().enumerate() {
        add(&|case| case.runs[at].killed_after = None);
        add(&|case| case.runs[at].signal_after = None);
        add(&|case| case.runs[at].saved = false);
        add(&|case| case.runs[at].wrong_clock = false);
        add(&|case| case.runs[at].credentials_for = None);
        add(&|case| case.runs[at].deadline = None);
        add(&|case| case.runs[at].hasty = false);
        for n in 0..run.wish.roles.len() {
            add(&|case| {
                case.runs[at].wish.roles.remove(n);
            });
        }
        for n in 0..run.wish.policies.len() {
            add(&|case| {
                case.runs[at].wish.policies.remove(n);
            });
        }
        for n in 0..run.wish.gone_roles.len() {
            add(&|case| {
                case.runs[at].wish.gone_roles.remove(n);
            });
        }
        for n in 0..run.wish.gone_policies.len() {
            add(&|case| {
                case.runs[at].wish.gone_policies.remove(n);
            });
        }
        for (n, role) in run.wish.roles.iter().enumerate() {
            for p in 0..role.policies.len() {
                add(&|case| {
                    case.runs[at].wish.roles[n].policies.remove(p);
                });
            }
            add(&|case| case.runs[at].wish.roles[n].description = None);
            add(&|case| case.runs[at].wish.roles[n].session = None);
            add(&|case| case.runs[at].wish.roles[n].tags = None);
            add(&|case| case.runs[at].wish.roles[n].extra = 0);
        }
        for n in 0..run.wish.policies.len() {
            add(&|case| case.runs[at].wish.policies[n].description = None);
            add(&|case| case.runs[at].wish.policies[n].tags = None);
        }
    }
    for (at, role) in case.world.roles.iter().enumerate() {
        for p in 0..role.attached.len() {
            add(&|case| {
                case.world.roles[at].attached.remove(p);
            });
        }
        add(&|case| case.world.roles[at].tags = 0);
        add(&|case| case.world.roles[at].description = 0);
        add(&|case| case.world.roles[at].session = 0);
        add(&|case| case.world.roles[at].shouted = false);
        add(&|case| case.world.roles[at].service_linked = false);
    }
    for (at, policy) in case.world.policies.iter().enumerate() {
        if policy.versions.len() > 1 {
            for n in 0..policy.versions.len() {
                add(&|case| {
                    case.world.policies[at].versions.remove(n);
                });
            }
        }
        add(&|case| case.world.policies[at].tags = 0);
        add(&|case| case.world.policies[at].description = 0);
    }
    for (call, fault) in &case.faults {
        if fault.number > 0 {
            add(&|case| case.faults.get_mut(call).unwrap().number = 0);
        }
    }
    all
}
