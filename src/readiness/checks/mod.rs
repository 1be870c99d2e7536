//! The way from everything that was read for one export to its checks.
//!
//! Each kind is checked once. What stands in the way of one check is not told again by another: where there is no
//! bucket, what is in it is skipped.

mod bucket;
mod image;
mod layers;
mod policies;
mod request;
mod role;

use super::check::Check;
use super::input::ExportFacts;

/// Each of [`super::CheckKind::ALL`] once, in that order.
#[must_use]
pub fn checks(facts: &ExportFacts<'_>) -> Vec<Check> {
    let mut checks = role::checks(facts);
    checks.extend(bucket::checks(facts));
    checks.extend(policies::checks(facts));
    checks.extend(image::checks(facts));
    checks.extend(request::checks(facts));
    checks.sort_by_key(|check| check.kind);
    checks
}
