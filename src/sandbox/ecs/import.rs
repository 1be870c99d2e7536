//! ImportImage: what it is asked, what speaks against it, and the image and the task that it makes.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::dry_run::DryRunRequest;
use super::{access, errors, names, regions};
use crate::model::{RoleName, Tags};
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Disk, DryRun, Image, Task, World};

/// The role that imports need. Source: ECS, `ImportImage`: any other name is invalid.
const ROLE: &str = "AliyunECSImageImportDefaultRole";

/// Most disks of one import. Source: ECS, `DiskDeviceMapping.N`.
const DISKS: usize = 17;

/// Largest disk. Unit: GiB. Source: ECS, `DiskImageSize`.
const DISK_SIZE: u64 = 2048;

const GIB: u64 = 1 << 30;

/// Source: ECS, `Format`.
const FORMATS: [&str; 4] = ["RAW", "VHD", "QCOW2", "VMDK"];

/// Longest client token. Unit: characters. Source: ECS, `ClientToken`.
const TOKEN_LENGTH: usize = 64;

/// What is asked for, its form checked.
struct Wanted<'a> {
    region: &'a str,
    name: Option<&'a str>,
    os: &'a str,
    platform: &'a str,
    role: &'a str,
    token: Option<&'a str>,
    disks: Vec<WantedDisk<'a>>,
    tags: Tags,
}

struct WantedDisk<'a> {
    bucket: &'a str,
    key: &'a str,
    /// Unit: GiB.
    size: Option<u64>,
    format: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Names of parameters are taken in any letter case.
    fn read(parameters: &'a Parameters) -> Result<Self, ApiError> {
        let text = |name| parameters.in_any_case(name);
        let region = text("RegionId").ok_or_else(|| ApiError::missing_common("RegionId"))?;
        one_of(
            text("Architecture"),
            &["i386", "x86_64", "arm64"],
            "InvalidArchitecture",
        )?;
        one_of(text("OSType"), &["linux", "windows"], "InvalidOSType")?;
        one_of(text("BootMode"), &["BIOS", "UEFI"], "InvalidBootMode")?;
        let token = text("ClientToken");
        if token.is_some_and(|token| token.len() > TOKEN_LENGTH || !token.is_ascii()) {
            return Err(errors::client_token());
        }
        Ok(Self {
            region,
            name: text("ImageName"),
            os: text("OSType").unwrap_or("linux"),
            platform: text("Platform").unwrap_or("Others Linux"),
            role: text("RoleName").unwrap_or(ROLE),
            token,
            disks: disks(parameters)?,
            tags: parameters.tags()?,
        })
    }
}

fn one_of(given: Option<&str>, known: &[&str], what: &str) -> Result<(), ApiError> {
    match given.is_none_or(|given| known.contains(&given)) {
        true => Ok(()),
        false => Err(errors::malformed(what)),
    }
}

fn disks(parameters: &Parameters) -> Result<Vec<WantedDisk<'_>>, ApiError> {
    let mut found = Vec::new();
    for number in 1..=DISKS {
        let name = |part: &str| format!("DiskDeviceMapping.{number}.{part}");
        let text = |part| parameters.in_any_case(&name(part));
        let parts = [
            "OSSBucket",
            "OSSObject",
            "DiskImageSize",
            "DiskImSize",
            "Format",
        ];
        if parts.iter().all(|part| text(part).is_none()) {
            break;
        }
        let need = |part| text(part).ok_or_else(|| ApiError::missing_common(&name(part)));
        let format = text("Format");
        if format.is_some_and(|format| !FORMATS.iter().any(|own| own.eq_ignore_ascii_case(format)))
        {
            return Err(errors::format_malformed());
        }
        let size = text("DiskImageSize").or_else(|| text("DiskImSize"));
        let size = size.map(|size| size.parse().map_err(|_| errors::disk_size(number)));
        found.push(WantedDisk {
            bucket: need("OSSBucket")?,
            key: need("OSSObject")?,
            size: size.transpose()?,
            format,
        });
    }
    match found.is_empty() {
        true => Err(errors::no_disk()),
        false => Ok(found),
    }
}

