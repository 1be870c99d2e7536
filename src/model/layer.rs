//! What was read for one export besides the role.

use super::{Bucket, ControlPolicy, DryRun, Image};

/// Something that was read, or why it was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer<T> {
    /// It was read.
    Read(T),
    /// It was not asked for.
    NotAsked,
    /// It could not be read; why, on one line.
    NotRead(String),
}

/// What ECS, OSS and the resource directory say about one export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedExport {
    /// The image; `None` inside where there is none of this id in the region.
    pub image: Layer<Option<Image>>,
    /// The bucket; `None` inside where there is none of this name.
    pub bucket: Layer<Option<Bucket>>,
    /// The bucket policy, as sent; `None` inside where the bucket has none.
    pub bucket_policy: Layer<Option<String>>,
    /// The control policies that bind the account.
    pub control_policies: Layer<Vec<ControlPolicy>>,
    /// The ids of the instances in the region that wear the role.
    pub instances: Layer<Vec<String>>,
    /// How ExportImage answered with the flag `DryRun`.
    pub dry_run: Layer<DryRunAnswer>,
}

/// How ExportImage answered with the flag `DryRun`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DryRunAnswer {
    /// It was not refused.
    Taken(DryRun),
    /// It was refused.
    Refused {
        /// The error's code.
        code: String,
        /// The error's message.
        message: String,
    },
}
