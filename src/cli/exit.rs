//! The one table of exit statuses.

/// How a run ended. What each number means stands in [`crate::cli::EXIT_STATUS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done, in sync, or nothing pending.
    Success,
    /// Failed; nothing was changed.
    Failed,
    /// Changes pending, drift, not ready, or access differs.
    Differs,
    /// Refused: guard, stale plan, wrong account, or not confirmed.
    Refused,
    /// Stopped part-way.
    Partial,
    /// Something could not be read.
    Incomplete,
    /// Bad command line.
    Usage,
    /// Interrupted.
    Interrupted,
}

impl ExitStatus {
    /// The number for the shell.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Differs => 2,
            Self::Refused => 3,
            Self::Partial => 4,
            Self::Incomplete => 5,
            Self::Usage => 64,
            Self::Interrupted => 130,
        }
    }
}
