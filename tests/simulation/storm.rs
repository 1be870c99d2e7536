//! Very many random cases.

use std::collections::BTreeMap;
use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use super::case::Case;
use super::fault::KINDS;
use super::play::{Played, Watch, play};
use super::shrink::shrink;

/// Seeds of a run that nobody asked for more of.
const SEEDS: u64 = 10_000;

/// Every so many-th seed is played twice, with everything watched: same seed, same bytes.
const WATCHED: u64 = 64;

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().unwrap())
}

#[derive(Default)]
struct Sums {
    calls: u64,
    faults: BTreeMap<String, u64>,
    endings: BTreeMap<&'static str, u64>,
    bounded: u64,
}

/// So many failing seeds are enough to see what is wrong.
const ENOUGH: usize = 30;

/// Plays a seed; gives the case and what was wrong, if anything was.
fn try_seed(seed: u64, sums: &Mutex<Sums>) -> Option<(Case, String)> {
    let case = Case::of_seed(seed);
    let watch = if seed.is_multiple_of(WATCHED) {
        Watch::All
    } else {
        Watch::Rules
    };
    let played = play(&case, watch);
    let is_wrong = !played.violations.is_empty();
    {
        let mut sums = sums.lock().unwrap();
        sums.calls += played.calls;
        sums.bounded += played.bounded;
        for (kind, count) in &played.faults {
            *sums.faults.entry(format!("{kind:?}")).or_default() += u64::from(*count);
        }
        for ending in &played.endings {
            *sums.endings.entry(ending).or_default() += 1;
        }
    }
    if watch == Watch::All && !is_wrong {
        let again = play(&case, Watch::All);
        assert_same(&played, &again, seed);
    }
    let first = played.violations.into_iter().next();
    first.map(|violation| (case, violation))
}

fn assert_same(first: &Played, second: &Played, seed: u64) {
    let (first, second) = (
        first.trace.as_deref().unwrap(),
        second.trace.as_deref().unwrap(),
    );
    let lines = first
        .lines()
        .zip(second.lines())
        .find(|(one, other)| one != other);
    assert!(
        first == second,
        "seed {seed} is not the same twice, from here on: {lines:#?}"
    );
}

/// Shows a failing case so that it can be understood, kept, and played again.
fn show(seed: u64, case: &Case) -> String {
    let small = shrink(case);
    let played = play(&small, Watch::All);
    let line = serde_json::to_string(&small).unwrap();
    let violations = match played.violations.is_empty() {
        true => play(case, Watch::Rules).violations,
        false => played.violations,
    };
    format!(
        "seed {seed} fails:\n{violations:#?}\n{}\ncase, for regressions.txt:\n{line}\n",
        played.trace.unwrap_or_default(),
    )
}

#[test]
fn any_number_of_things_may_go_wrong() {
    let count = number("EXPORT_IAM_SEEDS").unwrap_or(SEEDS);
    let mut fresh = [0; 8];
    getrandom::fill(&mut fresh).unwrap();
    // Below 2^53, so that it survives every tool on the way back.
    let base = number("EXPORT_IAM_SEED_BASE").unwrap_or(u64::from_le_bytes(fresh) >> 11);
    println!("{count} seeds: from 0, and from EXPORT_IAM_SEED_BASE={base}");
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let sums = Mutex::new(Sums::default());
    let failed = Mutex::new(Vec::new());
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count || failed.lock().unwrap().len() >= ENOUGH {
                        break;
                    }
                    let seed = if at % 2 == 0 { at / 2 } else { base + at / 2 };
                    if let Some((case, violation)) = try_seed(seed, &sums) {
                        failed.lock().unwrap().push((seed, case, violation));
                    }
                }
            });
        }
    });
    let sums = sums.into_inner().unwrap();
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{:.0} seeds a second, {} calls",
        count as f64 / seconds,
        sums.calls
    );
    println!("ended: {:?}\nfaults: {:?}", sums.endings, sums.faults);
    println!("{} applies were watched between their steps", sums.bounded);
    let failed = failed.into_inner().unwrap();
    let mut kinds: BTreeMap<String, (u64, Case)> = BTreeMap::new();
    for (seed, case, violation) in &failed {
        println!("seed {seed}: {violation}");
        let kind = violation.chars().take(24).collect();
        kinds.entry(kind).or_insert_with(|| (*seed, case.clone()));
    }
    let shown: Vec<String> = kinds
        .values()
        .take(4)
        .map(|(seed, case)| show(*seed, case))
        .collect();
    assert!(failed.is_empty(), "{}", shown.join("\n"));
    // Nothing of what is promised above has become impossible.
    if count >= 2000 {
        assert_eq!(sums.faults.len(), KINDS.len(), "{:?}", sums.faults);
        assert_eq!(sums.endings.len(), 6, "{:?}", sums.endings);
        assert!(sums.bounded * 3 > count, "{}", sums.bounded);
    }
}

#[test]
fn what_failed_once_does_not_fail_again() {
    let lines = include_str!("regressions.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let case: Case = serde_json::from_str(line).unwrap();
        let played = play(&case, Watch::All);
        assert!(
            played.violations.is_empty(),
            "{:#?}\n{}\n{line}",
            played.violations,
            played.trace.unwrap_or_default()
        );
    }
}

#[test]
fn one_case_on_request() {
    let Ok(line) = env::var("EXPORT_IAM_CASE") else {
        return;
    };
    let case: Case = serde_json::from_str(&line).unwrap();
    let played = play(&case, Watch::All);
    println!("{}", played.trace.unwrap_or_default());
    assert!(played.violations.is_empty(), "{:#?}", played.violations);
}
