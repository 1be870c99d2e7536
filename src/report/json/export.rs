//! What became of an export, for programs. No link is ever in it.

use serde::Serialize;

use crate::export::{Ending, ExportReport};
use crate::model::{BucketObject, TaskPart};

/// One export that was started, or that was to be.
#[derive(Serialize)]
pub(super) struct ExportShape {
    /// How it ended.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    /// Tasks that may be its own, or that export the image already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<String>,
    objects: Vec<ObjectShape>,
    /// Keys that should be there and are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    /// What is said against parts of the task.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartShape>,
    /// How long it was followed.
    seconds: u64,
}

#[derive(Serialize)]
struct ObjectShape {
    key: String,
    /// Unit: bytes. A text, since it may have 64 bits.
    size: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_class: Option<String>,
}

#[derive(Serialize)]
struct PartShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    code: String,
    message: String,
}

impl ExportShape {
    pub(super) fn new(report: &ExportReport) -> Self {
        let ExportReport {
            task,
            bucket: _,
            ending,
            took,
        } = report;
        let mut shape = Self {
            outcome: outcome(ending),
            task: task.clone(),
            candidates: Vec::new(),
            objects: Vec::new(),
            missing: Vec::new(),
            parts: Vec::new(),
            seconds: took.as_secs(),
        };
        match ending {
            Ending::Exported { objects } => shape.objects = shapes(objects),
            Ending::Refused { running, .. } => shape.candidates.clone_from(running),
            Ending::Unknown { candidates, .. } => shape.candidates.clone_from(candidates),
            Ending::Failed { parts } => shape.parts = parts.iter().map(PartShape::new).collect(),
            Ending::Missing { keys, objects } => {
                shape.missing.clone_from(keys);
                shape.objects = shapes(objects);
            }
            Ending::Detached
            | Ending::Cancelled
            | Ending::Unseen { .. }
            | Ending::OutOfSight { .. }
            | Ending::NoTask
            | Ending::Stopped => {}
        }
        shape
    }
}

fn outcome(ending: &Ending) -> &'static str {
    match ending {
        Ending::Exported { .. } => "exported",
        Ending::Detached => "started",
        Ending::Refused { .. } => "refused",
        Ending::Unknown { .. } => "unknown",
        Ending::Failed { .. } => "failed",
        Ending::Cancelled => "cancelled",
        Ending::Missing { .. } => "missing",
        Ending::Unseen { .. } => "unseen",
        Ending::OutOfSight { .. } => "out-of-sight",
        Ending::NoTask => "no-task",
        Ending::Stopped => "interrupted",
    }
}

fn shapes(objects: &[BucketObject]) -> Vec<ObjectShape> {
    let shape = |object: &BucketObject| ObjectShape {
        key: object.key.clone(),
        size: object.size.to_string(),
        storage_class: object.storage_class.clone(),
    };
    objects.iter().map(shape).collect()
}

impl PartShape {
    fn new(part: &TaskPart) -> Self {
        let TaskPart {
            status: _,
            error_code,
            error_message,
            object,
            bucket: _,
        } = part;
        Self {
            object: object.clone(),
            code: error_code.clone(),
            message: error_message.clone(),
        }
    }
}
