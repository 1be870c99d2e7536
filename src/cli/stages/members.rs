//! The same work for every account of a run.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::console::Console;
use crate::cli::session::signals::interrupted;

/// Does `work` for all members, `parallel` at a time, and gives the results in the order of the members. A slow
/// account holds up no other. A signal ends it: accounts that were not done by then get a failure with status 130.
pub(crate) async fn for_each_member<T>(
    members: Vec<Member>,
    parallel: usize,
    console: &Console,
    work: impl AsyncFn(&Member) -> Result<T, Failure>,
) -> Vec<(Member, Result<T, Failure>)> {
    let work = &work;
    let running = members
        .iter()
        .enumerate()
        .map(|(place, member)| async move { (place, work(member).await) });
    let mut progress = console.counter("read", members.len());
    let signals = console.signals();
    let mut results: BTreeMap<usize, Result<T, Failure>> = stream::iter(running)
        .buffer_unordered(parallel)
        .inspect(|_| progress.advance())
        .take_until(signals.first())
        .collect()
        .await;
    let not_read = match members.len() {
        1 => interrupted(),
        _ => Failure::new(ExitStatus::Interrupted, "not read: interrupted"),
    };
    let done = |(place, member)| {
        let result = results.remove(&place);
        (member, result.unwrap_or_else(|| Err(not_read.clone())))
    };
    members.into_iter().enumerate().map(done).collect()
}
