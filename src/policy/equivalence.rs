//! The only meaning of "the same policy" in this project.

use super::access::{Comparison, Question};
use super::access::{compare, compare_trust};
use super::document::PolicyDocument;
use super::error::PolicyError;
use super::trust::TrustPolicy;

/// Compares a live permission policy with the wanted one: can the live text stay, whatever else is attached?
///
/// The same exactly if [`Comparison::is_same`]. `live` is read tolerantly, `wanted` strictly.
///
/// # Errors
/// When either text cannot be read; for `live` that means "unknown", not "different".
pub fn permission(live: &str, wanted: &str) -> Result<Comparison, PolicyError> {
    let live = PolicyDocument::parse_live(live)?;
    let wanted = PolicyDocument::parse(wanted)?;
    Ok(compare(&[&live], &[&wanted], Question::DropIn))
}

/// Compares a live trust policy with the wanted one.
///
/// The same exactly if [`Comparison::is_same`]. `live` is read tolerantly, `wanted` strictly. A role has one
/// trust policy, so nothing else can be attached, and what is admitted is all that counts.
///
/// # Errors
/// When either text cannot be read; for `live` that means "unknown", not "different".
pub fn trust(live: &str, wanted: &str) -> Result<Comparison, PolicyError> {
    let live = TrustPolicy::parse_live(live)?;
    let wanted = TrustPolicy::parse(wanted)?;
    Ok(compare_trust(&live, &wanted))
}
