//! The image.

use super::super::check::{Check, CheckKind};
use super::super::error::ErrorCode;
use super::super::input::Facts;
use super::super::party::Party;
use crate::model::{ExportQuestion, Image, ImageDisk, Layer};
use crate::shell::{quote, quote_list};

/// Most data disks. Source: ECS, "Export a custom image".
const DATA_DISKS: usize = 4;

/// Largest data disk. Unit: GiB. Same source. For the system disk no number is published.
const DATA_DISK_SIZE: u64 = 500;

const KINDS: [CheckKind; 5] = [
    CheckKind::Image,
    CheckKind::ImageStatus,
    CheckKind::ImageDisks,
    CheckKind::ImageEncryption,
    CheckKind::ImageOrigin,
];

pub(super) fn checks(facts: &Facts<'_>, question: &ExportQuestion) -> Vec<Check> {
    let region = facts.region();
    match (&facts.observed.image, &question.image) {
        (Layer::NotAsked, _) | (_, None) => KINDS
            .map(|kind| Check::skipped(kind, "no image was asked about"))
            .into(),
        (Layer::NotRead(why), Some(id)) => {
            let message = format!("image {id} could not be read: {why}");
            let unread = Check::depends(CheckKind::Image, NOT_FOUND, message).settled_by(format!(
                "let the caller read images, or look yourself: {}",
                describe(region, id)
            ));
            let unread = unread.by(Party::RamAdministrator);
            only(unread, &format!("image {id} could not be read"))
        }
        (Layer::Read(None), Some(id)) => {
            let message = format!("there is no image {id} in {region}");
            let missing = Check::failed(CheckKind::Image, NOT_FOUND, message.clone())
                .settled_by("name an image of this region, or copy the image here with CopyImage");
            let missing = missing.by(Party::Requester);
            only(missing, &message)
        }
        (Layer::Read(Some(image)), Some(_)) => vec![
            belongs(image),
            status(image),
            disks(image),
            encryption(image),
            origin(image),
        ],
    }
}

const NOT_FOUND: ErrorCode = ErrorCode::InvalidImageIdNotFound;

/// What is said of the image alone; the rest cannot be looked at, and why.
fn only(of_image: Check, why: &str) -> Vec<Check> {
    let skipped = |kind| match kind {
        CheckKind::Image => of_image.clone(),
        _ => Check::skipped(kind, why),
    };
    KINDS.map(skipped).into()
}

fn describe(region: &str, id: &str) -> String {
    let (region, id) = (quote(region), quote(id));
    format!("aliyun ecs DescribeImages --RegionId {region} --ImageId {id} --Status ALL")
}

/// Images of the Marketplace are a matter of [`origin`].
fn belongs(image: &Image) -> Check {
    let kind = CheckKind::Image;
    let id = &image.id;
    match image.owner_alias.as_str() {
        "self" | "marketplace" => Check::passed(kind, format!("image {id} is in {}", image.region)),
        "" => {
            let message = format!("ECS does not say whose image {id} is");
            Check::depends(kind, ErrorCode::InvalidImageCategoryNotSupported, message)
                .settled_by(describe(&image.region, id))
        }
        owner => {
            let message = format!(
                "image {id} is not a custom image of this account: its ImageOwnerAlias is {owner}"
            );
            Check::failed(kind, ErrorCode::InvalidImageCategoryNotSupported, message)
                .settled_by("start an instance from it, make a custom image of that, and export it")
        }
    }
}

/// `Usable` says that instances can be started already; to be exported, an image must be available. Source: ECS,
/// DescribeImages, July 2026; ExportImage, `IncorrectImageStatus`.
fn status(image: &Image) -> Check {
    let kind = CheckKind::ImageStatus;
    let (id, status) = (&image.id, &image.status);
    if status != "Available" {
        let usable = match image.usable {
            Some(true) => {
                "; instances can be started from it already, but only an available image can be exported"
            }
            _ => "",
        };
        let message = format!("image {id} is not available, its status is {status}{usable}");
        return Check::failed(kind, ErrorCode::IncorrectImageStatus, message).settled_by(format!(
            "have the image available first; this shows its status: {}",
            describe(&image.region, id)
        ));
    }
    if !is_good_name(&image.name) {
        let message = format!(
            "the name of image {id}, {}, is not one that ECS takes for an image",
            image.name
        );
        return Check::depends(kind, ErrorCode::InvalidImageNameMalformed, message).settled_by(
            format!(
                "aliyun ecs ModifyImageAttribute --RegionId {} --ImageId {} --ImageName NAME",
                quote(&image.region),
                quote(id)
            ),
        );
    }
    Check::passed(kind, format!("image {id} is available"))
}

