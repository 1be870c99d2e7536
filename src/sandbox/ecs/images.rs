//! DescribeImages: the images that an account can see in a region.

use serde_json::{Value, json};

use super::{errors, regions};
use crate::cloud::rpc::signature::timestamp;
use crate::model::AccountId;
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging;
use crate::sandbox::rpc::parameters::{Parameters, has_tags};
use crate::sandbox::state::{Disk, Image, World};

/// Every status but `ALL`. Source: ECS, `DescribeImages`.
const STATUSES: [&str; 6] = [
    "Creating",
    "Waiting",
    "Available",
    "UnAvailable",
    "CreateFailed",
    "Deprecated",
];

const OWNERS: [&str; 4] = ["system", "self", "others", "marketplace"];

pub(super) fn describe(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let region = regions::required(world, parameters, 404)?;
    let wanted = Filter::read(parameters)?;
    if parameters.boolean("DryRun")?.unwrap_or(false) {
        return Err(errors::dry_run_passed("DryRunOperation"));
    }
    let images = world
        .account(&caller.account)
        .map(|account| &account.images);
    let images = images.into_iter().flat_map(|images| images.values());
    let items = images
        .filter(|image| image.region == region && wanted.is_met(image))
        .map(|image| shape(&caller.account, image));
    let (items, mut answer) = paging::numbered(parameters, items.collect())?;
    insert(&mut answer, "RegionId", Some(region));
    insert(&mut answer, "Images", Some(json!({ "Image": items })));
    Ok(answer)
}

struct Filter<'a> {
    ids: Option<Vec<&'a str>>,
    owner: Option<&'a str>,
    /// `None` takes every status.
    statuses: Option<Vec<&'a str>>,
    is_usable: Option<bool>,
    tags: Vec<(String, Option<String>)>,
}

impl<'a> Filter<'a> {
    fn read(parameters: &'a Parameters) -> Result<Self, ApiError> {
        let list = |name| {
            let text = parameters.optional(name)?;
            Some(text.split(',').map(str::trim).collect::<Vec<_>>())
        };
        let owner = parameters.optional("ImageOwnerAlias");
        if owner.is_some_and(|owner| !OWNERS.contains(&owner)) {
            let message = "The specified ImageOwnerAlias value is not supported.";
            return Err(ApiError::new(
                400,
                "InvalidImageOwnerAlias.ValueNotSupported",
                message,
            ));
        }
        let is_usable = parameters.boolean("Usable")?;
        let statuses = list("Status");
        if is_usable.is_some() && statuses.is_none() {
            return Err(ApiError::missing_common("Status"));
        }
        let statuses = match statuses {
            None => Some(vec!["Available"]),
            Some(words) if words == ["ALL"] => None,
            Some(words) if words.iter().all(|word| STATUSES.contains(word)) => Some(words),
            Some(_) => {
                // Their spelling of the code.
                let message = "The specified parameter Status is not valid.";
                return Err(ApiError::new(400, "InvalidParamter", message));
            }
        };
        Ok(Self {
            ids: list("ImageId"),
            owner,
            statuses,
            is_usable,
            tags: parameters.tag_pairs()?,
        })
    }

    fn is_met(&self, image: &Image) -> bool {
        let is_listed = |list: &Option<Vec<&str>>, word: &str| {
            list.as_ref().is_none_or(|list| list.contains(&word))
        };
        is_listed(&self.ids, &image.id)
            && is_listed(&self.statuses, &image.status)
            && self
                .owner
                .map_or(image.owner != "marketplace", |owner| owner == image.owner)
            && self
                .is_usable
                .is_none_or(|wanted| wanted == image.is_usable())
            && has_tags(&image.tags, &self.tags)
    }
}

fn shape(account: &AccountId, image: &Image) -> Value {
    let system = image.disks.iter().find(|disk| disk.kind == "system");
    let is_own = image.owner == "self";
    // A number, unlike everywhere else.
    let owner: Option<u64> = account.as_str().parse().ok().filter(|_| is_own);
    let tags = image.tags.iter();
    let tags: Vec<_> = tags
        .map(|(key, value)| json!({ "TagKey": key, "TagValue": value }))
        .collect();
    json!({
        "ImageId": image.id,
        "ImageName": image.name,
        "ImageOwnerAlias": image.owner,
        "ImageOwnerId": owner,
        "Status": image.status,
        "Usable": image.is_usable(),
        "Progress": if image.status == "Creating" { "50%" } else { "100%" },
        "OSType": image.os,
        "Platform": image.platform,
        "OSName": image.platform,
        "OSNameEn": image.platform,
        "Architecture": "x86_64",
        "BootMode": "BIOS",
        "ProductCode": image.product_code,
        "IsSubscribed": !image.product_code.is_empty(),
        "IsCopied": false,
        "IsPublic": image.owner == "system",
        "IsSelfShared": "False",
        "Size": system.map_or(0, |disk| disk.size),
        "Usage": "none",
        "CreationTime": timestamp(image.created),
        "Description": "",
        "ResourceGroupId": "",
        "Tags": { "Tag": tags },
        "DiskDeviceMappings": {
            "DiskDeviceMapping": image.disks.iter().map(disk).collect::<Vec<_>>(),
        },
    })
}

/// The size is a text here, and `Encrypted` is missing in older answers.
fn disk(disk: &Disk) -> Value {
    let mut answer = json!({
        "Type": disk.kind,
        "Device": disk.device,
        "Size": disk.size.to_string(),
        "SnapshotId": disk.snapshot,
        "Format": "",
        "Progress": "",
        "ImportOSSBucket": "",
        "ImportOSSObject": "",
    });
    insert(&mut answer, "Encrypted", disk.encrypted);
    answer
}
