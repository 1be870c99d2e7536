//! Regions, their hosts, and what can be exported there.

use serde_json::json;

use super::errors;
use crate::policy::catalogue::regions::REGIONS;
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Region, World};

/// Regions that are closed, or that the official SDK's endpoint table (July 2026) does not have.
const CLOSED: &[&str] = &["cn-wulanchabu-gic-1", "rus-west-1"];

/// Every region that is open.
fn open() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().copied().filter(|id| !CLOSED.contains(id))
}

/// Where formats other than raw are offered. Source: ECS, `ExportImage`, copies of 2025 and of January and April 2026.
const FORMATS: &[&str] = &[
    "ap-northeast-1",
    "ap-southeast-5",
    "eu-central-1",
    "me-east-1",
    "us-east-1",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-3",
    "us-west-1",
];

/// What there is to know of one region.
pub(super) struct Offer {
    pub(super) exports: bool,
    pub(super) data_disks: bool,
    pub(super) formats: bool,
}

/// The region, if there is one of this id.
pub(super) fn find(world: &World, id: &str) -> Option<Offer> {
    let documented = FORMATS.contains(&id);
    let given = world.regions.iter().find(|region| region.id == id);
    match given {
        Some(Region {
            id: _,
            exports,
            data_disks,
            formats,
        }) => Some(Offer {
            exports: *exports,
            data_disks: *data_disks,
            formats: formats.unwrap_or(documented),
        }),
        None if open().any(|known| known == id) => Some(Offer {
            exports: true,
            data_disks: true,
            formats: documented,
        }),
        None => None,
    }
}

/// The id in `RegionId`, which most calls need; unknown ones are told with `status`.
pub(super) fn required<'a>(
    world: &World,
    parameters: &'a Parameters,
    status: u16,
) -> Result<&'a str, ApiError> {
    let id = parameters
        .optional("RegionId")
        .ok_or_else(|| ApiError::missing_common("RegionId"))?;
    match find(world, id) {
        Some(_) => Ok(id),
        None => Err(errors::no_region(status)),
    }
}

pub(super) fn describe(world: &World, _caller: &Caller, _parameters: &Parameters) -> Answer {
    let given = world.regions.iter().map(|region| region.id.as_str());
    let mut ids: Vec<&str> = open().collect();
    ids.extend(given);
    ids.sort_unstable();
    ids.dedup();
    let regions: Vec<_> = ids
        .into_iter()
        .map(|id| {
            json!({
                "RegionId": id,
                "RegionEndpoint": host(id),
                "LocalName": id,
                "Status": "available",
            })
        })
        .collect();
    Ok(json!({ "Regions": { "Region": regions } }))
}

/// Source: the official SDK's endpoint table (July 2026).
fn host(region: &str) -> String {
    match region {
        "cn-hangzhou" | "cn-shanghai-finance-1" | "cn-shenzhen-finance-1" => {
            "ecs-cn-hangzhou.aliyuncs.com".to_owned()
        }
        "cn-north-2-gov-1" | "cn-hangzhou-finance" => "ecs.aliyuncs.com".to_owned(),
        _ => format!("ecs.{region}.aliyuncs.com"),
    }
}
