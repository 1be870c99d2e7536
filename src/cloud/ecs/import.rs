//! ImportImage, as a dry run. Source: ECS, `ImportImage` (May 2025).

use super::client::EcsClient;
use crate::account::AccountError;
use crate::cloud::rpc::call::CallKind;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::transport::Transport;
use crate::model::{DryRun, ImportRequest};

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// Asks with the flag `DryRun`.
    ///
    /// # Errors
    /// When ECS refuses the request, or no answer came.
    pub async fn dry_run_import(&self, request: &ImportRequest) -> Result<DryRun, AccountError> {
        let ImportRequest {
            region,
            bucket,
            object,
        } = request;
        let subject = format!("object {object}");
        let call = self
            .in_region(CallKind::Write, "ImportImage", subject, region)
            .await?
            .with("DiskDeviceMapping.1.OSSBucket", bucket)
            .with("DiskDeviceMapping.1.OSSObject", object);
        self.try_out(call).await
    }
}
