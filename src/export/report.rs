//! What became of an export.

use std::time::Duration;

use crate::account::AccountError;
use crate::model::{BucketObject, TaskPart};

/// An export, as far as it was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReport {
    /// Its task, where it has one that is known.
    pub task: Option<String>,
    /// The bucket that it wrote to, where it finished and that is known.
    pub bucket: Option<String>,
    /// How it ended.
    pub ending: Ending,
    /// How long it was followed.
    pub took: Duration,
}

/// How an export ended for the one who followed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The task finished, and every object is there.
    Exported {
        /// The objects, by key.
        objects: Vec<BucketObject>,
    },
    /// The task runs on by itself, as was asked for.
    Detached,
    /// No export was started.
    Refused {
        /// Why.
        error: AccountError,
        /// The tasks that export the image already.
        running: Vec<String>,
    },
    /// Whether an export was started could not be found out.
    Unknown {
        /// What came in place of an answer.
        error: AccountError,
        /// The tasks that it may be.
        candidates: Vec<String>,
        /// Whether a signal ended the search.
        is_interrupted: bool,
    },
    /// The task failed, as a whole or in part.
    Failed {
        /// What is said of the parts that failed.
        parts: Vec<TaskPart>,
    },
    /// The task was cancelled, by whomever.
    Cancelled,
    /// The task finished, and objects are missing.
    Missing {
        /// The keys that are not there, or still hold an older export; empty where none was named and none found.
        keys: Vec<String>,
        /// Those that are.
        objects: Vec<BucketObject>,
    },
    /// The task finished, and whether its objects are there could not be seen.
    Unseen {
        /// Why not.
        error: AccountError,
    },
    /// The task runs or has ended, and can no longer be followed.
    OutOfSight {
        /// Why not.
        error: AccountError,
    },
    /// There is no task of this id.
    NoTask,
    /// It was not followed to its end; the task runs on.
    Stopped,
}

/// What is told while an export runs.
#[derive(Debug)]
pub enum Event<'a> {
    /// The task is known by this id.
    Task(&'a str),
    /// The answer to ExportImage was lost; the tasks are asked.
    LookingForTask(&'a AccountError),
    /// The task as it was just seen.
    Seen {
        /// Its status, as the service calls it.
        status: &'a str,
        /// How far it is, in percent.
        percent: u8,
        /// How long it is followed.
        took: Duration,
    },
    /// No answer came; it is asked again and again.
    OutOfReach(&'a AccountError),
    /// Answers come again.
    BackInReach,
}
