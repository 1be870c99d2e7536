//! Reading back: whether a write has taken effect, and what stands in the way of a delete.

use super::client::RamClient;
use super::operations::of_attachment;
use crate::account::{AccountError, ReadAccount};
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::transport::Transport;
use crate::model::{
    GroupAttachment, PolicyRef, PolicyVersion, RoleName, Step, Tags, VersionId, limit,
};
use crate::policy::equivalence;

/// The one part of a new thing that is read by a call of its own.
pub(super) const TAGS: &str = "tags";

/// What reading back shows of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReadBack {
    /// Everything is as the step wants it; with the version in force where the step makes one.
    InEffect(Option<VersionId>),
    /// It is not, or not yet.
    NotYet,
    /// What the step would make exists with other contents; these differ.
    Differs(Vec<&'static str>),
}

impl ReadBack {
    fn in_effect_if(yes: bool) -> Self {
        if yes {
            Self::InEffect(None)
        } else {
            Self::NotYet
        }
    }

    fn in_effect_unless(differences: Vec<&'static str>) -> Self {
        if differences.is_empty() {
            Self::InEffect(None)
        } else {
            Self::Differs(differences)
        }
    }
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    /// Reads what `step` is about and compares.
    pub(super) async fn read_back(&self, step: &Step) -> Result<ReadBack, AccountError> {
        let operation = step.operation();
        tracing::info!(operation, "reading back what became of the call");
        match step {
            Step::CreateRole { role, .. } | Step::UpdateRole { role, .. } => {
                self.read_back_role(role, step).await
            }
            Step::DeleteRole { role } => {
                Ok(ReadBack::in_effect_if(self.role(role).await?.is_none()))
            }
            Step::AttachPolicy { role, policy } => {
                let list = self.attachments(role).await?;
                Ok(ReadBack::in_effect_if(
                    list.is_some_and(|list| list.contains(policy)),
                ))
            }
            Step::DetachPolicy { role, policy } => {
                let list = self.attachments(role).await?;
                Ok(ReadBack::in_effect_if(
                    list.is_none_or(|list| !list.contains(policy)),
                ))
            }
            Step::DetachGroupPolicy {
                role,
                policy,
                group,
            } => {
                let list = self.group_attachments().await?;
                let is_it = |(holder, held): &(RoleName, GroupAttachment)| {
                    holder == role && held.policy == *policy && held.group == *group
                };
                Ok(ReadBack::in_effect_if(!list.iter().any(is_it)))
            }
            Step::TagRole { role, tags } => {
                let found = self.role_tags(role).await?;
                Ok(ReadBack::in_effect_if(holds_tags(&found, tags)))
            }
            Step::TagPolicy { policy, tags } => {
                let found = self.policy_tags(policy).await?;
                Ok(ReadBack::in_effect_if(holds_tags(&found, tags)))
            }
            Step::DeletePolicyVersion { policy, version } => {
                let versions = self.policy_versions(policy).await?;
                let has_it = |list: Vec<PolicyVersion>| list.iter().any(|v| v.id == *version);
                Ok(ReadBack::in_effect_if(!versions.is_some_and(has_it)))
            }
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::SetDefaultPolicyVersion { policy, .. }
            | Step::DeletePolicy { policy } => {
                self.read_back_policy(&PolicyRef::custom(policy.clone()), step)
                    .await
            }
        }
    }

    async fn read_back_role(&self, role: &RoleName, step: &Step) -> Result<ReadBack, AccountError> {
        let Some(found) = self.role(role).await? else {
            return Ok(ReadBack::NotYet);
        };
        // Old answers leave the default out.
        let found_session = found
            .max_session_duration
            .unwrap_or(limit::MIN_SESSION_DURATION);
        let differences =
            |trust: Option<&String>, description: Option<&String>, session: Option<u32>| {
                let mut differences = Vec::new();
                if trust.is_some_and(|trust| !is_same_trust(trust, &found.trust)) {
                    differences.push("trust policy");
                }
                if description.is_some_and(|text| *text != found.description) {
                    differences.push("description");
                }
                if session.is_some_and(|length| length != found_session) {
                    differences.push("session length");
                }
                differences
            };
        match step {
            Step::CreateRole {
                role,
                trust,
                description,
                max_session_duration,
                tags,
            } => {
                let mut differences =
                    differences(Some(trust), description.as_ref(), *max_session_duration);
                if !tags.is_empty() && !holds_tags(&self.role_tags(role).await?, tags) {
                    differences.push(TAGS);
                }
                Ok(ReadBack::in_effect_unless(differences))
            }
            Step::UpdateRole {
                role: _,
                trust,
                description,
                max_session_duration,
            } => {
                let differences =
                    differences(trust.as_ref(), description.as_ref(), *max_session_duration);
                Ok(ReadBack::in_effect_if(differences.is_empty()))
            }
            _ => Ok(ReadBack::NotYet),
        }
    }

