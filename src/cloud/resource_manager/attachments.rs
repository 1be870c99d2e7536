//! Attachments that RAM does not list: those for single resource groups.
//!
//! Source: ResourceManager API 2020-03-31, `ListPolicyAttachments`.

use serde::Deserialize;

use super::service::RESOURCE_MANAGER;
use crate::account::AccountError;
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::reply::{Reply, Unreadable};
use crate::cloud::rpc::transport::Transport;
use crate::model::{GroupAttachment, PolicyName, PolicyRef, PolicyType, RoleName};

/// Every policy that a role of the account holds for one resource group. All roles are asked about in one call: a
/// role's name here ends in the account's alias, which nobody else knows.
///
/// # Errors
/// When the caller may not ask, or a part of the list did not come.
pub async fn group_attachments<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
) -> Result<Vec<(RoleName, GroupAttachment)>, AccountError> {
    let call = Call::read(&RESOURCE_MANAGER, "ListPolicyAttachments", String::new())
        .with("PrincipalType", "ServiceRole");
    let into = |reply: &Reply| {
        let AttachmentsReply { attachments, total } = reply.read()?;
        let found = attachments
            .list
            .into_iter()
            .map(AttachmentShape::into_model);
        Ok((found.collect::<Result<Vec<_>, Unreadable>>()?, total))
    };
    let found = client.all_numbered(call, into).await?;
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    found.sort_unstable();
    // Pages that were answered at different moments may overlap.
    found.dedup();
    Ok(found)
}

#[derive(Deserialize)]
struct AttachmentsReply {
    #[serde(rename = "PolicyAttachments")]
    attachments: AttachmentList,
    #[serde(rename = "TotalCount")]
    total: usize,
}

#[derive(Deserialize)]
struct AttachmentList {
    #[serde(rename = "PolicyAttachment")]
    list: Vec<AttachmentShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentShape {
    policy_type: String,
    policy_name: String,
    principal_name: String,
    resource_group_id: String,
}

impl AttachmentShape {
    /// `None` for what is attached account-wide, where the account's id stands for the group, and for what is no
    /// role's.
    fn into_model(self) -> Result<Option<(RoleName, GroupAttachment)>, Unreadable> {
        let is_account = self.resource_group_id.chars().all(|c| c.is_ascii_digit());
        let role = self.principal_name.split_once("@role.");
        let (Some((role, _)), false) = (role, is_account) else {
            return Ok(None);
        };
        let policy_type = match self.policy_type.as_str() {
            "Custom" => PolicyType::Custom,
            "System" => PolicyType::System,
            _ => return Err(Unreadable("unknown policy type".to_owned())),
        };
        let policy = PolicyRef {
            policy_type,
            name: PolicyName::new(&self.policy_name)?,
        };
        let group = self.resource_group_id;
        Ok(Some((
            RoleName::new(role)?,
            GroupAttachment { policy, group },
        )))
    }
}