pub(super) fn import(
    world: &mut World,
    caller: &Caller,
    parameters: &Parameters,
    now: Timestamp,
) -> Answer {
    let wanted = Wanted::read(parameters)?;
    let dry_run = DryRunRequest::read(world, parameters)?;
    dry_run.end_at(DryRun::Parameters)?;
    let account = world.account(&caller.account);
    let account = account.ok_or_else(errors::no_role)?;
    if let Some(task) = repeated(account, &wanted) {
        return Ok(answer(task));
    }
    let sizes = check(world, account, &wanted, now)?;
    dry_run.end_at(DryRun::Full)?;
    let due = SignedDuration::from_secs(i64::from(account.imports.seconds));
    let due = now.checked_add(due).unwrap_or(now);
    let account = world.accounts.get_mut(&caller.account);
    let account = account.ok_or_else(errors::no_role)?;
    let id = account.next_id();
    let image = image(&wanted, &sizes, &id, now);
    let task = task(&wanted, &image.id, &id, (now, due));
    let answer = answer(&task);
    account.images.insert(image.id.clone(), image);
    account.tasks.insert(task.id.clone(), task);
    world.note_next_due();
    Ok(answer)
}

/// The task of an earlier call with the same client token.
fn repeated<'a>(account: &'a Account, wanted: &Wanted<'_>) -> Option<&'a Task> {
    let token = wanted.token?;
    let mut tasks = account.tasks.values();
    tasks.find(|task| task.client_token.as_deref() == Some(token))
}

fn answer(task: &Task) -> serde_json::Value {
    json!({ "TaskId": task.id, "ImageId": task.image, "RegionId": task.region })
}

/// The image, which can be used when the task has ended.
fn image(wanted: &Wanted<'_>, sizes: &[u32], id: &str, now: Timestamp) -> Image {
    let disks = sizes.iter().zip('a'..).enumerate();
    let disks = disks.map(|(place, (size, letter))| Disk {
        kind: if place == 0 { "system" } else { "data" }.to_owned(),
        device: format!("/dev/xvd{letter}"),
        size: *size,
        snapshot: String::new(),
        encrypted: Some(false),
    });
    let id = format!("m-sandbox{id}");
    Image {
        name: wanted.name.map_or_else(|| id.clone(), str::to_owned),
        id,
        region: wanted.region.to_owned(),
        owner: "self".to_owned(),
        product_code: String::new(),
        status: "Creating".to_owned(),
        usable: None,
        os: wanted.os.to_owned(),
        platform: wanted.platform.to_owned(),
        license_problem: None,
        disks: disks.collect(),
        created: now,
        tags: wanted.tags.clone(),
    }
}

fn task(
    wanted: &Wanted<'_>,
    image: &str,
    id: &str,
    (created, due): (Timestamp, Timestamp),
) -> Task {
    let first = wanted.disks.first();
    let format = first.map_or_else(String::new, |disk| match disk.format {
        Some(format) => format.to_ascii_uppercase(),
        None => disk
            .key
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase(),
    });
    Task {
        id: format!("t-sandbox{id}"),
        action: "ImportImage".to_owned(),
        region: wanted.region.to_owned(),
        image: image.to_owned(),
        bucket: first.map_or_else(String::new, |disk| disk.bucket.to_owned()),
        format,
        keys: wanted
            .disks
            .iter()
            .map(|disk| disk.key.to_owned())
            .collect(),
        client_token: wanted.token.map(str::to_owned),
        created,
        due,
        end: None,
    }
}

