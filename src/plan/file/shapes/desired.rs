//! What is wanted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{PolicyShape, Result, bad, policies_into};
use crate::model::{
    BucketName, DesiredPolicy, DesiredRole, DesiredState, Export, ExtraPolicies, ObjectPrefix,
    PolicyName, RegionId, Removals, RoleName, Tags,
};
use crate::policy::{PolicyDocument, TrustPolicy};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::plan::file) struct DesiredShape {
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

impl DesiredShape {
    pub(in crate::plan::file) fn new(desired: &DesiredState) -> Self {
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

    pub(in crate::plan::file) fn into_model(self) -> Result<DesiredState> {
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
