//! Reads what decides about exports and imports besides RAM, through [`ReadServices`].
//!
//! All calls are in flight together. A failed read is kept beside what was read: what hangs on it depends, and the
//! rest is told all the same.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};

use crate::account::{AccountError, AccountErrorKind};
use crate::model::{
    AccountId, Bucket, BucketName, ControlPolicy, DryRun, DryRunAnswer, ExportQuestion,
    ImportQuestion, Layer, ObjectKey, ObservedServices, RegionId, RoleName,
};
use crate::services::ReadServices;

/// Reads everything but the control policies for each of `questions`, in their order. `role` is what ExportImage
/// would use; `with_dry_run` sends ExportImage with the flag `DryRun` where image and bucket are named.
pub async fn observe_exports<S: ReadServices>(
    services: &S,
    role: &RoleName,
    questions: &[ExportQuestion],
    with_dry_run: bool,
) -> Vec<ObservedServices> {
    let regions = questions.iter().filter_map(|q| q.region.as_ref());
    let instances = observe_instances(services, role, regions);
    let exports = join_all(
        questions
            .iter()
            .map(|question| observe_export(services, question, with_dry_run)),
    );
    let (instances, mut exports) = join(instances, exports).await;
    for (question, export) in questions.iter().zip(&mut exports) {
        let found = question.region.as_ref().and_then(|r| instances.get(r));
        export.instances = found.cloned().unwrap_or(Layer::NotAsked);
    }
    exports
}

/// Reads everything but the control policies for an import. `role` is what ImportImage would use; `with_dry_run` sends
/// ImportImage with the flag `DryRun` where the object is named.
pub async fn observe_import<S: ReadServices>(
    services: &S,
    role: &RoleName,
    question: &ImportQuestion,
    with_dry_run: bool,
) -> ObservedServices {
    let ImportQuestion {
        region,
        bucket,
        object,
    } = question;
    let instances = async {
        match region {
            Some(region) => layer(services.instances_with_role(region.as_str(), role).await),
            None => Layer::NotAsked,
        }
    };
    let object = async {
        let named = (region.as_ref(), bucket.as_ref(), object.as_ref());
        match (
            named.0.map(RegionId::as_str),
            named.1.map(BucketName::as_str),
            named.2.map(ObjectKey::as_str),
        ) {
            (Some(region), Some(bucket), Some(key)) => {
                layer(services.object(region, bucket, key).await)
            }
            _ => Layer::NotAsked,
        }
    };
    let dry_run = async {
        match question.request().filter(|_| with_dry_run) {
            Some(request) => dry_run_layer(services.dry_run_import(&request).await),
            None => Layer::NotAsked,
        }
    };
    let bucket = observe_bucket(services, region.as_ref(), bucket.as_ref());
    let ((instances, object), ((bucket, bucket_policy), dry_run)) =
        join(join(instances, object), join(bucket, dry_run)).await;
    ObservedServices {
        image: Layer::NotAsked,
        object,
        bucket,
        is_locked: Layer::NotAsked,
        bucket_policy,
        control_policies: Layer::NotAsked,
        instances,
        dry_run,
    }
}

/// Reads which instances wear the role, by region.
pub async fn observe_instances<S: ReadServices>(
    services: &S,
    role: &RoleName,
    regions: impl Iterator<Item = &RegionId>,
) -> BTreeMap<RegionId, Layer<Vec<String>>> {
    let regions: BTreeSet<&RegionId> = regions.collect();
    let instances = regions.into_iter().map(|region| async {
        let found = services.instances_with_role(region.as_str(), role).await;
        (region.clone(), layer(found))
    });
    join_all(instances).await.into_iter().collect()
}

/// Reads the control policies that bind the account.
pub async fn observe_control_policies<S: ReadServices>(
    services: &S,
    account: &AccountId,
) -> Layer<Vec<ControlPolicy>> {
    layer(services.control_policies(account).await)
}

async fn observe_export<S: ReadServices>(
    services: &S,
    question: &ExportQuestion,
    with_dry_run: bool,
) -> ObservedServices {
    let region = question.region.as_ref().map(RegionId::as_str);
    let image = async {
        match (region, &question.image) {
            (Some(region), Some(image)) => layer(services.image(region, image).await),
            _ => Layer::NotAsked,
        }
    };
    let of_bucket = observe_bucket(services, question.region.as_ref(), question.bucket.as_ref());
    let dry_run = async {
        match question.request().filter(|_| with_dry_run) {
            Some(request) => dry_run_layer(services.dry_run(&request).await),
            None => Layer::NotAsked,
        }
    };
    let is_locked = async {
        match (region, question.bucket.as_ref()) {
            (Some(region), Some(bucket)) => {
                layer(services.is_locked(region, bucket.as_str()).await)
            }
            _ => Layer::NotAsked,
        }
    };
    let ((image, is_locked), ((bucket, bucket_policy), dry_run)) =
        join(join(image, is_locked), join(of_bucket, dry_run)).await;
    ObservedServices {
        image,
        object: Layer::NotAsked,
        bucket,
        is_locked,
        bucket_policy,
        control_policies: Layer::NotAsked,
        instances: Layer::NotAsked,
        dry_run,
    }
}

async fn observe_bucket<S: ReadServices>(
    services: &S,
    region: Option<&RegionId>,
    bucket: Option<&BucketName>,
) -> (Layer<Option<Bucket>>, Layer<Option<String>>) {
    let (Some(region), Some(bucket)) = (region, bucket) else {
        return (Layer::NotAsked, Layer::NotAsked);
    };
    let (found, policy) = join(
        services.bucket(region.as_str(), bucket.as_str()),
        services.bucket_policy(region.as_str(), bucket.as_str()),
    )
    .await;
    (layer(found), layer(policy))
}

/// A refusal that ECS documents is an answer; where the caller may not ask or nobody answered, there is none.
#[must_use]
pub fn dry_run_layer(answer: Result<DryRun, AccountError>) -> Layer<DryRunAnswer> {
    match answer {
        Ok(taken) => Layer::Read(DryRunAnswer::Taken(taken)),
        Err(AccountError {
            kind:
                AccountErrorKind::Rejected
                | AccountErrorKind::NotFound
                | AccountErrorKind::LimitExceeded,
            code: Some(code),
            message,
            ..
        }) => Layer::Read(DryRunAnswer::Refused { code, message }),
        Err(error) => Layer::NotRead(error.to_string()),
    }
}

fn layer<T>(answer: Result<T, AccountError>) -> Layer<T> {
    match answer {
        Ok(found) => Layer::Read(found),
        Err(error) => Layer::NotRead(error.to_string()),
    }
}
