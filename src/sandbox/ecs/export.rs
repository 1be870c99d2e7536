//! ExportImage: what it is asked, what speaks against it, and the task that it starts.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::dry_run::DryRunRequest;
use super::regions::Offer;
use super::{access, errors, names, regions};
use crate::model::{AccountId, RoleName};
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Bucket, DryRun, Ending, Image, Task, World};

/// The role that exports need. Source: ECS, `ExportImage`: any other name is invalid.
const ROLE: &str = "AliyunECSImageExportDefaultRole";

/// Source: ECS, `ImageFormat`.
const FORMATS: [&str; 5] = ["raw", "vhd", "qcow2", "vmdk", "vdi"];

/// Longest prefix. Unit: characters. Source: ECS, `OSSPrefix`.
const PREFIX_LENGTH: usize = 30;

/// Most data disks. Source: ECS, export guide.
const DATA_DISKS: usize = 4;

/// Largest data disk. Unit: GiB. Source: ECS, export guide.
const DATA_DISK_SIZE: u32 = 500;

/// What is asked for, its form checked.
struct Wanted<'a> {
    region: &'a str,
    image: &'a str,
    bucket: &'a str,
    prefix: &'a str,
    format: &'a str,
    role: &'a str,
}

impl<'a> Wanted<'a> {
    /// Names of parameters are taken in any letter case: clients that write `OssBucket` work.
    fn read(parameters: &'a Parameters) -> Result<Self, ApiError> {
        let text = |name| parameters.in_any_case(name);
        let need = |name| text(name).ok_or_else(|| ApiError::missing_common(name));
        let wanted = Self {
            region: need("RegionId")?,
            image: need("ImageId")?,
            bucket: need("OSSBucket")?,
            prefix: text("OSSPrefix").unwrap_or_default(),
            format: text("ImageFormat").unwrap_or("raw"),
            role: text("RoleName").unwrap_or(ROLE),
        };
        let is_plain = wanted.prefix.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_plain || wanted.prefix.len() > PREFIX_LENGTH {
            return Err(errors::prefix_malformed());
        }
        if !FORMATS.contains(&wanted.format) {
            return Err(errors::format_malformed());
        }
        Ok(wanted)
    }
}

pub(super) fn export(
    world: &mut World,
    caller: &Caller,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let wanted = Wanted::read(parameters)?;
    let dry_run = DryRunRequest::read(world, parameters)?;
    dry_run.end_at(DryRun::Parameters)?;
    let account = world.account(&caller.account);
    let account = account.ok_or_else(|| errors::no_image(wanted.image))?;
    let keys = check(world, account, &wanted, now)?;
    dry_run.end_at(DryRun::Full)?;
    let region = wanted.region.to_owned();
    let image = wanted.image.to_owned();
    let seconds = i64::from(account.exports.seconds);
    let task = Task {
        id: String::new(),
        action: "ExportImage".to_owned(),
        region: region.clone(),
        image,
        bucket: wanted.bucket.to_owned(),
        format: wanted.format.to_owned(),
        keys,
        client_token: None,
        created: now,
        due: now
            .checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(now),
        end: None,
    };
    let id = start(world, &caller.account, task)?;
    Ok(json!({ "TaskId": id, "RegionId": region }))
}

fn start(world: &mut World, account: &AccountId, mut task: Task) -> Result<String, ApiError> {
    let account = world.accounts.get_mut(account);
    let account = account.ok_or_else(|| errors::no_image(&task.image))?;
    task.id = format!("t-sandbox{}", account.next_id());
    let id = task.id.clone();
    account.tasks.insert(id.clone(), task);
    world.note_next_due();
    Ok(id)
}

