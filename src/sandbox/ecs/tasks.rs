//! Tasks: what they show while the clock runs, how they end, and cancelling them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{errors, regions};
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Ending, Object, Task, TaskEnd, World};

const IMPORT: &str = "ImportImage";

/// Most ids in one call. Source: ECS, `DescribeTasks`.
const IDS: usize = 100;

/// Ends the tasks that are due, with what they write. Tells whether there were any.
pub(crate) fn end_due(world: &mut World, now: Timestamp) -> bool {
    if world.next_due.is_none_or(|due| due > now) {
        return false;
    }
    let accounts = world.accounts.values();
    let due: Vec<_> = accounts
        .flat_map(|account| {
            let tasks = account.tasks.values();
            let due = tasks.filter(|task| task.end.is_none() && task.due <= now);
            due.map(|task| (account.id.clone(), account.exports.ending, task.clone()))
        })
        .collect();
    for (account, ending, task) in &due {
        let end = carry_out(world, task, *ending);
        let Some(account) = world.accounts.get_mut(account) else {
            continue;
        };
        if task.action == IMPORT
            && let Some(image) = account.images.get_mut(&task.image)
        {
            "Available".clone_into(&mut image.status);
        }
        if let Some(task) = account.tasks.get_mut(&task.id) {
            task.end = Some(end);
        }
    }
    world.note_next_due();
    !due.is_empty()
}

/// Writes the objects of a task, as far as it gets.
fn carry_out(world: &mut World, task: &Task, ending: Ending) -> TaskEnd {
    let at = task.due;
    let end = |status: &str, error: Option<(&str, &str)>| TaskEnd {
        status: status.to_owned(),
        at,
        error: error.map(|(code, message)| (code.to_owned(), message.to_owned())),
    };
    let failed = |code, message| end("Failed", Some((code, message)));
    if task.action != "ExportImage" || ending == Ending::WithoutObjects {
        return end("Finished", None);
    }
    if ending == Ending::Failed {
        return failed("InternalError", "The export failed.");
    }
    let Some(bucket) = world.bucket_mut(&task.bucket) else {
        return failed("NoSuchBucket", "The specified bucket does not exist.");
    };
    let written = match (ending, task.keys.split_last()) {
        (Ending::Incomplete, Some((_, rest))) => rest,
        _ => task.keys.as_slice(),
    };
    for key in written {
        let held = bucket.objects.get(key);
        if held.is_some_and(|object| bucket.is_retained(object, at)) {
            return failed(
                "FileImmutability",
                "The object specified by this key is protected and can be neither changed nor deleted.",
            );
        }
        let object = Object {
            key: key.clone(),
            content: format!("stands for image {} as {}\n", task.image, task.format),
            size: None,
            storage_class: bucket.storage_class.clone(),
            restored: None,
            modified: at,
        };
        bucket.objects.insert(key.clone(), object);
    }
    let error = (
        "DiskExportFailed",
        "The snapshot of the disk could not be exported.",
    );
    end(
        "Finished",
        (written.len() < task.keys.len()).then_some(error),
    )
}

fn status(task: &Task, now: Timestamp) -> &str {
    match &task.end {
        Some(end) => &end.status,
        None if now <= task.created => "Waiting",
        None => "Processing",
    }
}

/// Source: ECS, "cancel running tasks of ImportImage and ExportImage".
fn can_be_cancelled(task: &Task) -> bool {
    matches!(task.action.as_str(), "ExportImage" | IMPORT)
}

/// How much is done, in percent.
fn progress(task: &Task, now: Timestamp) -> i64 {
    let part = |until: Timestamp| {
        let whole = task.due.as_second() - task.created.as_second();
        let done = until.as_second() - task.created.as_second();
        (100 * done).checked_div(whole).unwrap_or(0).clamp(0, 99)
    };
    match &task.end {
        Some(end) if end.status == "Finished" => 100,
        Some(end) => part(end.at),
        None => part(now),
    }
}

/// Times of tasks have no seconds.
fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

fn account<'a>(world: &'a World, caller: &Caller) -> Result<&'a Account, ApiError> {
    world.account(&caller.account).ok_or_else(errors::no_task)
}

