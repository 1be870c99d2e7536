//! The RAM client against a scripted service, on paused time.

mod answers;
mod fake;
mod lost_answers;
mod retries;
mod secrets;
mod storm;
