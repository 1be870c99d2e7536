//! How a running apply is told to stop early.

use tokio::sync::watch;

/// How far a running apply may still go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shutdown {
    /// All the way.
    None,
    /// Wait for the calls in flight, begin nothing new.
    Graceful,
    /// Leave even the calls in flight; their outcome is unknown.
    Immediate,
}

impl Shutdown {
    /// Waits until even the calls in flight are to be left.
    pub async fn immediate(mut shutdown: watch::Receiver<Self>) {
        // A sender that is gone can no longer ask for anything.
        if shutdown
            .wait_for(|shutdown| *shutdown == Self::Immediate)
            .await
            .is_err()
        {
            std::future::pending::<()>().await;
        }
    }
}