    async fn read_back_policy(
        &self,
        policy: &PolicyRef,
        step: &Step,
    ) -> Result<ReadBack, AccountError> {
        let Some(found) = self.policy(policy).await? else {
            let is_delete = matches!(step, Step::DeletePolicy { .. });
            return Ok(ReadBack::in_effect_if(is_delete));
        };
        Ok(match step {
            Step::CreatePolicy {
                policy,
                document,
                description,
                tags,
            } => {
                let mut differences = Vec::new();
                if !is_same_permission(document, &found.document) {
                    differences.push("document");
                }
                if description
                    .as_ref()
                    .is_some_and(|text| *text != found.description)
                {
                    differences.push("description");
                }
                if !tags.is_empty() && !holds_tags(&self.policy_tags(policy).await?, tags) {
                    differences.push(TAGS);
                }
                ReadBack::in_effect_unless(differences)
            }
            Step::UpdatePolicyDescription { description, .. } => {
                ReadBack::in_effect_if(*description == found.description)
            }
            Step::CreatePolicyVersion { document, .. } => {
                if is_same_permission(document, &found.document) {
                    ReadBack::InEffect(Some(found.default_version))
                } else {
                    ReadBack::NotYet
                }
            }
            Step::SetDefaultPolicyVersion { version, .. } => {
                ReadBack::in_effect_if(*version == found.default_version)
            }
            _ => ReadBack::NotYet,
        })
    }

    /// What keeps `step` from deleting, without what this run took away itself and the service has yet to notice.
    pub(super) async fn dependents(&self, step: &Step) -> Result<Vec<String>, AccountError> {
        match step {
            Step::DeleteRole { role } => {
                let attached = self.attachments(role).await?.unwrap_or_default();
                let foreign = attached
                    .into_iter()
                    .filter(|policy| !self.log.has_removed(&of_attachment(role, policy)));
                Ok(foreign.map(|policy| policy.to_string()).collect())
            }
            Step::DeletePolicy { policy } => {
                let reference = PolicyRef::custom(policy.clone());
                let holders = self.policy_holders(&reference).await?.unwrap_or_default();
                let versions = self.policy_versions(policy).await?.unwrap_or_default();
                let is_removed = |holder: &String| {
                    let role = holder.strip_prefix("role/").map(RoleName::new);
                    let Some(Ok(role)) = role else { return false };
                    self.log.has_removed(&of_attachment(&role, &reference))
                };
                let holders = holders.into_iter().filter(|holder| !is_removed(holder));
                let versions = versions
                    .into_iter()
                    .filter(|v| !v.is_default && !self.log.has_deleted_version(policy, v.id))
                    .map(|version| format!("version {}", version.id));
                Ok(holders.chain(versions).collect())
            }
            Step::DeletePolicyVersion { policy, version } => {
                if self.log.has_new_default(policy) {
                    return Ok(Vec::new());
                }
                Ok(vec![format!("{version} is the version in force")])
            }
            _ => Ok(vec!["something else".to_owned()]),
        }
    }
}

fn holds_tags(found: &Tags, wanted: &Tags) -> bool {
    wanted
        .iter()
        .all(|(key, value)| found.get(key) == Some(value))
}

/// Whether the live permission document means what `wanted` does. A live text that cannot be read is not known
/// to be the same.
fn is_same_permission(wanted: &str, live: &str) -> bool {
    wanted == live || equivalence::permission(live, wanted).is_ok_and(|compared| compared.is_same())
}

/// Whether the live trust document means what `wanted` does; as [`is_same_permission`].
fn is_same_trust(wanted: &str, live: &str) -> bool {
    wanted == live || equivalence::trust(live, wanted).is_ok_and(|compared| compared.is_same())
}
