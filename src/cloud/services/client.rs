//! The client of one account.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use crate::account::AccountError;
use crate::cloud::ecs::EcsClient;
use crate::cloud::oss;
use crate::cloud::resource_manager::control_policies::ControlPolicyReader;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::traffic::Counts;
use crate::cloud::rpc::transport::Transport;
use crate::model::{
    AccountId, Bucket, BucketObject, ControlPolicy, DryRun, ExportRequest, ExportTask, Image,
    ImportRequest, RoleName,
};
use crate::services::{ExportImages, ReadServices};

/// Reads what decides about the exports and imports of one account, and exports, implementing [`ReadServices`] and
/// [`ExportImages`].
pub struct ServicesClient<T, C> {
    rpc: Arc<RpcClient<T, C>>,
    ecs: EcsClient<T, C>,
    control_policies: Arc<ControlPolicyReader<T, C>>,
}

impl<T: Transport, C: CredentialSource> ServicesClient<T, C> {
    /// A client that calls through `rpc` with the account's credentials; `control_policies` has those of the directory's
    /// management account, and is shared by all accounts of a run.
    #[must_use]
    pub fn new(rpc: RpcClient<T, C>, control_policies: Arc<ControlPolicyReader<T, C>>) -> Self {
        let rpc = Arc::new(rpc);
        Self {
            ecs: EcsClient::new(Arc::clone(&rpc)),
            rpc,
            control_policies,
        }
    }

    /// What this client, and those that share its traffic, did so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.rpc.counts()
    }
}

impl<T: Transport, C: CredentialSource> ReadServices for ServicesClient<T, C> {
    async fn image(&self, region: &str, image: &str) -> Result<Option<Image>, AccountError> {
        self.ecs.image(region, image).await
    }

    async fn bucket(&self, region: &str, bucket: &str) -> Result<Option<Bucket>, AccountError> {
        oss::bucket(&self.rpc, region, bucket).await
    }

    async fn is_locked(&self, region: &str, bucket: &str) -> Result<bool, AccountError> {
        oss::is_locked(&self.rpc, region, bucket).await
    }

    async fn bucket_policy(
        &self,
        region: &str,
        bucket: &str,
    ) -> Result<Option<String>, AccountError> {
        oss::bucket_policy(&self.rpc, region, bucket).await
    }

    async fn instances_with_role(
        &self,
        region: &str,
        role: &RoleName,
    ) -> Result<Vec<String>, AccountError> {
        self.ecs.instances_with_role(region, role).await
    }

    async fn control_policies(
        &self,
        account: &AccountId,
    ) -> Result<Vec<ControlPolicy>, AccountError> {
        self.control_policies.policies(account).await
    }

    async fn object(
        &self,
        region: &str,
        bucket: &str,
        key: &str,
    ) -> Result<Option<BucketObject>, AccountError> {
        oss::object(&self.rpc, region, bucket, key).await
    }

    async fn dry_run(&self, request: &ExportRequest) -> Result<DryRun, AccountError> {
        self.ecs.dry_run(request).await
    }

    async fn dry_run_import(&self, request: &ImportRequest) -> Result<DryRun, AccountError> {
        self.ecs.dry_run_import(request).await
    }
}

impl<T: Transport, C: CredentialSource> ExportImages for ServicesClient<T, C> {
    async fn start(&self, request: &ExportRequest) -> Result<String, AccountError> {
        self.ecs.start(request).await
    }

    async fn tasks(&self, region: &str) -> Result<Vec<ExportTask>, AccountError> {
        self.ecs.tasks(region).await
    }

    async fn task(&self, region: &str, task: &str) -> Result<Option<ExportTask>, AccountError> {
        self.ecs.task(region, task).await
    }

    async fn cancel(&self, region: &str, task: &str) -> Result<(), AccountError> {
        self.ecs.cancel(region, task).await
    }

    async fn objects(
        &self,
        region: &str,
        bucket: &str,
        prefix: &str,
    ) -> Result<Vec<BucketObject>, AccountError> {
        oss::objects(&self.rpc, region, bucket, prefix).await
    }

    async fn presigned_url(
        &self,
        region: &str,
        bucket: &str,
        key: &str,
        life: Duration,
    ) -> Result<String, AccountError> {
        let url = oss::presigned_url(&self.rpc, region, bucket, key, life).await?;
        Ok(url.expose_secret().to_owned())
    }
}

/// Shows what its calls are made with, and no credentials.
impl<T, C> std::fmt::Debug for ServicesClient<T, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ServicesClient").field(&self.rpc).finish()
    }
}
