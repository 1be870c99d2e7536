//! Tasks: listed, described, cancelled. Source: ECS, `DescribeTasks`, `DescribeTaskAttribute` and `CancelTask`, and the
//! official SDK's models (7.9.2).

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::client::EcsClient;
use crate::account::AccountError;
use crate::cloud::rpc::call::CallKind;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::lenient;
use crate::cloud::rpc::pages::bad_answer;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;
use crate::model::{ExportTask, TaskPart};

/// The code that means "absent".
const NO_TASK: &str = "InvalidTaskId.NotFound";

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// The export tasks of the region, newest first; what is said of their parts is left out.
    ///
    /// # Errors
    /// When a part of the list did not come or cannot be read.
    pub async fn tasks(&self, region: &str) -> Result<Vec<ExportTask>, AccountError> {
        let call = self
            .in_region(CallKind::Read, "DescribeTasks", String::new(), region)
            .await?
            .with("TaskAction", "ExportImage");
        let into = |reply: &Reply| {
            let TasksReply { set, total } = reply.read()?;
            let tasks = set.list.into_iter().map(TaskShape::into_model);
            Ok((tasks.collect(), total))
        };
        let mut tasks = self.rpc.all_numbered(call, into).await?;
        tasks.sort_by(|one: &ExportTask, other| {
            (&other.created, &other.id).cmp(&(&one.created, &one.id))
        });
        // Pages that were answered at different moments may overlap.
        tasks.dedup_by(|one, other| one.id == other.id);
        Ok(tasks)
    }

    /// The task with its parts; `None` when there is none of this id.
    ///
    /// # Errors
    /// When no answer came, or one that cannot be read.
    pub async fn task(&self, region: &str, id: &str) -> Result<Option<ExportTask>, AccountError> {
        let subject = format!("task {id}");
        let call = self
            .in_region(CallKind::Read, "DescribeTaskAttribute", subject, region)
            .await?
            .with("TaskId", id);
        let into = |reply: &Reply| Ok(reply.read::<TaskShape>()?.into_model());
        match self.rpc.one_or_absent(&call, NO_TASK, into).await? {
            Some(task) if task.id != id => {
                Err(bad_answer(&call, "the answer is about another task"))
            }
            found => Ok(found),
        }
    }

    /// Cancels a running task.
    ///
    /// # Errors
    /// When ECS refuses, or it is not known whether it did.
    pub async fn cancel(&self, region: &str, id: &str) -> Result<(), AccountError> {
        let subject = format!("task {id}");
        let call = self
            .in_region(CallKind::Write, "CancelTask", subject, region)
            .await?
            .with("TaskId", id);
        self.rpc.one(&call, |_| Ok(())).await
    }
}

#[derive(Deserialize)]
struct TasksReply {
    #[serde(rename = "TaskSet", deserialize_with = "one_or_list")]
    set: TaskList,
    #[serde(rename = "TotalCount")]
    total: usize,
}

#[derive(Deserialize)]
struct TaskList {
    #[serde(rename = "Task", default)]
    list: Vec<TaskShape>,
}

/// The model says object, a sample of JSON shows a list of them.
fn one_or_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TaskList, D::Error> {
    let sets = match Value::deserialize(deserializer)? {
        Value::Array(sets) => sets,
        one => vec![one],
    };
    let mut list = Vec::new();
    for set in sets {
        let set: TaskList = serde_json::from_value(set).map_err(serde::de::Error::custom)?;
        list.extend(set.list);
    }
    Ok(TaskList { list })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaskShape {
    task_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    task_action: String,
    task_status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    resource_id: String,
    /// Such as `57%`.
    #[serde(default, deserialize_with = "lenient::text")]
    task_process: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    support_cancel: Option<bool>,
    #[serde(default, deserialize_with = "lenient::text")]
    creation_time: String,
    #[serde(default, deserialize_with = "lenient::text")]
    finished_time: String,
    #[serde(default, deserialize_with = "lenient::count")]
    failed_count: Option<u64>,
    #[serde(default)]
    operation_progress_set: Option<PartList>,
}

#[derive(Deserialize)]
struct PartList {
    #[serde(rename = "OperationProgress", default)]
    list: Vec<PartShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PartShape {
    #[serde(default, deserialize_with = "lenient::text")]
    operation_status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    error_code: String,
    #[serde(default, deserialize_with = "lenient::text")]
    error_msg: String,
    #[serde(default)]
    related_item_set: Option<ItemList>,
}

#[derive(Deserialize)]
struct ItemList {
    #[serde(rename = "RelatedItem", default)]
    list: Vec<ItemShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ItemShape {
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    value: String,
}

impl TaskShape {
    fn into_model(self) -> ExportTask {
        let percent = self.task_process.trim().trim_end_matches('%');
        let parts = self.operation_progress_set.map(|set| set.list);
        let parts = parts.unwrap_or_default().into_iter();
        ExportTask {
            id: self.task_id,
            action: self.task_action,
            status: self.task_status,
            resource: Some(self.resource_id).filter(|id| !id.is_empty()),
            percent: percent.parse().ok().map(|percent: u8| percent.min(100)),
            can_be_cancelled: self.support_cancel,
            created: self.creation_time,
            finished: self.finished_time,
            failed_parts: self.failed_count.unwrap_or(0),
            parts: parts.map(PartShape::into_model).collect(),
        }
    }
}

impl PartShape {
    fn into_model(self) -> TaskPart {
        let mut part = TaskPart {
            status: self.operation_status,
            error_code: self.error_code,
            error_message: self.error_msg,
            object: None,
            bucket: None,
        };
        let items = self.related_item_set.map(|set| set.list);
        for item in items.unwrap_or_default() {
            let value = Some(item.value).filter(|value| !value.is_empty());
            match item.name.as_str() {
                "OSSObject" => part.object = value,
                "OSSBucket" => part.bucket = value,
                _ => {}
            }
        }
        part
    }
}
