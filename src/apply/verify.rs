//! Reads the account again after an apply, until it shows what was written.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::account::ReadAccount;
use crate::model::{Caller, DesiredState, ObservedState, Scope};
use crate::observe::{ObserveError, observe};
use crate::plan::{Plan, PlanError, plan};

/// How long reads may lag behind writes before we report it. No figure is published; ECS has been seen to take up
/// to a minute to notice a new role, RAM's own reads far less.
const LONGEST_LAG: Duration = Duration::from_secs(30);

/// The pauses between two reads grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(3));

/// What the last read showed.
#[derive(Debug)]
pub enum Verified {
    /// The second plan is empty.
    InSync(Box<InSync>),
    /// The second plan still holds steps.
    NotYet(Box<Plan>),
    /// The account could not be read.
    Unread(ObserveError),
    /// No plan can be made from what was read.
    Impossible(Vec<PlanError>),
}

/// An account that shows what was written.
#[derive(Debug)]
pub struct InSync {
    /// The second plan.
    pub plan: Plan,
    /// What it was made from.
    pub observed: ObservedState,
}

/// Plans again until nothing is left to do, for 30 seconds at most.
pub async fn verify<A: ReadAccount>(
    account: &A,
    desired: &DesiredState,
    caller: &Caller,
) -> Verified {
    let scope = Scope::of(desired);
    let started = Instant::now();
    let (mut pause, longest) = PAUSES;
    loop {
        let observed = match observe(account, &scope, Some(caller.clone())).await {
            Ok(observed) => observed,
            Err(error) => return Verified::Unread(error),
        };
        let left = match plan(desired, &observed) {
            Ok(plan) if plan.is_empty() => {
                return Verified::InSync(Box::new(InSync { plan, observed }));
            }
            Ok(left) => left,
            Err(errors) => return Verified::Impossible(errors),
        };
        if started.elapsed() + pause > LONGEST_LAG {
            return Verified::NotYet(Box::new(left));
        }
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}
