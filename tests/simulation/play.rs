//! Plays one case from beginning to end.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use export_iam::cloud::rpc::clock::Clock;
use tokio::time::Instant;

use super::case::{Case, RunSeed};
use super::fault::Kind;
use super::network::{CANARY, Network};
use super::printed;
use super::run::{Ended, Operator};

/// When the simulated world begins.
const START: &str = "2026-01-02T03:04:05Z";

/// What came of a case.
#[derive(Debug, Default)]
pub(crate) struct Played {
    /// What must not be and was; empty is good.
    pub(crate) violations: Vec<String>,
    pub(crate) trace: Option<String>,
    /// Calls made in all.
    pub(crate) calls: u64,
    /// How often each kind of fault happened.
    pub(crate) faults: BTreeMap<Kind, u32>,
    /// How the stormy runs ended.
    pub(crate) endings: Vec<&'static str>,
    /// How long each stormy run took.
    pub(crate) took: Vec<Duration>,
    /// How many applies were held to what the order of their steps promises.
    pub(crate) bounded: u64,
}

/// How closely a case is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// By its rules alone.
    Rules,
    /// With a trace, and with a look at everything that is printed.
    All,
}

pub(crate) fn play(case: &Case, watch: Watch) -> Played {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(act(case, watch))
    };
    let watched = || catch_unwind(AssertUnwindSafe(work));
    let (played, log) = match watch {
        Watch::Rules => (watched(), String::new()),
        Watch::All => printed::listen(watched),
    };
    let mut played = played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Played {
            violations: vec![format!("panic: {}", text.unwrap_or_default())],
            ..Played::default()
        }
    });
    if log.contains(CANARY) {
        let line = log.lines().find(|line| line.contains(CANARY));
        played
            .violations
            .push(format!("a secret is logged: {line:?}"));
    }
    if let Some(trace) = &mut played.trace {
        trace.push_str(&log);
    }
    played
}

async fn act(case: &Case, watch: Watch) -> Played {
    let clock = Clock::starting_at(START.parse().unwrap());
    let network = Network::new(Arc::new(case.clone()), clock.clone(), watch == Watch::All);
    let mut operator = Operator {
        network: &network,
        case,
        clock,
        claims: Vec::new(),
        reads_all: watch == Watch::All,
    };
    let (mut endings, mut took) = (Vec::new(), Vec::new());
    for seed in &case.runs {
        let began = Instant::now();
        endings.push(word(&operator.run(seed).await));
        took.push(began.elapsed());
        if !seed.hasty {
            network.settle().await;
        }
    }
    network.hush();
    network.settle().await;
    operator.judge_claims();
    quiet_again(&mut operator, case).await;
    let sandbox = network.sandbox_state();
    let mut state = network.state();
    if sandbox != state.account {
        let text = format!(
            "sandbox and model differ: {sandbox:?} / {:?}",
            state.account
        );
        state.violation(text);
    }
    Played {
        violations: std::mem::take(&mut state.violations),
        trace: state.trace.take(),
        calls: state.runs.iter().map(|run| run.calls).sum(),
        faults: std::mem::take(&mut state.happened),
        endings,
        took,
        bounded: state.runs.iter().filter(|run| run.is_bounded()).count() as u64,
    }
}

/// One run puts everything right, one more finds nothing to do.
async fn quiet_again(operator: &mut Operator<'_>, case: &Case) {
    let Some(last) = case.runs.last() else { return };
    let quiet = RunSeed {
        killed_after: None,
        signal_after: None,
        saved: false,
        wrong_clock: false,
        credentials_for: None,
        deadline: None,
        ..last.clone()
    };
    let first = operator.run(&quiet).await;
    let is_possible = match first {
        Ended::Success => true,
        Ended::Impossible => false,
        other => {
            operator
                .network
                .state()
                .violation(format!("all is quiet, and it ended with {other:?}"));
            return;
        }
    };
    operator.judge_claims();
    let second = operator.run(&quiet).await;
    let state = operator.network.state();
    let writes = state.runs.last().unwrap().writes;
    drop(state);
    if writes > 0 {
        operator
            .network
            .state()
            .violation(format!("a run after a quiet one wrote {writes} times"));
    }
    if is_possible != matches!(second, Ended::Success) {
        operator
            .network
            .state()
            .violation(format!("a run after a quiet one ended with {second:?}"));
    }
}

fn word(ended: &Ended) -> &'static str {
    match ended {
        Ended::Success => "success",
        Ended::Stopped => "stopped",
        Ended::Incomplete => "incomplete",
        Ended::Impossible => "impossible",
        Ended::Stale => "stale",
        Ended::Killed => "killed",
    }
}
