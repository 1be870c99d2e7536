//! The RAM policy language: documents, what they mean, and how two of them differ in access.
//!
//! In: the text of permission and trust policies. Out: typed documents, decisions, comparisons.
//! Knows nothing of accounts, HTTP, files, time or the terminal, and uses nothing else of ours.

pub(crate) mod access;
mod bucket;
pub mod catalogue;
pub(crate) mod coverage;
mod document;
pub mod documented;
mod engine;
pub mod equivalence;
mod error;
mod evaluate;
mod exposure;
mod forbidden;
pub mod grant;
mod granting;
mod json;
mod kind;
pub mod lint;
mod operator;
mod power;
mod read;
mod readings;
mod semantics;
pub mod suggest;
pub mod text;
pub mod transition;
mod trust;
mod write;

pub(crate) use coverage::TargetPattern;
pub(crate) use granting::Granting;

pub use access::{
    AccessCondition, AccessLine, Change, Comparison, Description, Exception, ExceptionSource,
    NamedPrincipal, Pattern, PrincipalKind, Question, Reach, Realism, Targets, Variant, Verdict,
    Witness, compare, compare_trust, descriptions,
};
pub use bucket::{BucketPolicy, BucketStatement, Doubt, Meant, RoleSession, meant};
pub use document::{
    ActionMatch, Condition, Effect, LANGUAGE_VERSION, MAX_DOCUMENT_LENGTH, PolicyDocument,
    ResourceMatch, Statement,
};
pub use error::{Place, PolicyError, PolicyErrorKind, quote};
pub use evaluate::{Caller, Decision, Request, StatementPlace, decide, decide_trust, denies};
pub use exposure::{Exposure, newly_exposed};
pub use forbidden::{ANY_OSS, Forbidden, Given, Resources, Trusted, admitted, allowed, given};
pub use kind::DocumentKind;
pub use power::newly_granted_power;
pub use semantics::{Matching, NegatedWhenAbsent, PrincipalReading, Semantics};
pub use trust::{Principal, ServicePrincipal, TrustPolicy, TrustStatement};
