//! The core's view of ECS, OSS and the resource directory: one trait to read them, one to export.
//!
//! `verify` is given a [`ReadServices`] and so cannot export.

use std::future::Future;
use std::time::Duration;

use crate::account::AccountError;
use crate::model::{
    AccountId, Bucket, BucketObject, ControlPolicy, DryRun, ExportRequest, ExportTask, Image,
    ImportRequest, RoleName,
};

/// Reads what decides about an export or import besides RAM. `None` always means that the service said "does not exist".
pub trait ReadServices: Sync {
    /// The image of this id, whatever its status. Where the image does not say whether a disk is encrypted, its
    /// snapshot is asked.
    fn image(
        &self,
        region: &str,
        image: &str,
    ) -> impl Future<Output = Result<Option<Image>, AccountError>> + Send;

    /// The bucket, in whichever region it is; it is looked for in `region` first.
    fn bucket(
        &self,
        region: &str,
        bucket: &str,
    ) -> impl Future<Output = Result<Option<Bucket>, AccountError>> + Send;

    /// Whether a retention policy forbids to overwrite and delete objects in the bucket.
    fn is_locked(
        &self,
        region: &str,
        bucket: &str,
    ) -> impl Future<Output = Result<bool, AccountError>> + Send;

    /// The text of the bucket's policy; `None` when it has none.
    fn bucket_policy(
        &self,
        region: &str,
        bucket: &str,
    ) -> impl Future<Output = Result<Option<String>, AccountError>> + Send;

    /// The ids of the instances in the region that wear the role.
    fn instances_with_role(
        &self,
        region: &str,
        role: &RoleName,
    ) -> impl Future<Output = Result<Vec<String>, AccountError>> + Send;

    /// Every control policy that binds the account: its own, those of the folders above it, and the root's. Empty
    /// where the account is in no directory.
    fn control_policies(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<Vec<ControlPolicy>, AccountError>> + Send;

    /// The object of this key; `None` when there is none.
    fn object(
        &self,
        region: &str,
        bucket: &str,
        key: &str,
    ) -> impl Future<Output = Result<Option<BucketObject>, AccountError>> + Send;

    /// Asks ExportImage with the flag `DryRun`. A refusal is an error with the code of the refusal.
    fn dry_run(
        &self,
        request: &ExportRequest,
    ) -> impl Future<Output = Result<DryRun, AccountError>> + Send;

    /// Asks ImportImage with the flag `DryRun`. A refusal is an error with the code of the refusal.
    fn dry_run_import(
        &self,
        request: &ImportRequest,
    ) -> impl Future<Output = Result<DryRun, AccountError>> + Send;
}

/// Exports images.
pub trait ExportImages: ReadServices {
    /// Starts an export, once, and gives the task's id.
    ///
    /// # Errors
    /// With kind `OutcomeUnknown` when the export may or may not have started: ask [`ExportImages::tasks`].
    fn start(
        &self,
        request: &ExportRequest,
    ) -> impl Future<Output = Result<String, AccountError>> + Send;

    /// The export tasks of the region, newest first.
    fn tasks(
        &self,
        region: &str,
    ) -> impl Future<Output = Result<Vec<ExportTask>, AccountError>> + Send;

    /// The task with its parts; `None` when there is none of this id.
    fn task(
        &self,
        region: &str,
        task: &str,
    ) -> impl Future<Output = Result<Option<ExportTask>, AccountError>> + Send;

    /// Cancels a running task.
    fn cancel(
        &self,
        region: &str,
        task: &str,
    ) -> impl Future<Output = Result<(), AccountError>> + Send;

    /// The objects whose keys start with `prefix`, by key.
    fn objects(
        &self,
        region: &str,
        bucket: &str,
        prefix: &str,
    ) -> impl Future<Output = Result<Vec<BucketObject>, AccountError>> + Send;

    /// A link with which anybody can download the object for `life`. It is a secret.
    fn presigned_url(
        &self,
        region: &str,
        bucket: &str,
        key: &str,
        life: Duration,
    ) -> impl Future<Output = Result<String, AccountError>> + Send;
}
