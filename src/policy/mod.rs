//! The RAM policy language: documents, what they mean, and how two of them differ in access.
//!
//! In: the text of permission and trust policies. Out: typed documents, decisions, comparisons.
//! Knows nothing of accounts, HTTP, files, time or the terminal, and uses nothing else of ours.

mod access_line;
pub mod catalogue;
mod compare;
mod comparison;
mod document;
pub mod documented;
mod dress;
mod engine;
mod error;
mod evaluate;
pub mod grant;
mod json;
mod lines;
pub mod lint;
pub mod need;
mod operator;
mod read;
mod readings;
pub mod same;
mod semantics;
mod sides;
pub mod transition;
mod trust;
mod words;
mod write;

pub use access_line::{AccessLine, Change, Reach, Realism, Witness};
pub use compare::{compare, compare_trust};
pub use comparison::{Comparison, Question, Variant, Verdict};

pub use document::{
    ActionMatch, Condition, Effect, LANGUAGE_VERSION, MAX_DOCUMENT_LENGTH, PolicyDocument,
    ResourceMatch, Statement,
};
pub use error::{PolicyError, PolicyErrorKind};
pub use evaluate::{Caller, Decision, Request, StatementPlace, decide, decide_trust, denies};
pub use semantics::{Matching, NegatedWhenAbsent, PrincipalReading, Semantics};
pub use trust::{Principal, TrustPolicy, TrustStatement};
