//! The flag `DryRun` of ExportImage and ImportImage: how deep a request is looked at before it is said to have passed.

use super::errors;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{DryRun, World};

/// Whether a request is a dry run, how deep it goes, and what a passed one is answered.
pub(super) struct DryRunRequest {
    depth: Option<DryRun>,
    code: String,
}

impl DryRunRequest {
    pub(super) fn read(world: &World, parameters: &Parameters) -> Result<Self, ApiError> {
        let is_dry = parameters.boolean("DryRun")?.unwrap_or(false);
        Ok(Self {
            depth: is_dry.then_some(world.behavior.dry_run),
            code: world.behavior.dry_run_code.clone(),
        })
    }

    /// Ends a dry run that goes as deep as `depth` and no deeper; a passed one is answered like an error.
    pub(super) fn end_at(&self, depth: DryRun) -> Result<(), ApiError> {
        match self.depth == Some(depth) {
            true => Err(errors::dry_run_passed(&self.code)),
            false => Ok(()),
        }
    }
}
