//! The stretches of the line that several commands share, in its order: load the spec, plan the accounts, approve,
//! execute, report.

pub(super) mod acceptance;
mod account_result;
pub(super) mod approval;
pub(super) mod calls;
pub(super) mod codes;
pub(super) mod earlier;
pub(super) mod execution;
pub(super) mod export;
pub(super) mod members;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod results;
pub(super) mod saved_plan;
pub(super) mod spec;
pub(super) mod verify;
pub(super) mod wait_ready;
