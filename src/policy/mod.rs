//! The RAM policy language: documents, what they mean, and how two of them differ in access.
//!
//! In: the text of permission and trust policies. Out: typed documents, decisions, comparisons.
//! Knows nothing of accounts, HTTP, files, time or the terminal, and uses nothing else of ours.

pub mod catalogue;
mod document;
mod error;
pub mod grant;
mod json;
mod operator;
mod read;
mod trust;
mod write;

pub use document::{
    ActionMatch, Condition, Effect, LANGUAGE_VERSION, MAX_DOCUMENT_LENGTH, PolicyDocument,
    ResourceMatch, Statement,
};
pub use error::{PolicyError, PolicyErrorKind};
pub use trust::{Principal, TrustPolicy, TrustStatement};
