//! The RAM client against a scripted service, on paused time.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod answers;
mod fake;
mod lost_answers;
mod retries;
mod secrets;
mod storm;
