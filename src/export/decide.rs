//! What answers about tasks and objects mean. Calls nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::account::{AccountError, AccountErrorKind};
use crate::model::{BucketObject, ExportRequest, ExportTask, TaskPart};

/// What a task's status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskState {
    Running,
    Finished,
    Failed,
    Cancelled,
}

/// A status that is not documented counts as running: only what is known to be an end is one. A task that finished
/// with failed parts has failed.
pub(super) fn state(task: &ExportTask) -> TaskState {
    let has_failed_part =
        task.failed_parts > 0 || task.parts.iter().any(|part| !part.error_code.is_empty());
    match task.status.as_str() {
        "Finished" if has_failed_part => TaskState::Failed,
        "Finished" => TaskState::Finished,
        "Failed" => TaskState::Failed,
        "Deleted" => TaskState::Cancelled,
        _ => TaskState::Running,
    }
}

/// The parts that something is said against.
pub(super) fn failed_parts(task: &ExportTask) -> Vec<TaskPart> {
    let parts = task.parts.iter();
    let is_failed = |part: &&TaskPart| {
        !part.error_code.is_empty()
            || !part.error_message.is_empty()
            || part.status.eq_ignore_ascii_case("failed")
    };
    parts.filter(is_failed).cloned().collect()
}

/// The tasks that export the image now, where tasks say what they work on.
pub(super) fn running_for(tasks: &[ExportTask], image: &str) -> Vec<String> {
    let running = tasks
        .iter()
        .filter(|task| state(task) == TaskState::Running);
    let own = running
        .clone()
        .filter(|task| task.resource.as_deref() == Some(image));
    let own: Vec<String> = own.map(|task| task.id.clone()).collect();
    match own.is_empty() {
        false => own,
        // Whether tasks name the image is not documented.
        true => running
            .filter(|task| !names_another_image(task, image))
            .map(|task| task.id.clone())
            .collect(),
    }
}

/// The tasks that came since `before` and may be the one that `request` started. One that names the image stands for
/// all: an image is exported once at a time.
pub(super) fn came_since<'a>(
    before: &BTreeSet<String>,
    after: &'a [ExportTask],
    request: &ExportRequest,
) -> Vec<&'a ExportTask> {
    let image = request.image.as_str();
    let fresh: Vec<&ExportTask> = after
        .iter()
        .filter(|task| !before.contains(&task.id) && !names_another_image(task, image))
        .collect();
    let own = fresh
        .iter()
        .find(|task| task.resource.as_deref() == Some(image));
    match own {
        Some(own) => vec![*own],
        None => fresh,
    }
}

fn names_another_image(task: &ExportTask, image: &str) -> bool {
    task.resource
        .as_deref()
        .is_some_and(|resource| resource.starts_with("m-") && resource != image)
}

/// Whether what a task says of its parts speaks against its being the one that `request` started.
pub(super) fn is_of_another(task: &ExportTask, request: &ExportRequest) -> bool {
    let start = key_start(request);
    task.parts.iter().any(|part| {
        let is_other_bucket = part
            .bucket
            .as_ref()
            .is_some_and(|bucket| *bucket != request.bucket);
        let is_other_key = part
            .object
            .as_ref()
            .is_some_and(|key| !key.starts_with(&start));
        is_other_bucket || is_other_key
    })
}

/// How the keys of an export begin. What follows differs by disk and format, and is not documented for every format.
pub(super) fn key_start(request: &ExportRequest) -> String {
    match request.prefix.as_deref() {
        None | Some("") => format!("{}_", request.image),
        Some(prefix) => format!("{prefix}_{}_", request.image),
    }
}

/// The bucket and the keys that a task says it wrote, sorted.
pub(super) fn written(task: &ExportTask) -> (Option<String>, Vec<String>) {
    let bucket = task.parts.iter().find_map(|part| part.bucket.clone());
    let keys: BTreeSet<String> = task
        .parts
        .iter()
        .filter_map(|part| part.object.clone())
        .collect();
    (bucket, keys.into_iter().collect())
}

/// Whether the object was written by the task, and is not left from an earlier export under the same key. Tasks tell
/// their beginning to the minute, so an object of the minute before counts as older.
pub(super) fn is_of_task(object: &BucketObject, task: &ExportTask) -> bool {
    match (object.modified, task.created.parse::<Timestamp>()) {
        (Some(modified), Ok(created)) => modified >= created,
        _ => true,
    }
}

