//! Data to text. Nothing here reads, decides or prints: every function appends to a `String`.
//!
//! Text for people carries ANSI styles always; whoever prints it strips them where colour is off.

pub mod json;
pub mod text;

/// The calls that the work on one account took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Calls {
    /// Requests made, repeats included.
    pub made: u64,
    /// Requests that repeated another.
    pub repeated: u64,
    /// Answers that said "too many calls".
    pub throttled: u64,
}
