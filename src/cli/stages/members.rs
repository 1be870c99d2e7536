//! The same work for every account of a run.

use futures_util::{StreamExt, stream};

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::console::Console;
use crate::cli::session::signals::interrupted;

/// Does `work` for all members, `parallel` at a time, and hands over each result with the member's place as soon as it is
/// there: of thousands, none stays here. A slow account holds up no other. A signal ends it: accounts that were not done
/// by then get a failure with status 130.
pub(crate) async fn for_each_member<T>(
    members: &[Member],
    parallel: usize,
    console: &Console,
    work: impl AsyncFn(&Member) -> Result<T, Failure>,
    mut ended: impl FnMut(usize, &Member, Result<T, Failure>),
) {
    let work = &work;
    let running = members
        .iter()
        .enumerate()
        .map(|(place, member)| async move { (place, member, work(member).await) });
    let mut progress = console.counter("read", members.len());
    let signals = console.signals();
    let mut is_done = vec![false; members.len()];
    let results = stream::iter(running)
        .buffer_unordered(parallel)
        .take_until(signals.first());
    let mut results = std::pin::pin!(results);
    while let Some((place, member, result)) = results.next().await {
        progress.advance();
        if let Some(is_done) = is_done.get_mut(place) {
            *is_done = true;
        }
        ended(place, member, result);
    }
    let not_read = match members.len() {
        1 => interrupted(),
        _ => Failure::new(ExitStatus::Interrupted, "not read: interrupted"),
    };
    for ((place, member), is_done) in members.iter().enumerate().zip(is_done) {
        if !is_done {
            ended(place, member, Err(not_read.clone()));
        }
    }
}
