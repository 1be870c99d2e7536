//! Data to text. Nothing here reads, decides or prints: every function appends to a `String`.
//!
//! Text for people carries ANSI styles always; whoever prints it strips them where colour is off.

//!
//! | part | holds |
//! |---|---|
//! | `json` | the report for programs: the published format |
//! | `text` | the report for people at a terminal |
//! | `run` | a JSON report read back, for all the others |
//! | `words` | what is said of a finding in all of them |
//! | `sarif`, `junit`, `gitlab`, `github`, `markdown`, `html` | one format each |

pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod run;
pub mod sarif;
pub mod text;
mod words;

/// When a report was written.
#[derive(Debug, Clone, Default)]
pub struct Stamp {
    /// UTC to the second, as `2026-11-28T20:15:00Z`; `None` in reports that are to be the same for the same state.
    pub at: Option<String>,
}

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
