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
    /// Waits until nothing new is to be begun.
    pub async fn graceful(shutdown: watch::Receiver<Self>) {
        Self::at_least(Self::Graceful, shutdown).await;
    }

    /// Waits until even the calls in flight are to be left.
    pub async fn immediate(shutdown: watch::Receiver<Self>) {
        Self::at_least(Self::Immediate, shutdown).await;
    }

    async fn at_least(self, mut shutdown: watch::Receiver<Self>) {
        // A sender that is gone can no longer ask for anything.
        if shutdown
            .wait_for(|shutdown| *shutdown >= self)
            .await
            .is_err()
        {
            std::future::pending::<()>().await;
        }
    }
}
