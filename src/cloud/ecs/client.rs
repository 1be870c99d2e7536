//! The client of one account, which finds each region's own host.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::OnceCell;

use super::hosts;
use super::service::ECS;
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::rpc::call::{Call, CallKind};
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;

/// Calls ECS for one account, in any region.
pub struct EcsClient<T, C> {
    pub(super) rpc: Arc<RpcClient<T, C>>,
    /// The hosts that ECS names, by region; asked for once, and only where the table does not know a region.
    regions: OnceCell<Result<BTreeMap<String, String>, AccountError>>,
}

impl<T: Transport, C: CredentialSource> EcsClient<T, C> {
    /// A client that calls through `rpc`.
    #[must_use]
    pub fn new(rpc: Arc<RpcClient<T, C>>) -> Self {
        Self {
            rpc,
            regions: OnceCell::new(),
        }
    }

    /// A call in `region`.
    ///
    /// # Errors
    /// When ECS has no such region, or it is not known where it is and that could not be asked.
    pub(super) async fn in_region(
        &self,
        kind: CallKind,
        operation: &'static str,
        subject: String,
        region: &str,
    ) -> Result<Call, AccountError> {
        let call = match kind {
            CallKind::Read => Call::read(&ECS, operation, subject),
            CallKind::Write => Call::write(&ECS, operation, subject),
        };
        let call = call.with("RegionId", region);
        if self.rpc.settings().has_endpoint(&ECS) {
            return Ok(call);
        }
        if let Some(host) = hosts::host(region) {
            return Ok(call.to(host));
        }
        let named = self.regions.get_or_init(|| self.regions()).await.clone()?;
        match named.get(region) {
            Some(host) => Ok(call.to(host)),
            None => Err(AccountError {
                subject: call.subject,
                message: format!("ECS has no region `{region}`"),
                advice: Some("check the region's id, such as `cn-hangzhou`".to_owned()),
                ..AccountError::new(operation, AccountErrorKind::Rejected)
            }),
        }
    }

    /// Every region that the account can use, with its host.
    ///
    /// # Errors
    /// When no answer came, or one that cannot be read.
    async fn regions(&self) -> Result<BTreeMap<String, String>, AccountError> {
        let call = Call::read(&ECS, "DescribeRegions", String::new());
        let into = |reply: &Reply| {
            let RegionsReply { regions } = reply.read()?;
            let hosts = regions.list.into_iter();
            let hosts = hosts.filter(|region| is_of_the_vendor(&region.region_endpoint));
            Ok(hosts
                .map(|region| (region.region_id, region.region_endpoint))
                .collect())
        };
        self.rpc.one(&call, into).await
    }
}

/// Credentials go to no host outside the vendor's domain, whoever names it.
fn is_of_the_vendor(host: &str) -> bool {
    let is_of_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    host.ends_with(".aliyuncs.com") && host.chars().all(is_of_host)
}

#[derive(Deserialize)]
struct RegionsReply {
    #[serde(rename = "Regions")]
    regions: RegionList,
}

#[derive(Deserialize)]
struct RegionList {
    #[serde(rename = "Region")]
    list: Vec<RegionShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RegionShape {
    region_id: String,
    region_endpoint: String,
}
