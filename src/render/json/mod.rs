//! Reports for programs, format 1.0.
//!
//! The shapes are frozen copies, not dumps of internal types: a field may be added within 1.x, none is renamed
//! or removed. Readers ignore keys they do not know. Account ids and versions are strings.

mod access;
mod shapes;

use crate::apply::ApplyReport;
use crate::drift::DriftReport;
use crate::model::Caller;
use crate::plan::Plan;

use shapes::{Account, Drift, Report, Whoami};

/// The number every report carries.
pub const FORMAT_VERSION: &str = "1.0";

/// A report that failed to be made into text, which a value of these shapes cannot.
fn text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .unwrap_or_default()
}

/// The report of `plan` and `destroy`.
#[must_use]
pub fn plan(kind: &'static str, plan: &Plan) -> String {
    text(&Report::new(kind, vec![Account::planned(plan)]))
}

/// The report of `apply`: the plan, and what became of its steps. `in_sync` tells whether the second plan was
/// empty, where there was one.
#[must_use]
pub fn apply(
    kind: &'static str,
    plan: &Plan,
    report: &ApplyReport,
    in_sync: Option<bool>,
) -> String {
    text(&Report::new(
        kind,
        vec![Account::applied(plan, report, in_sync)],
    ))
}

/// The report of `drift`.
#[must_use]
pub fn drift(plan: &Plan, report: &DriftReport) -> String {
    text(&Drift::new(plan, report))
}

/// The answer of `whoami`.
#[must_use]
pub fn whoami(caller: &Caller, source: &str, access_key_id: &str) -> String {
    text(&Whoami::new(caller, source, access_key_id))
}
