//! What ExportImage and ImportImage are asked for, and the task they make of it.

/// The parameters of an ExportImage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    /// The region of image and bucket.
    pub region: String,
    /// The image.
    pub image: String,
    /// The bucket.
    pub bucket: String,
    /// `OSSPrefix`; `None` for none.
    pub prefix: Option<String>,
    /// `ImageFormat`; `None` for the service's default, `raw`.
    pub format: Option<String>,
    /// `RoleName`; `None` for the default role.
    pub role: Option<String>,
}

/// The parameters of an ImportImage of one disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    /// The region of the bucket.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The object that holds the system disk.
    pub object: String,
}

/// How a dry run ended that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DryRun {
    /// The service said that the request is valid, with this code.
    Passed {
        /// `DryRunOperation` or `DRYRUN.SUCCESS`.
        code: String,
    },
    /// The service took no notice of the flag: a real export or import runs as this task.
    Started {
        /// The task's id.
        task: String,
    },
}

/// A task of ECS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportTask {
    /// Its id.
    pub id: String,
    /// What it does, such as `ExportImage`; compare it loosely, old answers say `EXPORT_IMAGE`.
    pub action: String,
    /// Its status as sent: `Waiting`, `Processing`, `Paused`, `Finished`, `Failed`, `Deleted`, or one that is not
    /// documented.
    pub status: String,
    /// What it works on, where that was sent; whether it is the image is not documented.
    pub resource: Option<String>,
    /// How far it is, in percent; `None` where it was not sent.
    pub percent: Option<u8>,
    /// Whether it can be cancelled, where that was sent.
    pub can_be_cancelled: Option<bool>,
    /// When it began, as sent: `2026-01-02T03:04Z`.
    pub created: String,
    /// When it ended, as sent; empty while it runs.
    pub finished: String,
    /// How many of its parts have failed.
    pub failed_parts: u64,
    /// What is said of its parts.
    pub parts: Vec<TaskPart>,
}

/// One part of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskPart {
    /// Its status as sent, such as `Success`.
    pub status: String,
    /// Its error code; empty for none.
    pub error_code: String,
    /// Its error's message; empty for none.
    pub error_message: String,
    /// The object it wrote, where that was sent.
    pub object: Option<String>,
    /// The bucket it wrote to, where that was sent.
    pub bucket: Option<String>,
}
