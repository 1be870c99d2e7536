//! Applies without end against a service that does everything wrong that a service can, on paused time.
//!
//! One seed makes one case: an account, what operators want of it, and which calls go wrong how. While operators run,
//! the network looks at every write as it is sent and at every state as it comes about; afterwards all is quiet, one
//! run must put everything right, and one more must find nothing to do.
//!
//! | variable | |
//! |---|---|
//! | `EXPORT_IAM_SEEDS` | how many seeds; half of them are always the same, half are new |
//! | `EXPORT_IAM_SEED_BASE` | where the new ones begin, as printed by a run that failed |
//! | `EXPORT_IAM_CASE` | one case, as printed by a run that failed, with a trace |
//!
//! A case that failed is made smaller, printed, and belongs into `regressions.txt`, which always runs.

#![allow(
    clippy::field_reassign_with_default,
    clippy::manual_is_multiple_of,
    clippy::precedence,
    clippy::unwrap_used,
    clippy::wrong_self_convention,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

mod access;
mod case;
mod chance;
mod exhaustive;
mod export;
mod export_network;
mod fault;
mod network;
mod patience;
mod plain;
mod play;
mod printed;
mod run;
mod shrink;
mod storm;
