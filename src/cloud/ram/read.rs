//! Reading an account: what each answer means for the core.

use super::client::RamClient;
use super::operations;
use super::replies::{
    AttachmentsReply, HoldersReply, PolicyReply, RoleReply, TagsReply, VersionsReply,
};
use crate::account::{AccountError, ReadAccount};
use crate::cloud::resource_manager::attachments::group_attachments;
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::pages::bad_answer;
use crate::cloud::rpc::reply::Reply;
use crate::cloud::rpc::transport::Transport;
use crate::cloud::sts::caller_identity::caller_identity;
use crate::model::{
    Caller, GroupAttachment, ObservedPolicy, ObservedRole, PolicyName, PolicyRef, PolicyVersion,
    RoleName, Tags,
};

/// The codes that mean "absent", each for its own kind of thing and nothing else.
const NO_ROLE: &str = "EntityNotExist.Role";
const NO_POLICY: &str = "EntityNotExist.Policy";

impl<T: Transport, C: CredentialSource> ReadAccount for RamClient<T, C> {
    fn now(&self) -> Option<jiff::Timestamp> {
        Some(self.rpc.now())
    }

    async fn caller(&self) -> Result<Caller, AccountError> {
        caller_identity(&self.rpc).await
    }

    async fn role(&self, role: &RoleName) -> Result<Option<ObservedRole>, AccountError> {
        let call = operations::get_role(role);
        let into = |reply: &Reply| reply.read::<RoleReply>()?.into_model();
        match self.rpc.one_or_absent(&call, NO_ROLE, into).await? {
            Some(found) if found.name != *role => Err(another(&call, found.name.as_str())),
            found => Ok(found),
        }
    }

    async fn attachments(&self, role: &RoleName) -> Result<Option<Vec<PolicyRef>>, AccountError> {
        let call = operations::list_policies_for_role(role);
        let into = |reply: &Reply| reply.read::<AttachmentsReply>()?.into_model();
        let mut found = self.rpc.all_or_absent(call, NO_ROLE, into).await?;
        if let Some(policies) = &mut found {
            // A policy that is attached in a resource group too may be listed twice.
            policies.sort_unstable();
            policies.dedup();
        }
        Ok(found)
    }

    async fn group_attachments(&self) -> Result<Vec<(RoleName, GroupAttachment)>, AccountError> {
        group_attachments(&self.rpc).await
    }

    async fn policy(&self, policy: &PolicyRef) -> Result<Option<ObservedPolicy>, AccountError> {
        let call = operations::get_policy(policy);
        let into = |reply: &Reply| reply.read::<PolicyReply>()?.into_model();
        match self.rpc.one_or_absent(&call, NO_POLICY, into).await? {
            Some(found) if found.policy != *policy => {
                Err(another(&call, &found.policy.to_string()))
            }
            found => Ok(found),
        }
    }

    async fn policy_versions(
        &self,
        policy: &PolicyName,
    ) -> Result<Option<Vec<PolicyVersion>>, AccountError> {
        let call = operations::list_policy_versions(policy);
        let into = |reply: &Reply| reply.read::<VersionsReply>()?.into_model();
        let mut found = self.rpc.all_or_absent(call, NO_POLICY, into).await?;
        if let Some(versions) = &mut found {
            // Pages that were answered at different moments may overlap.
            versions.sort_by_key(|version| version.id);
            versions.dedup_by_key(|version| version.id);
        }
        Ok(found)
    }

    async fn policy_holders(
        &self,
        policy: &PolicyRef,
    ) -> Result<Option<Vec<String>>, AccountError> {
        let call = operations::list_entities_for_policy(policy);
        let into = |reply: &Reply| Ok(reply.read::<HoldersReply>()?.into_model());
        let mut found = self.rpc.all_or_absent(call, NO_POLICY, into).await?;
        if let Some(holders) = &mut found {
            holders.sort_unstable();
            holders.dedup();
        }
        Ok(found)
    }

    async fn role_tags(&self, role: &RoleName) -> Result<Tags, AccountError> {
        let call = operations::list_role_tags(role);
        self.tags(call, NO_ROLE, role.as_str()).await
    }

    async fn policy_tags(&self, policy: &PolicyName) -> Result<Tags, AccountError> {
        let call = operations::list_policy_tags(policy);
        self.tags(call, NO_POLICY, policy.as_str()).await
    }
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    async fn tags(&self, call: Call, absent: &str, name: &str) -> Result<Tags, AccountError> {
        let into = |reply: &Reply| reply.read::<TagsReply>()?.into_model(name);
        let pairs = self.rpc.all_or_absent(call, absent, into).await?;
        Ok(pairs.unwrap_or_default().into_iter().collect())
    }
}

fn another(call: &Call, name: &str) -> AccountError {
    bad_answer(call, &format!("the answer is about another, `{name}`"))
}
