//! What an audit reports: where the account has moved away from the spec, and whether exports are blocked.
//!
//! In: desired and observed state, and the plan between them. Out: findings, each with an id that stays the same
//! from night to night, a state that changes when the finding does, and a severity by effect.
//!
//! A plan speaks of the way back to the spec; findings speak of the account: what it gives beyond the spec is
//! gained, what it falls short by is lost.

mod audit;
mod entity;
mod export;
mod finding;
mod identity;

pub use audit::audit;
pub use finding::{DriftKind, DriftReport, Finding, Severity, Value};
