//! Reading an account: what each answer means for the core.

use std::collections::HashSet;

use super::client::RamClient;
use super::exchange::Failure;
use super::request::{self, Call};
use super::response::{
    AttachmentsReply, CallerReply, HoldersReply, PolicyReply, Reply, RoleReply, TagsReply,
    Unreadable, VersionsReply,
};
use super::transport::Transport;
use crate::account::{AccountError, AccountErrorKind, ReadAccount};
use crate::credentials::CredentialSource;
use crate::model::{
    Caller, ObservedPolicy, ObservedRole, PolicyName, PolicyRef, PolicyVersion, RoleName, Tags,
};

/// The codes that mean "absent", each for its own kind of thing and nothing else.
const NO_ROLE: &str = "EntityNotExist.Role";
const NO_POLICY: &str = "EntityNotExist.Policy";

/// Most pages of one list. At RAM's default of 100 entries this is a hundred times the largest quota.
pub(super) const MOST_PAGES: usize = 2000;

impl<T: Transport, C: CredentialSource> ReadAccount for RamClient<T, C> {
    async fn caller(&self) -> Result<Caller, AccountError> {
        let call = request::get_caller_identity();
        self.one(&call, |reply| reply.read::<CallerReply>()?.into_model())
            .await
    }

    async fn role(&self, role: &RoleName) -> Result<Option<ObservedRole>, AccountError> {
        let call = request::get_role(role);
        let into = |reply: &Reply| reply.read::<RoleReply>()?.into_model();
        match self.one_or_absent(&call, NO_ROLE, into).await? {
            Some(found) if found.name != *role => Err(another(&call, found.name.as_str())),
            found => Ok(found),
        }
    }

    async fn attachments(&self, role: &RoleName) -> Result<Option<Vec<PolicyRef>>, AccountError> {
        let call = request::list_policies_for_role(role);
        let into = |reply: &Reply| reply.read::<AttachmentsReply>()?.into_model();
        let mut found = self.all_or_absent(call, NO_ROLE, into).await?;
        if let Some(policies) = &mut found {
            // A policy that is attached in a resource group too may be listed twice.
            policies.sort_unstable();
            policies.dedup();
        }
        Ok(found)
    }

    async fn policy(&self, policy: &PolicyRef) -> Result<Option<ObservedPolicy>, AccountError> {
        let call = request::get_policy(policy);
        let into = |reply: &Reply| reply.read::<PolicyReply>()?.into_model();
        match self.one_or_absent(&call, NO_POLICY, into).await? {
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
        let call = request::list_policy_versions(policy);
        let into = |reply: &Reply| reply.read::<VersionsReply>()?.into_model();
        let mut found = self.all_or_absent(call, NO_POLICY, into).await?;
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
        let call = request::list_entities_for_policy(policy);
        let into = |reply: &Reply| Ok(reply.read::<HoldersReply>()?.into_model());
        let mut found = self.all_or_absent(call, NO_POLICY, into).await?;
        if let Some(holders) = &mut found {
            holders.sort_unstable();
            holders.dedup();
        }
        Ok(found)
    }

    async fn role_tags(&self, role: &RoleName) -> Result<Tags, AccountError> {
        let call = request::list_role_tags(role);
        self.tags(call, NO_ROLE, role.as_str()).await
    }

    async fn policy_tags(&self, policy: &PolicyName) -> Result<Tags, AccountError> {
        let call = request::list_policy_tags(policy);
        self.tags(call, NO_POLICY, policy.as_str()).await
    }
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    pub(super) async fn one<M: Send>(
        &self,
        call: &Call,
        into: impl Fn(&Reply) -> Result<M, Unreadable> + Send + Sync,
    ) -> Result<M, AccountError> {
        let reply = self.call(call).await.map_err(|failure| failure.error)?;
        into(&reply).map_err(|why| unreadable(call, &reply, why))
    }

    /// One thing; `None` only if the service answered with the code `absent`.
    async fn one_or_absent<M: Send>(
        &self,
        call: &Call,
        absent: &str,
        into: impl Fn(&Reply) -> Result<M, Unreadable> + Send + Sync,
    ) -> Result<Option<M>, AccountError> {
        match self.one(call, into).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.code.as_deref() == Some(absent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A whole list, page after page; `None` only if the service answered with the code `absent`. A list that is
    /// cut short is an error, never a shorter list.
    async fn all_or_absent<M: Send>(
        &self,
        mut call: Call,
        absent: &str,
        into: impl Fn(&Reply) -> Result<Vec<M>, Unreadable> + Send + Sync,
    ) -> Result<Option<Vec<M>>, AccountError> {
        let mut list = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let page = |reply: &Reply| Ok((into(reply)?, reply.next_page()?));
            let Some((entries, next)) = self.one_or_absent(&call, absent, page).await? else {
                return Ok(None);
            };
            list.extend(entries);
            let Some(next) = next else {
                return Ok(Some(list));
            };
            if !seen.insert(next.1.clone()) || seen.len() > MOST_PAGES {
                return Err(bad(&call, "the list does not end"));
            }
            call = call.with(next.0, next.1);
        }
    }

    async fn tags(&self, call: Call, absent: &str, name: &str) -> Result<Tags, AccountError> {
        let into = |reply: &Reply| reply.read::<TagsReply>()?.into_model(name);
        let pairs = self.all_or_absent(call, absent, into).await?;
        Ok(pairs.unwrap_or_default().into_iter().collect())
    }
}

pub(super) fn bad(call: &Call, message: &str) -> AccountError {
    Failure::new(call, AccountErrorKind::BadAnswer, message.to_owned()).error
}

fn unreadable(call: &Call, reply: &Reply, why: Unreadable) -> AccountError {
    AccountError {
        request_id: reply.request_id().map(str::to_owned),
        ..bad(call, &format!("the answer cannot be read: {}", why.0))
    }
}

fn another(call: &Call, name: &str) -> AccountError {
    bad(call, &format!("the answer is about another, `{name}`"))
}
