//! What was read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PolicyShape, Result, bad, policies_into};
use crate::model::{
    AccountId, Caller, IdentityType, ObservedPolicy, ObservedRole, ObservedState, PolicyName,
    PolicyRef, PolicyType, PolicyVersion, RoleName, Tags, VersionId,
};

/// What was read. An entity that was not there is listed as absent, so that its appearing later is noticed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::plan::file) struct ObservedShape {
    caller: CallerShape,
    roles: Vec<ObservedRoleShape>,
    absent_roles: Vec<String>,
    policies: Vec<ObservedPolicyShape>,
    absent_policies: Vec<PolicyShape>,
    role_tags: BTreeMap<String, Tags>,
    policy_tags: BTreeMap<String, Tags>,
    holders: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallerShape {
    account: String,
    arn: String,
    identity_type: String,
    principal_id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObservedRoleShape {
    name: String,
    arn: String,
    description: String,
    trust: String,
    max_session_duration: Option<u32>,
    is_service_linked: bool,
    attached: Vec<PolicyShape>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObservedPolicyShape {
    policy: PolicyShape,
    description: String,
    default_version: String,
    document: String,
    /// How many hold it. Absent for policies whose versions were not read.
    attachments: Option<u32>,
    /// Absent for policies whose versions were not read.
    versions: Option<BTreeMap<String, String>>,
}

fn names<'a>(names: impl Iterator<Item = &'a RoleName>) -> Vec<String> {
    names.map(ToString::to_string).collect()
}

impl ObservedShape {
    pub(in crate::plan::file) fn new(observed: &ObservedState) -> Self {
        let ObservedState {
            caller,
            roles,
            attachments,
            policies,
            versions,
            role_tags,
            policy_tags,
            holders,
        } = observed;
        let text = |map: &BTreeMap<PolicyName, Tags>| {
            map.iter()
                .map(|(k, v)| (k.to_string(), v.clone()))
                .collect()
        };
        let absent = policies.iter().filter(|(_, found)| found.is_none());
        Self {
            caller: CallerShape::new(caller),
            roles: roles
                .values()
                .flatten()
                .map(|role| ObservedRoleShape::new(role, attachments))
                .collect(),
            absent_roles: names(
                roles
                    .iter()
                    .filter(|(_, found)| found.is_none())
                    .map(|(name, _)| name),
            ),
            policies: policies
                .values()
                .flatten()
                .map(|policy| ObservedPolicyShape::new(policy, versions))
                .collect(),
            absent_policies: absent.map(|(policy, _)| PolicyShape::new(policy)).collect(),
            role_tags: role_tags
                .iter()
                .map(|(k, v)| (k.to_string(), v.clone()))
                .collect(),
            policy_tags: text(policy_tags),
            holders: holders
                .iter()
                .map(|(k, v)| (k.to_string(), v.clone()))
                .collect(),
        }
    }

    pub(in crate::plan::file) fn into_model(self) -> Result<ObservedState> {
        let mut state = ObservedState {
            caller: self.caller.into_model()?,
            roles: BTreeMap::new(),
            attachments: BTreeMap::new(),
            policies: BTreeMap::new(),
            versions: BTreeMap::new(),
            role_tags: BTreeMap::new(),
            policy_tags: BTreeMap::new(),
            holders: BTreeMap::new(),
        };
        for name in self.absent_roles {
            state.roles.insert(RoleName::new(&name).map_err(bad)?, None);
        }
        for role in self.roles {
            role.put_into(&mut state)?;
        }
        for policy in self.absent_policies {
            state.policies.insert(policy.into_model()?, None);
        }
        for policy in self.policies {
            policy.put_into(&mut state)?;
        }
        for (name, tags) in self.role_tags {
            state
                .role_tags
                .insert(RoleName::new(&name).map_err(bad)?, tags);
        }
        for (name, tags) in self.policy_tags {
            state
                .policy_tags
                .insert(PolicyName::new(&name).map_err(bad)?, tags);
        }
        for (name, holders) in self.holders {
            state
                .holders
                .insert(PolicyName::new(&name).map_err(bad)?, holders);
        }
        Ok(state)
    }
}

impl CallerShape {
    fn new(caller: &Caller) -> Self {
        let Caller {
            account,
            arn,
            identity_type,
            principal_id,
        } = caller;
        Self {
            account: account.to_string(),
            arn: arn.clone(),
            identity_type: identity_type.as_str().to_owned(),
            principal_id: principal_id.clone(),
        }
    }

    fn into_model(self) -> Result<Caller> {
        Ok(Caller {
            account: AccountId::new(&self.account).map_err(bad)?,
            arn: self.arn,
            identity_type: IdentityType::from_word(&self.identity_type),
            principal_id: self.principal_id,
        })
    }
}

impl ObservedRoleShape {
    fn new(role: &ObservedRole, attachments: &BTreeMap<RoleName, Vec<PolicyRef>>) -> Self {
        let ObservedRole {
            name,
            arn,
            description,
            trust,
            max_session_duration,
            is_service_linked,
        } = role;
        Self {
            name: name.to_string(),
            arn: arn.clone(),
            description: description.clone(),
            trust: trust.clone(),
            max_session_duration: *max_session_duration,
            is_service_linked: *is_service_linked,
            attached: attachments
                .get(name)
                .into_iter()
                .flatten()
                .map(PolicyShape::new)
                .collect(),
        }
    }

    fn put_into(self, state: &mut ObservedState) -> Result<()> {
        let name = RoleName::new(&self.name).map_err(bad)?;
        state
            .attachments
            .insert(name.clone(), policies_into(self.attached)?);
        let role = ObservedRole {
            name: name.clone(),
            arn: self.arn,
            description: self.description,
            trust: self.trust,
            max_session_duration: self.max_session_duration,
            is_service_linked: self.is_service_linked,
        };
        state.roles.insert(name, Some(role));
        Ok(())
    }
}

impl ObservedPolicyShape {
    fn new(found: &ObservedPolicy, versions: &BTreeMap<PolicyName, Vec<PolicyVersion>>) -> Self {
        let ObservedPolicy {
            policy,
            description,
            default_version,
            document,
            attachment_count,
        } = found;
        let versions = versions
            .get(&policy.name)
            .filter(|_| policy.policy_type == PolicyType::Custom);
        let text = |version: &PolicyVersion| (version.id.to_string(), version.document.clone());
        Self {
            policy: PolicyShape::new(policy),
            description: description.clone(),
            default_version: default_version.to_string(),
            document: document.clone(),
            // Who else holds it bears on the order of steps, where its document may change.
            attachments: attachment_count.filter(|_| versions.is_some()),
            versions: versions.map(|versions| versions.iter().map(text).collect()),
        }
    }

    fn put_into(self, state: &mut ObservedState) -> Result<()> {
        let policy = self.policy.into_model()?;
        let default_version = VersionId::new(&self.default_version).map_err(bad)?;
        if let Some(versions) = self.versions {
            let read = |(id, document): (String, String)| {
                let id = VersionId::new(&id).map_err(bad)?;
                Ok(PolicyVersion {
                    id,
                    is_default: id == default_version,
                    document,
                })
            };
            let mut versions = versions.into_iter().map(read).collect::<Result<Vec<_>>>()?;
            versions.sort_by_key(|version| version.id);
            state.versions.insert(policy.name.clone(), versions);
        }
        let found = ObservedPolicy {
            policy: policy.clone(),
            description: self.description,
            default_version,
            document: self.document,
            attachment_count: self.attachments,
        };
        state.policies.insert(policy, Some(found));
        Ok(())
    }
}
