//! What an audit reports: where the account has moved away from the spec, and whether exports are blocked.
//!
//! In: desired and observed state, and the plan between them. Out: findings, each with an id that stays the same
//! from night to night, a state that changes when the finding does, and a severity by effect.
//!
//! Findings live for months: some are accepted until a day, and last night's report tells the new ones from the rest.
//!
//! A plan speaks of the way back to the spec; findings speak of the account: what it gives beyond the spec is
//! gained, what it falls short by is lost.

mod acceptance;
mod audit;
mod baseline;
mod entity;
mod export;
mod finding;
mod identity;
mod instances;
mod never;
mod severity;
mod standing;

pub use audit::audit;
pub use baseline::{AccountChange, Baseline, ReportChange};
pub use finding::{DriftKind, DriftReport, FailOn, Finding, Value};
pub(crate) use identity::digest;
pub use instances::instances_finding;
pub use severity::Severity;
pub use standing::{Accepted, Earlier, Since, Standing};
