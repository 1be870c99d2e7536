//! Instances that wear a role. Source: ECS, `DescribeInstanceRamRole`.

use serde::Deserialize;

use super::client::EcsClient;
use crate::account::AccountError;
use crate::cloud::rpc::call::CallKind;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;
use crate::model::RoleName;

/// Most entries of a page.
const PAGE: usize = 50;

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// The ids of the instances in the region that wear the role, sorted.
    ///
    /// # Errors
    /// When a part of the list did not come or cannot be read.
    pub async fn instances_with_role(
        &self,
        region: &str,
        role: &RoleName,
    ) -> Result<Vec<String>, AccountError> {
        let subject = format!("role {role}");
        let call = self
            .in_region(CallKind::Read, "DescribeInstanceRamRole", subject, region)
            .await?
            .with("RamRoleName", role);
        let into = |reply: &Reply| {
            let InstancesReply { sets, total } = reply.read()?;
            let ids = sets.list.into_iter();
            let ids = ids.filter(|worn| worn.ram_role_name.eq_ignore_ascii_case(role.as_str()));
            Ok((ids.map(|worn| worn.instance_id).collect(), total))
        };
        let mut ids = self.rpc.all_numbered_by(PAGE, call, into).await?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

#[derive(Deserialize)]
struct InstancesReply {
    #[serde(rename = "InstanceRamRoleSets")]
    sets: InstanceList,
    #[serde(rename = "TotalCount")]
    total: usize,
}

#[derive(Deserialize)]
struct InstanceList {
    #[serde(rename = "InstanceRamRoleSet")]
    list: Vec<InstanceShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceShape {
    instance_id: String,
    ram_role_name: String,
}
