//! ExportImage, for real and as a dry run. Source: ECS, `ExportImage`, and the official SDK's models (7.11.8).

use super::client::EcsClient;
use super::dry_run::task;
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::rpc::attempt::{AttemptError, Effect};
use crate::cloud::rpc::call::{Call, CallKind};
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::transport::Transport;
use crate::model::{DryRun, ExportRequest};

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// Asks with the flag `DryRun`.
    ///
    /// # Errors
    /// When ECS refuses the request, or no answer came.
    pub async fn dry_run(&self, request: &ExportRequest) -> Result<DryRun, AccountError> {
        let call = self.export_image(request).await?;
        self.try_out(call).await
    }

    /// Starts an export, once, and gives the task's id.
    ///
    /// # Errors
    /// With kind `OutcomeUnknown` when it may have started; with any other kind it has not.
    pub async fn start(&self, request: &ExportRequest) -> Result<String, AccountError> {
        let call = self.export_image(request).await?;
        match self.rpc.call(&call).await {
            Ok(reply) => task(&reply).ok_or_else(|| AccountError {
                request_id: Some(reply.request_id().to_owned()),
                ..unknown(&call, "the answer names no task")
            }),
            Err(AttemptError { error, effect, .. }) => Err(match effect {
                Effect::None => error,
                Effect::Unknown { .. } => AccountError {
                    kind: AccountErrorKind::OutcomeUnknown,
                    ..error
                },
            }),
        }
    }

    async fn export_image(&self, request: &ExportRequest) -> Result<Call, AccountError> {
        let ExportRequest {
            region,
            image,
            bucket,
            prefix,
            format,
            role,
        } = request;
        let subject = format!("image {image}");
        let call = self
            .in_region(CallKind::Write, "ExportImage", subject, region)
            .await?;
        Ok(call
            .with("ImageId", image)
            .with("OSSBucket", bucket)
            .with_some("OSSPrefix", prefix.as_ref())
            .with_some("ImageFormat", format.as_ref())
            .with_some("RoleName", role.as_ref()))
    }
}

fn unknown(call: &Call, message: &str) -> AccountError {
    let kind = AccountErrorKind::OutcomeUnknown;
    AttemptError::new(call, kind, message.to_owned()).error
}
