//! DescribeInstanceRamRole: which instances wear a role.

use serde_json::json;

use super::regions;
use crate::sandbox::caller::Caller;
use crate::sandbox::rpc::answer::Answer;
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::World;

/// Most items in a page. Source: ECS, `DescribeInstanceRamRole`.
const MOST: u32 = 50;

pub(super) fn describe_roles(world: &World, caller: &Caller, parameters: &Parameters) -> Answer {
    let region = regions::required(world, parameters, 404)?;
    let role = parameters.optional("RamRoleName");
    let ids = parameters.texts("InstanceIds")?;
    if role.is_none() && ids.is_empty() {
        return Err(ApiError::missing_common("RamRoleName"));
    }
    parameters.number_within("PageSize", 1, MOST)?;
    let roles = world
        .account(&caller.account)
        .map(|account| &account.instance_roles);
    let items = roles
        .into_iter()
        .flatten()
        .filter(|worn| worn.region == region)
        .filter(|worn| role.is_none_or(|role| role.eq_ignore_ascii_case(worn.role.as_str())))
        .filter(|worn| ids.is_empty() || ids.contains(&worn.instance))
        .map(|worn| json!({ "InstanceId": worn.instance, "RamRoleName": worn.role.as_str() }));
    let (items, paged) = paging::numbered(parameters, items.collect())?;
    // Unlike other numbered lists, it does not repeat number and size of the page.
    Ok(json!({
        "TotalCount": paged.get("TotalCount"),
        "InstanceRamRoleSets": { "InstanceRamRoleSet": items },
        "RegionId": region,
    }))
}
