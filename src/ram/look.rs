//! Reads whether a write has taken effect, and what stands in the way of a delete.

use super::client::RamClient;
use super::request::of_attachment;
use super::same;
use super::transport::Transport;
use crate::account::{AccountError, ReadAccount};
use crate::credentials::CredentialSource;
use crate::model::{PolicyRef, PolicyVersion, RoleName, Step, Tags, VersionId, limit};

/// The one part of a new thing that is read by a call of its own.
pub(super) const TAGS: &str = "tags";

/// What reading back shows of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// Everything is as the step wants it; with the version in force where the step makes one.
    Holds(Option<VersionId>),
    /// It is not, or not yet.
    NotYet,
    /// What the step would make exists with other contents; these differ.
    Differs(Vec<&'static str>),
}

impl Look {
    fn holds_if(yes: bool) -> Self {
        if yes { Self::Holds(None) } else { Self::NotYet }
    }

    fn same_if_none(differences: Vec<&'static str>) -> Self {
        if differences.is_empty() {
            Self::Holds(None)
        } else {
            Self::Differs(differences)
        }
    }
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    /// Reads what `step` is about and compares.
    pub(super) async fn look(&self, step: &Step) -> Result<Look, AccountError> {
        match step {
            Step::CreateRole { role, .. } | Step::UpdateRole { role, .. } => {
                self.look_at_role(role, step).await
            }
            Step::DeleteRole { role } => Ok(Look::holds_if(self.role(role).await?.is_none())),
            Step::AttachPolicy { role, policy } => {
                let list = self.attachments(role).await?;
                Ok(Look::holds_if(
                    list.is_some_and(|list| list.contains(policy)),
                ))
            }
            Step::DetachPolicy { role, policy } => {
                let list = self.attachments(role).await?;
                Ok(Look::holds_if(
                    list.is_none_or(|list| !list.contains(policy)),
                ))
            }
            Step::TagRole { role, tags } => {
                let found = self.role_tags(role).await?;
                Ok(Look::holds_if(holds_tags(&found, tags)))
            }
            Step::TagPolicy { policy, tags } => {
                let found = self.policy_tags(policy).await?;
                Ok(Look::holds_if(holds_tags(&found, tags)))
            }
            Step::DeletePolicyVersion { policy, version } => {
                let versions = self.policy_versions(policy).await?;
                let has_it = |list: Vec<PolicyVersion>| list.iter().any(|v| v.id == *version);
                Ok(Look::holds_if(!versions.is_some_and(has_it)))
            }
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::SetDefaultPolicyVersion { policy, .. }
            | Step::DeletePolicy { policy } => {
                self.look_at_policy(&PolicyRef::custom(policy.clone()), step)
                    .await
            }
        }
    }

    async fn look_at_role(&self, role: &RoleName, step: &Step) -> Result<Look, AccountError> {
        let Some(found) = self.role(role).await? else {
            return Ok(Look::NotYet);
        };
        // Old answers leave the default out.
        let found_session = found
            .max_session_duration
            .unwrap_or(limit::MIN_SESSION_DURATION);
        let differences =
            |trust: Option<&String>, description: Option<&String>, session: Option<u32>| {
                let mut differences = Vec::new();
                if trust.is_some_and(|trust| !same::trust(trust, &found.trust)) {
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
                Ok(Look::same_if_none(differences))
            }
            Step::UpdateRole {
                role: _,
                trust,
                description,
                max_session_duration,
            } => {
                let differences =
                    differences(trust.as_ref(), description.as_ref(), *max_session_duration);
                Ok(Look::holds_if(differences.is_empty()))
            }
            _ => Ok(Look::NotYet),
        }
    }

    async fn look_at_policy(&self, policy: &PolicyRef, step: &Step) -> Result<Look, AccountError> {
        let Some(found) = self.policy(policy).await? else {
            let is_delete = matches!(step, Step::DeletePolicy { .. });
            return Ok(Look::holds_if(is_delete));
        };
        Ok(match step {
            Step::CreatePolicy {
                policy,
                document,
                description,
                tags,
            } => {
                let mut differences = Vec::new();
                if !same::permission(document, &found.document) {
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
                Look::same_if_none(differences)
            }
            Step::UpdatePolicyDescription { description, .. } => {
                Look::holds_if(*description == found.description)
            }
            Step::CreatePolicyVersion { document, .. } => {
                if same::permission(document, &found.document) {
                    Look::Holds(Some(found.default_version))
                } else {
                    Look::NotYet
                }
            }
            Step::SetDefaultPolicyVersion { version, .. } => {
                Look::holds_if(*version == found.default_version)
            }
            _ => Look::NotYet,
        })
    }

    /// What keeps `step` from deleting, without what this run took away itself and the service has yet to notice.
    pub(super) async fn dependents(&self, step: &Step) -> Result<Vec<String>, AccountError> {
        match step {
            Step::DeleteRole { role } => {
                let attached = self.attachments(role).await?.unwrap_or_default();
                let foreign = attached
                    .into_iter()
                    .filter(|policy| !self.ledger.has_taken(&of_attachment(role, policy)));
                Ok(foreign.map(|policy| policy.to_string()).collect())
            }
            Step::DeletePolicy { policy } => {
                let reference = PolicyRef::custom(policy.clone());
                let holders = self.policy_holders(&reference).await?.unwrap_or_default();
                let versions = self.policy_versions(policy).await?.unwrap_or_default();
                let taken = |holder: &String| {
                    let role = holder.strip_prefix("role/").map(RoleName::new);
                    let Some(Ok(role)) = role else { return false };
                    self.ledger.has_taken(&of_attachment(&role, &reference))
                };
                let holders = holders.into_iter().filter(|holder| !taken(holder));
                let versions = versions
                    .into_iter()
                    .filter(|v| !v.is_default && !self.ledger.has_dropped(policy, v.id))
                    .map(|version| format!("version {}", version.id));
                Ok(holders.chain(versions).collect())
            }
            Step::DeletePolicyVersion { policy, version } => {
                if self.ledger.has_new_default(policy) {
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
