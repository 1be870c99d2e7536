//! Whether the objects of a finished task are there.

use futures_util::future::join_all;

use super::decide::{is_of_task, written};
use super::report::{Ending, Event};
use super::run::{Place, Run};
use crate::account::{AccountError, AccountErrorKind};
use crate::model::{BucketObject, ExportTask};
use crate::services::ExportImages;

impl<S: ExportImages, F: FnMut(Event<'_>)> Run<'_, S, F> {
    /// Whether the objects of a finished task are there.
    pub(super) async fn look(&mut self, place: &Place, task: &ExportTask) -> Ending {
        let (bucket, keys) = written(task);
        let Some(bucket) = bucket.or_else(|| place.bucket.clone()) else {
            return unseen("the task does not say which bucket it wrote to");
        };
        self.bucket = Some(bucket.clone());
        let region = place.region.as_str();
        let found = match keys.as_slice() {
            [] => {
                let Some(start) = &place.key_start else {
                    return unseen("the task does not say which objects it wrote");
                };
                self.list(region, &bucket, start).await
            }
            keys => self.heads(region, &bucket, keys).await,
        };
        let found = match found {
            Ok(found) => found,
            Err(ending) => return ending,
        };
        let objects: Vec<BucketObject> = found
            .into_iter()
            .filter(|object| is_of_task(object, task))
            .collect();
        let is_there = |key: &&String| !objects.iter().any(|object| object.key == **key);
        let missing: Vec<String> = keys.iter().filter(is_there).cloned().collect();
        match objects.is_empty() || !missing.is_empty() {
            true => Ending::Missing {
                keys: missing,
                objects,
            },
            false => Ending::Exported { objects },
        }
    }

    /// The objects of the keys; where single ones may not be asked for, from the list.
    async fn heads(
        &mut self,
        region: &str,
        bucket: &str,
        keys: &[String],
    ) -> Result<Vec<BucketObject>, Ending> {
        let services = self.services;
        let heads = || async {
            let heads = keys.iter().map(|key| services.object(region, bucket, key));
            join_all(heads)
                .await
                .into_iter()
                .filter_map(Result::transpose)
                .collect::<Result<Vec<_>, _>>()
        };
        match self.until_answered(heads).await {
            Err(left) => Err(left.unwrap_or_else(|| self.stopped())),
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) if is_gone(&error) => Ok(Vec::new()),
            Ok(Err(_)) => {
                let listed = self.list(region, bucket, common_start(keys)).await?;
                let is_named = |object: &BucketObject| keys.contains(&object.key);
                Ok(listed.into_iter().filter(is_named).collect())
            }
        }
    }

    async fn list(
        &mut self,
        region: &str,
        bucket: &str,
        start: &str,
    ) -> Result<Vec<BucketObject>, Ending> {
        let services = self.services;
        let list = || services.objects(region, bucket, start);
        match self.until_answered(list).await {
            Err(left) => Err(left.unwrap_or_else(|| self.stopped())),
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) if is_gone(&error) => Ok(Vec::new()),
            Ok(Err(error)) => Err(Ending::Unseen { error }),
        }
    }
}

fn is_gone(error: &AccountError) -> bool {
    error.code.as_deref() == Some("NoSuchBucket")
}

fn unseen(message: &str) -> Ending {
    let mut error = AccountError::new("DescribeTaskAttribute", AccountErrorKind::BadAnswer);
    error.message = message.to_owned();
    Ending::Unseen { error }
}

/// What all the keys begin with.
fn common_start(keys: &[String]) -> &str {
    let Some((first, rest)) = keys.split_first() else {
        return "";
    };
    let shared = |key: &String| {
        let pairs = first.char_indices().zip(key.chars());
        let mut equal = pairs.skip_while(|((_, one), other)| one == other);
        let end = equal.next().map(|((at, _), _)| at);
        end.unwrap_or_else(|| first.len().min(key.len()))
    };
    let end = rest.iter().map(shared).min().unwrap_or(first.len());
    first.get(..end).unwrap_or_default()
}
