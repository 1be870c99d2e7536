//! The way from everything that was read for one export or import to its checks.
//!
//! Each kind is checked once. What stands in the way of one check is not told again by another: where there is no
//! bucket, what is in it is skipped.

mod bucket;
mod image;
mod layers;
mod object;
mod policies;
mod request;
mod role;

use super::check::{Check, CheckAnswer, settle_dry_run};
use super::input::{Facts, Question};

/// Each of [`super::CheckKind::of`] the operation once, in that order.
#[must_use]
pub fn checks(facts: &Facts<'_>) -> Vec<Check> {
    let mut checks = role::checks(facts);
    checks.extend(bucket::checks(facts));
    checks.extend(policies::checks(facts));
    match facts.question {
        Question::Export(question) => {
            checks.extend(image::checks(facts, question));
            checks.extend(request::of_export(question));
        }
        Question::Import(question) => checks.extend(object::checks(facts, question)),
    }
    checks.extend(request::checks(facts));
    checks.sort_by_key(|check| check.kind);
    for check in &mut checks {
        if matches!(check.answer, CheckAnswer::Failed | CheckAnswer::Depends) {
            check.who = check.who.or(Some(check.kind.party()));
        }
    }
    settle_dry_run(&mut checks);
    checks
}