/// The keys that the export writes, if nothing speaks against it.
fn check(
    world: &World,
    account: &Account,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Vec<String>, ApiError> {
    let offer = regions::find(world, wanted.region).ok_or_else(|| errors::no_region(400))?;
    if !offer.exports {
        return Err(errors::region_without_exports());
    }
    let image = account.images.get(wanted.image);
    let image = image.filter(|image| image.region == wanted.region);
    let image = image.ok_or_else(|| errors::no_image(wanted.image))?;
    check_image(account, image, &offer)?;
    if wanted.format != "raw" && !offer.formats {
        return Err(errors::format_not_offered());
    }
    check_limits(account, image, now)?;
    let keys = keys(image, wanted);
    check_bucket(world, account, wanted, &keys, now)?;
    if account.exports.ending == Ending::Refused {
        return Err(errors::export_failed());
    }
    Ok(keys)
}

fn check_image(account: &Account, image: &Image, offer: &Offer) -> Result<(), ApiError> {
    if image.owner == "marketplace" || !image.product_code.is_empty() {
        return Err(errors::from_marketplace());
    }
    if image.owner != "self" {
        return Err(errors::category());
    }
    if image.os == "windows" {
        return Err(errors::license(
            "Images of Windows Server cannot be exported.",
        ));
    }
    if let Some(problem) = &image.license_problem {
        return Err(errors::license(problem));
    }
    if !names::is_image_name(&image.name) {
        return Err(errors::name_malformed());
    }
    if image.status != "Available" {
        return Err(errors::image_status());
    }
    let is_encrypted = image.disks.iter().any(|disk| {
        let of_snapshot = || {
            let snapshot = account.snapshots.get(&disk.snapshot);
            snapshot.is_some_and(|snapshot| snapshot.encrypted)
        };
        disk.encrypted.unwrap_or_else(of_snapshot)
    });
    if is_encrypted {
        return Err(errors::encrypted_snapshots());
    }
    if image.data_disks().next().is_some() && !offer.data_disks {
        return Err(errors::data_disks());
    }
    let is_large = image.data_disks().any(|disk| disk.size > DATA_DISK_SIZE);
    if image.data_disks().count() > DATA_DISKS || is_large {
        return Err(errors::disks(
            "The image contains more than four data disk snapshots, or one of more than 500 GiB.",
        ));
    }
    let mut system = image.disks.iter().filter(|disk| disk.kind == "system");
    if system.any(|disk| disk.size > account.exports.largest_system_disk) {
        return Err(errors::disks(
            "The diskSize of the image exceeds the maximum size.",
        ));
    }
    Ok(())
}

fn check_limits(account: &Account, image: &Image, now: Timestamp) -> Result<(), ApiError> {
    if !account.exports.allowed {
        return Err(errors::not_invited("exporting"));
    }
    let exports = || {
        let tasks = account.tasks.values();
        tasks.filter(|task| task.action == "ExportImage")
    };
    let running = || exports().filter(|task| task.end.is_none());
    if running().any(|task| task.image == image.id) {
        return Err(errors::is_exporting());
    }
    if running().count() >= account.exports.concurrent {
        return Err(errors::quota("Concurrent", account.exports.concurrent));
    }
    let week = 7 * 24 * 60 * 60;
    let is_recent = |task: &&Task| now.as_second() - task.created.as_second() < week;
    if exports().filter(is_recent).count() >= account.exports.weekly {
        return Err(errors::quota("Weekly", account.exports.weekly));
    }
    Ok(())
}

fn check_bucket(
    world: &World,
    account: &Account,
    wanted: &Wanted<'_>,
    keys: &[String],
    now: Timestamp,
) -> Result<(), ApiError> {
    if !names::is_bucket_name(wanted.bucket) {
        return Err(errors::bucket_name());
    }
    let role = RoleName::new(wanted.role).map_err(|_| errors::no_role())?;
    if !wanted.role.eq_ignore_ascii_case(ROLE) || !access::can_assume(world, account, &role, now) {
        return Err(errors::no_role());
    }
    let (owner, bucket) = world.bucket(wanted.bucket).ok_or_else(errors::no_bucket)?;
    if bucket.region != wanted.region {
        return Err(errors::no_bucket());
    }
    let asked = access::Asked {
        role: &role,
        place: (owner, bucket),
        keys,
        needed: &access::EXPORT,
    };
    if let Some(action) = access::missing_action(world, account, &asked, now) {
        return Err(errors::not_authorized(action));
    }
    if bucket.encryption.is_some() {
        return Err(errors::bucket_encrypted());
    }
    archived(bucket, keys)
}

/// An object that is written over must be readable.
fn archived(bucket: &Bucket, keys: &[String]) -> Result<(), ApiError> {
    let held = |key: &&String| {
        let object = bucket.objects.get(*key);
        object.is_some_and(|object| object.is_archived())
    };
    match keys.iter().find(held) {
        Some(key) => Err(errors::archived(key)),
        None => Ok(()),
    }
}

/// One key for each disk: `[<prefix>_]<image>_system.raw.tar.gz`, `…_data_xvdb.raw.tar.gz`. What other formats are
/// called is documented nowhere.
fn keys(image: &Image, wanted: &Wanted<'_>) -> Vec<String> {
    let start = match wanted.prefix {
        "" => image.id.clone(),
        prefix => format!("{prefix}_{}", image.id),
    };
    let ending = match wanted.format {
        "raw" => "raw.tar.gz",
        other => other,
    };
    let disks = image.disks.iter();
    disks
        .map(|disk| match disk.kind.as_str() {
            "data" => {
                let device = disk.device.rsplit('/').next().unwrap_or_default();
                format!("{start}_data_{device}.{ending}")
            }
            _ => format!("{start}_system.{ending}"),
        })
        .collect()
}
