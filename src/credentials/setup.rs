//! What sources are made with.

use std::sync::Arc;

use super::context::Context;
use super::ecs::{ENDPOINT, Metadata};

/// What a source is made with.
#[derive(Clone, Copy)]
pub(super) struct Setup<'a> {
    pub(super) context: &'a Arc<Context>,
    /// The endpoint of STS from the command line.
    pub(super) sts_endpoint: Option<&'a str>,
    /// The region from the command line.
    pub(super) region: Option<&'a str>,
    /// Where the metadata service is, if not at its one place.
    pub(super) metadata_endpoint: Option<&'a str>,
}

impl Setup<'_> {
    /// The instance's role, by its name if there is one, which stands in `named_by`.
    pub(super) fn metadata(self, role: Option<String>, named_by: &'static str) -> Metadata {
        let endpoint = self.metadata_endpoint.unwrap_or(ENDPOINT);
        Metadata {
            role,
            named_by,
            endpoint: endpoint.trim_end_matches('/').to_owned(),
        }
    }
}