/// The sizes of the image's disks in GiB, if nothing speaks against the import.
fn check(
    world: &World,
    account: &Account,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Vec<u32>, ApiError> {
    let offer = regions::find(world, wanted.region).ok_or_else(|| errors::no_region(400))?;
    if !offer.exports {
        return Err(errors::region_without_exports());
    }
    if let Some(name) = wanted.name {
        if !names::is_image_name(name) {
            return Err(errors::name_malformed());
        }
        if account.images.values().any(|image| image.name == name) {
            return Err(errors::name_duplicated());
        }
    }
    if !account.imports.allowed {
        return Err(errors::not_invited("importing"));
    }
    let own = |image: &&Image| image.owner == "self";
    if account.images.values().filter(own).count() >= account.imports.most_images {
        return Err(errors::too_many_images());
    }
    let disks = wanted.disks.iter().zip(1..);
    let sizes = disks.map(|(disk, number)| check_disk(world, account, wanted, (disk, number), now));
    let sizes = sizes.collect::<Result<Vec<u32>, ApiError>>()?;
    match account.imports.refused {
        true => Err(errors::import_failed()),
        false => Ok(sizes),
    }
}

fn check_disk(
    world: &World,
    account: &Account,
    wanted: &Wanted<'_>,
    (disk, number): (&WantedDisk<'_>, usize),
    now: Timestamp,
) -> Result<u32, ApiError> {
    check_names(world, account, disk)?;
    let role = RoleName::new(wanted.role).map_err(|_| errors::no_role())?;
    if !wanted.role.eq_ignore_ascii_case(ROLE) || !access::can_assume(world, account, &role, now) {
        return Err(errors::no_role());
    }
    let (owner, bucket) = world.bucket(disk.bucket).ok_or_else(errors::no_bucket)?;
    if bucket.region != wanted.region {
        return Err(errors::no_bucket());
    }
    let asked = access::Asked {
        role: &role,
        place: (owner, bucket),
        keys: &[disk.key.to_owned()],
        needed: &access::IMPORT,
    };
    if access::missing_action(world, account, &asked, now).is_some() {
        return Err(errors::not_allowed());
    }
    if bucket.encryption.is_some() {
        return Err(errors::bucket_encrypted());
    }
    let object = bucket.objects.get(disk.key).ok_or_else(errors::no_object)?;
    if object.is_archived() {
        return Err(errors::archived(disk.key));
    }
    if object.size() == 0 {
        return Err(errors::object_size());
    }
    // A disk without a size is as large as its file.
    let least = object.size().div_ceil(GIB);
    let size = disk.size.unwrap_or(least);
    match (1..=DISK_SIZE).contains(&size) && size >= least {
        true => u32::try_from(size).map_err(|_| errors::disk_size(number)),
        false => Err(errors::disk_size(number)),
    }
}

/// What can be said of a disk before anything is looked at.
fn check_names(world: &World, account: &Account, disk: &WantedDisk<'_>) -> Result<(), ApiError> {
    if !names::is_bucket_name(disk.bucket) {
        return Err(errors::malformed("InvalidOSSBucket"));
    }
    if !names::is_object_key(disk.key) {
        return Err(errors::malformed("InvalidOSSObject"));
    }
    let has_suffix = |format: &str| {
        disk.key
            .ends_with(&format!(".{}", format.to_ascii_lowercase()))
    };
    let is_packed = [
        ".gz", ".tgz", ".tar", ".zip", ".xz", ".bz2", ".zst", ".7z", ".rar",
    ]
    .iter()
    .any(|suffix| disk.key.to_ascii_lowercase().ends_with(suffix));
    let is_documented = FORMATS.iter().any(|format| has_suffix(format));
    if is_packed || !(is_documented || world.behavior.any_suffix) {
        return Err(errors::suffix());
    }
    let is_vmdk = disk.key.to_ascii_lowercase().ends_with(".vmdk")
        || disk
            .format
            .is_some_and(|format| format.eq_ignore_ascii_case("VMDK"));
    match is_vmdk && !account.imports.vmdk {
        true => Err(errors::format_not_invited()),
        false => Ok(()),
    }
}
