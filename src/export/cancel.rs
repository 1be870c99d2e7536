//! Cancelling a task, until it is known what became of it.

use super::decide::{TaskState, is_passing, state};
use super::pauses::Pauses;
use crate::account::AccountError;
use crate::services::ExportImages;

/// How often a task is looked at after it was asked to end.
const LOOKS: usize = 6;

/// What became of a task that was to be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancelled {
    /// It is cancelled.
    Yes,
    /// It had ended before.
    TooLate,
    /// It was not cancelled, or that is not known.
    No(AccountError),
}

/// Cancels the task. Where the answer is lost, or ECS says that it cannot be cancelled, the task itself tells.
pub async fn cancel<S: ExportImages>(services: &S, region: &str, task: &str) -> Cancelled {
    let Err(error) = services.cancel(region, task).await else {
        return Cancelled::Yes;
    };
    let mut pauses = Pauses::new();
    for _ in 0..LOOKS {
        match services.task(region, task).await {
            Ok(Some(found)) => match state(&found) {
                TaskState::Cancelled => return Cancelled::Yes,
                TaskState::Finished | TaskState::Failed => return Cancelled::TooLate,
                // A request that was lost may still be under way.
                TaskState::Running if !is_passing(&error) => return Cancelled::No(error),
                TaskState::Running => {}
            },
            Ok(None) => return Cancelled::No(error),
            Err(unread) if !is_passing(&unread) => return Cancelled::No(error),
            Err(_) => {}
        }
        tokio::time::sleep(pauses.next()).await;
    }
    Cancelled::No(error)
}
