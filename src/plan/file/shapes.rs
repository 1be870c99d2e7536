//! The parts of a saved plan, field for field, and the way to and from the model.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::SavedPlanError;
use crate::model::{
    AccountId, BucketName, Caller, DesiredPolicy, DesiredRole, DesiredState, Export, ExtraPolicies,
    IdentityType, ObjectPrefix, ObservedPolicy, ObservedRole, ObservedState, PolicyName, PolicyRef,
    PolicyType, PolicyVersion, RegionId, Removals, RoleName, Tags, VersionId,
};
use crate::policy::{PolicyDocument, TrustPolicy};

type Result<T> = std::result::Result<T, SavedPlanError>;

fn bad(error: impl std::fmt::Display) -> SavedPlanError {
    SavedPlanError::Value(error.to_string())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DesiredShape {
    policies: Vec<DesiredPolicyShape>,
    roles: Vec<DesiredRoleShape>,
    exports: Vec<ExportShape>,
    remove_roles: BTreeMap<String, Vec<PolicyShape>>,
    remove_policies: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DesiredPolicyShape {
    name: String,
    document: String,
    description: Option<String>,
    tags: Option<Tags>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DesiredRoleShape {
    name: String,
    trust: String,
    description: Option<String>,
    max_session_duration: Option<u32>,
    policies: Vec<PolicyShape>,
    extra_policies: String,
    tags: Option<Tags>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportShape {
    region: String,
    bucket: String,
    prefix: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyShape {
    #[serde(rename = "type")]
    policy_type: String,
    name: String,
}

impl PolicyShape {
    fn new(policy: &PolicyRef) -> Self {
        Self {
            policy_type: policy.policy_type.as_str().to_owned(),
            name: policy.name.to_string(),
        }
    }

    fn into_model(self) -> Result<PolicyRef> {
        let name = PolicyName::new(&self.name).map_err(bad)?;
        match self.policy_type.as_str() {
            "Custom" => Ok(PolicyRef {
                policy_type: PolicyType::Custom,
                name,
            }),
            "System" => Ok(PolicyRef {
                policy_type: PolicyType::System,
                name,
            }),
            other => Err(bad(format!("`{}` is no policy type", other.escape_debug()))),
        }
    }
}

fn policies_into<C: FromIterator<PolicyRef>>(shapes: Vec<PolicyShape>) -> Result<C> {
    shapes.into_iter().map(PolicyShape::into_model).collect()
}

impl DesiredShape {
    pub(super) fn new(desired: &DesiredState) -> Self {
        let DesiredState {
            policies,
            roles,
            exports,
            removals:
                Removals {
                    roles: gone_roles,
                    policies: gone,
                },
        } = desired;
        Self {
            policies: policies.values().map(DesiredPolicyShape::new).collect(),
            roles: roles.values().map(DesiredRoleShape::new).collect(),
            exports: exports.iter().map(ExportShape::new).collect(),
            remove_roles: gone_roles
                .iter()
                .map(|(role, policies)| {
                    (
                        role.to_string(),
                        policies.iter().map(PolicyShape::new).collect(),
                    )
                })
                .collect(),
            remove_policies: gone.iter().map(ToString::to_string).collect(),
        }
    }

    pub(super) fn into_model(self) -> Result<DesiredState> {
        let mut gone_roles = BTreeMap::new();
        for (role, policies) in self.remove_roles {
            gone_roles.insert(
                RoleName::new(&role).map_err(bad)?,
                policies_into::<BTreeSet<_>>(policies)?,
            );
        }
        let gone = self
            .remove_policies
            .iter()
            .map(|name| PolicyName::new(name).map_err(bad));
        let removals = Removals {
            roles: gone_roles,
            policies: gone.collect::<Result<_>>()?,
        };
        let policies = self
            .policies
            .into_iter()
            .map(DesiredPolicyShape::into_model);
        let roles = self.roles.into_iter().map(DesiredRoleShape::into_model);
        Ok(DesiredState {
            policies: policies
                .map(|p| p.map(|p| (p.name.clone(), p)))
                .collect::<Result<_>>()?,
            roles: roles
                .map(|r| r.map(|r| (r.name.clone(), r)))
                .collect::<Result<_>>()?,
            exports: self
                .exports
                .into_iter()
                .map(ExportShape::into_model)
                .collect::<Result<_>>()?,
            removals,
        })
    }
}

impl DesiredPolicyShape {
    fn new(policy: &DesiredPolicy) -> Self {
        let DesiredPolicy {
            name,
            document,
            description,
            tags,
        } = policy;
        Self {
            name: name.to_string(),
            document: document.to_json(),
            description: description.clone(),
            tags: tags.clone(),
        }
    }

    fn into_model(self) -> Result<DesiredPolicy> {
        Ok(DesiredPolicy {
            name: PolicyName::new(&self.name).map_err(bad)?,
            document: PolicyDocument::parse_live(&self.document).map_err(bad)?,
            description: self.description,
            tags: self.tags,
        })
    }
}

impl DesiredRoleShape {
    fn new(role: &DesiredRole) -> Self {
        let DesiredRole {
            name,
            trust,
            description,
            max_session_duration,
            policies,
            extra_policies,
            tags,
        } = role;
        Self {
            name: name.to_string(),
            trust: trust.to_json(),
            description: description.clone(),
            max_session_duration: *max_session_duration,
            policies: policies.iter().map(PolicyShape::new).collect(),
            extra_policies: extra_policies.as_str().to_owned(),
            tags: tags.clone(),
        }
    }

    fn into_model(self) -> Result<DesiredRole> {
        let words = [
            ExtraPolicies::Report,
            ExtraPolicies::Keep,
            ExtraPolicies::Detach,
        ];
        let extra = words
            .into_iter()
            .find(|word| word.as_str() == self.extra_policies);
        Ok(DesiredRole {
            name: RoleName::new(&self.name).map_err(bad)?,
            trust: TrustPolicy::parse_live(&self.trust).map_err(bad)?,
            description: self.description,
            max_session_duration: self.max_session_duration,
            policies: policies_into(self.policies)?,
            extra_policies: extra
                .ok_or_else(|| bad("`extra_policies` is none of report, keep and detach"))?,
            tags: self.tags,
        })
    }
}

impl ExportShape {
    fn new(export: &Export) -> Self {
        let Export {
            region,
            bucket,
            prefix,
        } = export;
        Self {
            region: region.to_string(),
            bucket: bucket.to_string(),
            prefix: prefix.as_ref().map(ToString::to_string),
        }
    }

    fn into_model(self) -> Result<Export> {
        let prefix = self
            .prefix
            .map(|prefix| ObjectPrefix::new(&prefix).map_err(bad))
            .transpose()?;
        Ok(Export {
            region: RegionId::new(&self.region).map_err(bad)?,
            bucket: BucketName::new(&self.bucket).map_err(bad)?,
            prefix,
        })
    }
}

/// What was read. An entity that was not there is listed as absent, so that its appearing later is noticed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObservedShape {
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
    pub(super) fn new(observed: &ObservedState) -> Self {
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

    pub(super) fn into_model(self) -> Result<ObservedState> {
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
