//! Which permissions the calls to ECS, OSS and the resource directory need.
//!
//! Source: ECS, "Authorization rules": images by id, snapshots and instances as a whole; OSS, "RAM policy": `HEAD` is
//! `oss:GetObject`; the region in a resource may be any.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::resource_manager::control_policies;
use crate::cloud::resource_manager::service::RESOURCE_MANAGER;
use crate::cloud::rpc::lock::lock;
use crate::model::{
    AccountId, Bucket, BucketObject, ControlPolicy, DryRun, ExportRequest, ExportTask, Image,
    ImportRequest, RoleName,
};
use crate::services::{ExportImages, ReadServices};

/// Stands for services that hold nothing: takes every call, and notes which permissions it would need.
#[derive(Debug)]
pub struct ServicesPermissions {
    /// The account in resource patterns; `*` for any.
    account: String,
    needed: Mutex<BTreeSet<(String, String)>>,
    of_directory: Mutex<BTreeSet<(String, String)>>,
}

impl ServicesPermissions {
    /// A recorder for calls to `account`, or to any.
    #[must_use]
    pub fn new(account: Option<&AccountId>) -> Self {
        Self {
            account: account.map_or("*", AccountId::as_str).to_owned(),
            needed: Mutex::default(),
            of_directory: Mutex::default(),
        }
    }

    /// The pairs of action and resource pattern that the calls to the account need.
    #[must_use]
    pub fn needed(&self) -> BTreeSet<(String, String)> {
        lock(&self.needed).clone()
    }

    /// Those that the calls to the resource directory need, which the management account answers.
    #[must_use]
    pub fn of_directory(&self) -> BTreeSet<(String, String)> {
        lock(&self.of_directory).clone()
    }

    fn ecs(&self, operation: &str, entity: &str) {
        let resource = match entity {
            "*" => "*".to_owned(),
            entity => format!("acs:ecs:*:{}:{entity}", self.account),
        };
        lock(&self.needed).insert((format!("ecs:{operation}"), resource));
    }

    fn oss(&self, action: &str, entity: &str) {
        let resource = format!("acs:oss:*:{}:{entity}", self.account);
        lock(&self.needed).insert((format!("oss:{action}"), resource));
    }
}

impl ReadServices for ServicesPermissions {
    async fn image(&self, _region: &str, _image: &str) -> Result<Option<Image>, AccountError> {
        self.ecs("DescribeImages", "image/*");
        self.ecs("DescribeSnapshots", "snapshot/*");
        Ok(None)
    }

    async fn bucket(&self, _region: &str, bucket: &str) -> Result<Option<Bucket>, AccountError> {
        self.oss("GetBucketInfo", bucket);
        Ok(None)
    }

    async fn is_locked(&self, _region: &str, bucket: &str) -> Result<bool, AccountError> {
        self.oss("GetBucketWorm", bucket);
        Ok(false)
    }

    async fn bucket_policy(
        &self,
        _region: &str,
        bucket: &str,
    ) -> Result<Option<String>, AccountError> {
        self.oss("GetBucketPolicy", bucket);
        Ok(None)
    }

    async fn instances_with_role(
        &self,
        _region: &str,
        _role: &RoleName,
    ) -> Result<Vec<String>, AccountError> {
        self.ecs("DescribeInstanceRamRole", "instance/*");
        Ok(Vec::new())
    }

    async fn control_policies(
        &self,
        _account: &AccountId,
    ) -> Result<Vec<ControlPolicy>, AccountError> {
        let pairs = control_policies::OPERATIONS.map(|operation| {
            let action = format!("{}:{operation}", RESOURCE_MANAGER.name);
            (action, "*".to_owned())
        });
        lock(&self.of_directory).extend(pairs);
        Ok(Vec::new())
    }

    async fn object(
        &self,
        _region: &str,
        bucket: &str,
        _key: &str,
    ) -> Result<Option<BucketObject>, AccountError> {
        self.oss("GetObject", &format!("{bucket}/*"));
        Ok(None)
    }

    async fn dry_run(&self, request: &ExportRequest) -> Result<DryRun, AccountError> {
        self.ecs("ExportImage", &format!("image/{}", request.image));
        Ok(DryRun::Passed {
            code: String::new(),
        })
    }

    async fn dry_run_import(&self, _request: &ImportRequest) -> Result<DryRun, AccountError> {
        self.ecs("ImportImage", "image/*");
        Ok(DryRun::Passed {
            code: String::new(),
        })
    }
}

impl ExportImages for ServicesPermissions {
    async fn start(&self, request: &ExportRequest) -> Result<String, AccountError> {
        self.ecs("ExportImage", &format!("image/{}", request.image));
        Ok(String::new())
    }

    async fn tasks(&self, _region: &str) -> Result<Vec<ExportTask>, AccountError> {
        self.ecs("DescribeTasks", "*");
        Ok(Vec::new())
    }

    async fn task(&self, _region: &str, _task: &str) -> Result<Option<ExportTask>, AccountError> {
        self.ecs("DescribeTaskAttribute", "*");
        Ok(None)
    }

    async fn cancel(&self, _region: &str, _task: &str) -> Result<(), AccountError> {
        self.ecs("CancelTask", "*");
        Ok(())
    }

    async fn objects(
        &self,
        _region: &str,
        bucket: &str,
        _prefix: &str,
    ) -> Result<Vec<BucketObject>, AccountError> {
        self.oss("ListObjects", bucket);
        Ok(Vec::new())
    }

    async fn presigned_url(
        &self,
        _region: &str,
        bucket: &str,
        _key: &str,
        _life: Duration,
    ) -> Result<String, AccountError> {
        self.oss("GetObject", &format!("{bucket}/*"));
        Err(AccountError::new("GetObject", AccountErrorKind::Rejected))
    }
}