/// Whether asking again may bring an answer.
pub(super) fn is_passing(error: &AccountError) -> bool {
    use AccountErrorKind::{
        BadAnswer, Clock, Credential, OutcomeUnknown, Throttled, Unavailable, Unreachable,
    };
    matches!(
        error.kind,
        Unavailable | Unreachable | Throttled | BadAnswer | Clock | Credential | OutcomeUnknown
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: &str, resource: &str, status: &str) -> ExportTask {
        ExportTask {
            id: id.to_owned(),
            status: status.to_owned(),
            resource: Some(resource.to_owned()).filter(|text| !text.is_empty()),
            ..ExportTask::default()
        }
    }

    fn request() -> ExportRequest {
        ExportRequest {
            region: "cn-hangzhou".to_owned(),
            image: "m-1".to_owned(),
            bucket: "exports".to_owned(),
            prefix: Some("Nightly".to_owned()),
            format: None,
            role: None,
        }
    }

    #[test]
    fn only_documented_ends_are_ends() {
        for (status, expected) in [
            ("Waiting", TaskState::Running),
            ("Processing", TaskState::Running),
            ("Paused", TaskState::Running),
            ("Pending", TaskState::Running),
            ("", TaskState::Running),
            ("Finished", TaskState::Finished),
            ("Failed", TaskState::Failed),
            ("Deleted", TaskState::Cancelled),
        ] {
            assert_eq!(state(&task("t", "", status)), expected, "{status}");
        }
        let mut partly = task("t", "", "Finished");
        partly.failed_parts = 1;
        assert_eq!(state(&partly), TaskState::Failed);
    }

    #[test]
    fn the_task_of_a_lost_answer_is_the_new_one_of_this_image() {
        let before = BTreeSet::from(["t-old".to_owned()]);
        let ids = |tasks: &[ExportTask]| -> Vec<String> {
            let found = came_since(&before, tasks, &request());
            found.into_iter().map(|task| task.id.clone()).collect()
        };
        let old = task("t-old", "m-1", "Processing");
        let other = task("t-2", "m-2", "Processing");
        assert_eq!(ids(&[old.clone(), other.clone()]), Vec::<String>::new());
        let own = task("t-3", "m-1", "Processing");
        let silent = task("t-4", "", "Processing");
        assert_eq!(ids(&[silent.clone(), own, other.clone(), old]), ["t-3"]);
        let more = task("t-5", "", "Waiting");
        assert_eq!(ids(&[silent, more, other]), ["t-4", "t-5"]);
    }

    #[test]
    fn an_object_of_an_earlier_export_is_not_this_ones() {
        let object = |modified: &str| BucketObject {
            key: "k".to_owned(),
            size: 1,
            storage_class: None,
            restore: None,
            modified: modified.parse().ok(),
        };
        let mut task = task("t", "", "Finished");
        task.created = "2026-01-02T03:04Z".to_owned();
        assert!(is_of_task(&object("2026-01-02T03:04:00Z"), &task));
        assert!(!is_of_task(&object("2026-01-02T03:03:59Z"), &task));
        assert!(is_of_task(&object("unknown"), &task));
        task.created = String::new();
        assert!(is_of_task(&object("2020-01-02T03:03:59Z"), &task));
    }

    #[test]
    fn a_task_that_writes_elsewhere_is_of_another() {
        let part = |bucket: &str, key: &str| ExportTask {
            parts: vec![TaskPart {
                bucket: Some(bucket.to_owned()),
                object: Some(key.to_owned()),
                ..TaskPart::default()
            }],
            ..task("t", "m-1", "Processing")
        };
        let own = part("exports", "Nightly_m-1_system.raw.tar.gz");
        assert!(!is_of_another(&own, &request()));
        assert!(is_of_another(
            &part("other", "Nightly_m-1_system.raw"),
            &request()
        ));
        assert!(is_of_another(
            &part("exports", "Weekly_m-1_system.raw"),
            &request()
        ));
        assert!(!is_of_another(&task("t", "m-1", "Waiting"), &request()));
    }
}
