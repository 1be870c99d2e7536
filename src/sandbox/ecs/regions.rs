//! Regions, their hosts, and what can be exported there.

use serde_json::json;

use super::errors;
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Region, World};

/// Every region of the official SDK's endpoint table (July 2026), without the closed ones.
const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-southeast-8",
    "cn-beijing",
    "cn-beijing-finance-1",
    "cn-chengdu",
    "cn-fuzhou",
    "cn-guangzhou",
    "cn-hangzhou",
    "cn-hangzhou-finance",
    "cn-heyuan",
    "cn-heyuan-acdr-1",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-nanjing",
    "cn-north-2-gov-1",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-shenzhen-finance-1",
    "cn-wuhan-lr",
    "cn-wulanchabu",
    "cn-zhangjiakou",
    "cn-zhengzhou-jva",
    "cn-zhongwei",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "me-central-1",
    "me-east-1",
    "na-south-1",
    "us-east-1",
    "us-southeast-1",
    "us-west-1",
];

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
        None if REGIONS.contains(&id) => Some(Offer {
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
    let mut ids: Vec<&str> = REGIONS.iter().copied().chain(given).collect();
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
