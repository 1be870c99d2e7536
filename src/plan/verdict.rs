//! Would ExportImage work, now and after the steps.

use super::PlannedStep;
use crate::model::{DesiredState, ObservedState};
use crate::policy::need::Readiness;

pub(super) fn now(_: &DesiredState, _: &ObservedState) -> Readiness {
    Readiness
}
pub(super) fn after(_: &DesiredState, _: &ObservedState, _: &[PlannedStep]) -> Readiness {
    Readiness
}