/// `TaskStatus` takes three words; others are ignored. Source: ECS, `DescribeTasks`.
pub(super) fn describe(
    world: &World,
    caller: &Caller,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let region = regions::required(world, parameters, 400)?;
    let ids = parameters.optional("TaskIds");
    let ids: Option<Vec<&str>> = ids.map(|ids| ids.split(',').map(str::trim).collect());
    if ids.as_ref().is_some_and(|ids| ids.len() > IDS) {
        return Err(ApiError::out_of_range("TaskIds", 1, 100));
    }
    let action = parameters.optional("TaskAction");
    let wanted = parameters.optional("TaskStatus");
    let wanted = wanted.filter(|word| matches!(*word, "Finished" | "Processing" | "Failed"));
    let resources = parameters.texts("ResourceIds")?;
    let tasks = account(world, caller)?.tasks.values();
    let mut tasks: Vec<&Task> = tasks
        .filter(|task| task.region == region)
        .filter(|task| {
            ids.as_ref()
                .is_none_or(|ids| ids.contains(&task.id.as_str()))
        })
        .filter(|task| action.is_none_or(|action| action == task.action))
        .filter(|task| wanted.is_none_or(|wanted| wanted == status(task, now)))
        .filter(|task| resources.is_empty() || resources.contains(&task.image))
        .collect();
    tasks.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
    let items = tasks.into_iter().map(|task| {
        let mut item = json!({
            "TaskId": task.id,
            "TaskAction": task.action,
            "TaskStatus": status(task, now),
            "ResourceId": task.image,
            "SupportCancel": can_be_cancelled(task).to_string(),
            "CreationTime": minute(task.created),
        });
        let finished = task.end.as_ref().map(|end| minute(end.at));
        insert(&mut item, "FinishedTime", finished);
        item
    });
    let (items, mut answer) = paging::numbered(parameters, items.collect())?;
    insert(&mut answer, "RegionId", Some(region));
    insert(&mut answer, "TaskSet", Some(json!({ "Task": items })));
    Ok(answer)
}

pub(super) fn describe_one(
    world: &World,
    caller: &Caller,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let region = regions::required(world, parameters, 400)?;
    let id = task_id(parameters)?;
    let task = account(world, caller)?.tasks.get(id);
    let task = task.filter(|task| task.region == region);
    let task = task.ok_or_else(errors::no_task)?;
    Ok(shape(task, region, now))
}

fn task_id(parameters: &Parameters) -> Result<&str, ApiError> {
    let id = parameters.optional("TaskId");
    id.ok_or_else(|| ApiError::missing_common("TaskId"))
}

/// One part for each object, once the task has ended.
fn shape(task: &Task, region: &str, now: Timestamp) -> Value {
    let failed = match &task.end {
        Some(TaskEnd { status, error, .. }) => match (status.as_str(), error) {
            ("Failed", _) => task.keys.len(),
            (_, Some(_)) => 1,
            _ => 0,
        },
        None => 0,
    };
    let good = match &task.end {
        Some(end) if end.status == "Finished" => task.keys.len() - failed,
        _ => 0,
    };
    let (code, message) = task
        .end
        .as_ref()
        .and_then(|end| end.error.clone())
        .unwrap_or_default();
    let part = |(place, key): (usize, &String)| {
        let is_good = place < good;
        let text = |text: &str| {
            if is_good {
                String::new()
            } else {
                text.to_owned()
            }
        };
        json!({
            "OperationStatus": if is_good { "Success" } else { "Failed" },
            "ErrorCode": text(&code),
            "ErrorMsg": text(&message),
            "RelatedItemSet": { "RelatedItem": [
                { "Name": "OSSBucket", "Value": task.bucket },
                { "Name": "OSSObject", "Value": key },
                { "Name": "ImageFormat", "Value": task.format },
            ]},
        })
    };
    let parts: Vec<_> = task
        .keys
        .iter()
        .enumerate()
        .take(good + failed)
        .map(part)
        .collect();
    let mut answer = json!({
        "TaskId": task.id,
        "TaskAction": task.action,
        "TaskStatus": status(task, now),
        "TaskProcess": format!("{}%", progress(task, now)),
        "SupportCancel": can_be_cancelled(task).to_string(),
        "TotalCount": task.keys.len(),
        "SuccessCount": good,
        "FailedCount": failed,
        "CreationTime": minute(task.created),
        "RegionId": region,
        "OperationProgressSet": { "OperationProgress": parts },
    });
    let finished = task.end.as_ref().map(|end| minute(end.at));
    insert(&mut answer, "FinishedTime", finished);
    answer
}

pub(super) fn cancel(
    world: &mut World,
    caller: &Caller,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let region = regions::required(world, parameters, 400)?.to_owned();
    let id = task_id(parameters)?;
    let account = world.accounts.get_mut(&caller.account);
    let account = account.ok_or_else(errors::no_task)?;
    let task = account.tasks.get_mut(id);
    let task = task.filter(|task| task.region == region);
    let task = task.ok_or_else(errors::no_task)?;
    if !can_be_cancelled(task) {
        return Err(errors::task_action());
    }
    if task.end.is_some() {
        return Err(errors::task_status());
    }
    task.end = Some(TaskEnd {
        status: "Deleted".to_owned(),
        at: now,
        error: None,
    });
    if task.action == IMPORT {
        let image = task.image.clone();
        account.images.remove(&image);
    }
    world.note_next_due();
    Ok(json!({}))
}