/// Source: ECS, `InvalidImageName.Malformed`: 2 to 128 characters, a letter first, no `acs:` or `aliyun` in front.
fn is_good_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '_' | '-');
    let is_named = (2..=128).contains(&name.chars().count())
        && name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(is_allowed)
        && !name.starts_with("acs:")
        && !name.starts_with("aliyun");
    name.is_empty() || is_named
}

fn disks(image: &Image) -> Check {
    let kind = CheckKind::ImageDisks;
    let error = ErrorCode::InvalidImageDiskAmountOrSize;
    let id = &image.id;
    let data = || image.disks.iter().filter(|disk| !disk.is_system);
    let settle =
        "make an image without the disks that are too much, or copy their data to OSS another way";
    if data().count() > DATA_DISKS {
        let message = format!(
            "image {id} has {} data disks, ExportImage takes {DATA_DISKS}",
            data().count()
        );
        return Check::failed(kind, error, message).settled_by(settle);
    }
    let is_large = |disk: &&ImageDisk| disk.size.is_some_and(|size| size > DATA_DISK_SIZE);
    if let Some(disk) = data().find(is_large) {
        let message = format!(
            "data disk {} of image {id} has {} GiB, ExportImage takes {DATA_DISK_SIZE} GiB",
            disk.device,
            disk.size.unwrap_or_default()
        );
        return Check::failed(kind, error, message).settled_by(settle);
    }
    if let Some(disk) = data().find(|disk| disk.size.is_none()) {
        let message = format!(
            "ECS does not say how large data disk {} of image {id} is",
            disk.device
        );
        return Check::depends(kind, error, message).settled_by(describe(&image.region, id));
    }
    Check::passed(
        kind,
        format!("image {id} has {} data disks", data().count()),
    )
}

fn encryption(image: &Image) -> Check {
    let kind = CheckKind::ImageEncryption;
    let error = ErrorCode::ImageNotSupported;
    let id = &image.id;
    let named = |disk: &ImageDisk| {
        let snapshot = disk.snapshot.as_deref().map(|id| format!(" ({id})"));
        format!("{}{}", disk.device, snapshot.unwrap_or_default())
    };
    if let Some(disk) = image
        .disks
        .iter()
        .find(|disk| disk.is_encrypted == Some(true))
    {
        let message = format!(
            "the snapshot of disk {} of image {id} is encrypted, which ExportImage refuses",
            named(disk)
        );
        return Check::failed(kind, error, message)
            .settled_by("make an image from disks that are not encrypted");
    }
    if let Some(disk) = image.disks.iter().find(|disk| disk.is_encrypted.is_none()) {
        let message = format!(
            "whether the snapshot of disk {} of image {id} is encrypted was not sent",
            named(disk)
        );
        let settle = match &disk.snapshot {
            Some(snapshot) => format!(
                "aliyun ecs DescribeSnapshots --RegionId {} --SnapshotIds {}",
                quote(&image.region),
                quote_list(std::slice::from_ref(snapshot))
            ),
            None => describe(&image.region, id),
        };
        return Check::depends(kind, error, message).settled_by(settle);
    }
    Check::passed(kind, format!("no snapshot of image {id} is encrypted"))
}

/// Source: ECS, "Export a custom image": images of the Marketplace and of Windows Server cannot be exported.
fn origin(image: &Image) -> Check {
    let kind = CheckKind::ImageOrigin;
    let id = &image.id;
    if image.owner_alias == "marketplace" || !image.product_code.is_empty() {
        let message = format!("image {id} comes from the Marketplace, which ExportImage refuses");
        return Check::failed(kind, ErrorCode::ImageNotSupported, message)
            .settled_by("make an image from one that does not come from the Marketplace");
    }
    let error = ErrorCode::InvalidImageLicenseNotSupported;
    let platform = &image.platform;
    let lower = platform.to_ascii_lowercase();
    let is_windows = image.os_type.eq_ignore_ascii_case("windows") || lower.contains("windows");
    match (is_windows, lower.contains("server")) {
        (false, _) => Check::passed(
            kind,
            format!("image {id} is neither from the Marketplace nor of Windows"),
        ),
        (true, true) => {
            let message = format!(
                "image {id} is of {platform}, and images of Windows Server cannot be exported"
            );
            Check::failed(kind, error, message)
                .settled_by("export another image: there is no way to export this one")
                .by(Party::Requester)
        }
        (true, false) => {
            let message = format!(
                "image {id} is of Windows ({platform}), and images of Windows Server cannot be exported"
            );
            Check::depends(kind, error, message)
                .settled_by("export it once, or call ExportImage with DryRun")
        }
    }
}
