//! The operations we call: one constructor each, which is the whole table of operation → parameters.
//!
//! Source: RAM API 2015-05-01 and STS API 2015-04-01, parameter lists of the official SDKs.

use std::collections::BTreeMap;

use serde_json::json;

use crate::model::{Address, PolicyName, PolicyRef, RoleName, Step, Tags};

/// Which service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Ram,
    Sts,
    ResourceManager,
}

impl Service {
    /// The API version, a date.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Ram => "2015-05-01",
            Self::Sts => "2015-04-01",
            Self::ResourceManager => "2020-03-31",
        }
    }
}

/// Whether a call can change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Read,
    Write,
}

/// One call, not yet signed. Never printed whole: documents may be long and are nobody's business in a log.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) operation: &'static str,
    pub(super) effect: Effect,
    /// The address it is about, empty for none.
    pub(super) subject: String,
    /// The operation's own parameters.
    pub(super) params: Params,
}

type Params = BTreeMap<&'static str, String>;

impl Call {
    fn read(operation: &'static str, subject: String) -> Self {
        Self {
            service: Service::Ram,
            operation,
            effect: Effect::Read,
            subject,
            params: Params::new(),
        }
    }

    fn write(operation: &'static str, subject: &Address) -> Self {
        Self {
            effect: Effect::Write,
            ..Self::read(operation, subject.to_string())
        }
    }

    /// Adds a parameter.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(name, value.to_string());
        self
    }

    fn with_some(self, name: &'static str, value: Option<&impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value.to_string()),
            None => self,
        }
    }

    /// Leaves the parameter out when there are no tags: an empty list is refused.
    fn with_tags(self, tags: &Tags) -> Self {
        if tags.is_empty() {
            return self;
        }
        let list: Vec<_> = tags
            .iter()
            .map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect();
        self.with("Tag", json!(list))
    }

    fn with_policy(self, policy: &PolicyRef) -> Self {
        self.with("PolicyType", policy.policy_type.as_str())
            .with("PolicyName", &policy.name)
    }
}

pub(super) fn get_caller_identity() -> Call {
    Call {
        service: Service::Sts,
        ..Call::read("GetCallerIdentity", String::new())
    }
}

/// A call to ResourceManager 2020-03-31. `folder` goes into `ParentFolderId`.
pub(super) fn of_directory(operation: &'static str, folder: Option<&str>) -> Call {
    let call = Call {
        service: Service::ResourceManager,
        ..Call::read(
            operation,
            folder.map(|id| format!("folder {id}")).unwrap_or_default(),
        )
    };
    call.with_some("ParentFolderId", folder.as_ref())
}

pub(super) fn get_role(role: &RoleName) -> Call {
    Call::read("GetRole", of_role(role).to_string()).with("RoleName", role)
}

pub(super) fn list_policies_for_role(role: &RoleName) -> Call {
    Call::read("ListPoliciesForRole", of_role(role).to_string()).with("RoleName", role)
}

pub(super) fn get_policy(policy: &PolicyRef) -> Call {
    Call::read("GetPolicy", policy.to_string()).with_policy(policy)
}

pub(super) fn list_policy_versions(policy: &PolicyName) -> Call {
    Call::read("ListPolicyVersions", of_policy(policy).to_string())
        .with_policy(&PolicyRef::custom(policy.clone()))
}

pub(super) fn list_entities_for_policy(policy: &PolicyRef) -> Call {
    Call::read("ListEntitiesForPolicy", policy.to_string()).with_policy(policy)
}

pub(super) fn list_role_tags(role: &RoleName) -> Call {
    list_tags(&of_role(role), "role", role.as_str())
}

pub(super) fn list_policy_tags(policy: &PolicyName) -> Call {
    list_tags(&of_policy(policy), "policy", policy.as_str())
}

fn list_tags(subject: &Address, kind: &str, name: &str) -> Call {
    Call::read("ListTagResources", subject.to_string())
        .with("ResourceType", kind)
        .with("ResourceNames", json!([name]))
}

/// The call that carries out `step`.
///
/// Neither `RotateStrategy` nor `CascadingDelete` is ever sent: which versions go is the plan's to say.
pub(super) fn write(step: &Step) -> Call {
    let operation = step.operation();
    let on_role = |role| Call::write(operation, &of_role(role)).with("RoleName", role);
    let on_policy = |policy| Call::write(operation, &of_policy(policy)).with("PolicyName", policy);
    match step {
        Step::CreateRole {
            role,
            trust,
            description,
            max_session_duration,
            tags,
        } => on_role(role)
            .with("AssumeRolePolicyDocument", trust)
            .with_some("Description", description.as_ref())
            .with_some("MaxSessionDuration", max_session_duration.as_ref())
            .with_tags(tags),
        Step::UpdateRole {
            role,
            trust,
            description,
            max_session_duration,
        } => on_role(role)
            .with_some("NewAssumeRolePolicyDocument", trust.as_ref())
            .with_some("NewDescription", description.as_ref())
            .with_some("NewMaxSessionDuration", max_session_duration.as_ref()),
        Step::DeleteRole { role } => on_role(role),
        Step::CreatePolicy {
            policy,
            document,
            description,
            tags,
        } => on_policy(policy)
            .with("PolicyDocument", document)
            .with_some("Description", description.as_ref())
            .with_tags(tags),
        Step::UpdatePolicyDescription {
            policy,
            description,
        } => on_policy(policy).with("NewDescription", description),
        Step::CreatePolicyVersion { policy, document } => on_policy(policy)
            .with("PolicyDocument", document)
            .with("SetAsDefault", true),
        Step::SetDefaultPolicyVersion { policy, version }
        | Step::DeletePolicyVersion { policy, version } => {
            on_policy(policy).with("VersionId", version)
        }
        Step::DeletePolicy { policy } => on_policy(policy),
        Step::AttachPolicy { role, policy } | Step::DetachPolicy { role, policy } => {
            Call::write(operation, &of_attachment(role, policy))
                .with_policy(policy)
                .with("RoleName", role)
        }
        Step::TagRole { role, tags } => {
            tag_resources(&of_role(role), "role", role.as_str()).with_tags(tags)
        }
        Step::TagPolicy { policy, tags } => {
            tag_resources(&of_policy(policy), "policy", policy.as_str()).with_tags(tags)
        }
    }
}

fn tag_resources(subject: &Address, kind: &str, name: &str) -> Call {
    Call::write("TagResources", subject)
        .with("ResourceType", kind)
        .with("ResourceNames", json!([name]))
}

/// The address of a role.
pub(super) fn of_role(role: &RoleName) -> Address {
    Address::Role(role.clone())
}

/// The address of a custom policy.
pub(super) fn of_policy(policy: &PolicyName) -> Address {
    Address::Policy(policy.clone())
}

/// The address of an attachment.
pub(super) fn of_attachment(role: &RoleName, policy: &PolicyRef) -> Address {
    Address::Attachment {
        role: role.clone(),
        policy: policy.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(call: &Call) -> String {
        let params: Vec<_> = call
            .params
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        format!("{} {} {}", call.operation, call.subject, params.join(" "))
    }

    #[test]
    fn each_write_sends_its_own_parameters() {
        let role = RoleName::new("R").unwrap();
        let policy = PolicyName::new("P").unwrap();
        let version = crate::model::VersionId::from_number(3);
        let attached = PolicyRef::system(PolicyName::new("S").unwrap());
        let tags: Tags = [("k".to_owned(), "v".to_owned())].into();
        for (step, expected) in [
            (
                Step::CreateRole {
                    role: role.clone(),
                    trust: "{}".to_owned(),
                    description: Some("d".to_owned()),
                    max_session_duration: Some(3600),
                    tags: tags.clone(),
                },
                r#"CreateRole role/R AssumeRolePolicyDocument={} Description=d MaxSessionDuration=3600 RoleName=R Tag=[{"Key":"k","Value":"v"}]"#,
            ),
            (
                Step::UpdateRole {
                    role: role.clone(),
                    trust: Some("{}".to_owned()),
                    description: None,
                    max_session_duration: None,
                },
                "UpdateRole role/R NewAssumeRolePolicyDocument={} RoleName=R",
            ),
            (
                Step::DeleteRole { role: role.clone() },
                "DeleteRole role/R RoleName=R",
            ),
            (
                Step::CreatePolicy {
                    policy: policy.clone(),
                    document: "{}".to_owned(),
                    description: None,
                    tags: Tags::new(),
                },
                "CreatePolicy policy/P PolicyDocument={} PolicyName=P",
            ),
            (
                Step::UpdatePolicyDescription {
                    policy: policy.clone(),
                    description: "d".to_owned(),
                },
                "UpdatePolicyDescription policy/P NewDescription=d PolicyName=P",
            ),
            (
                Step::CreatePolicyVersion {
                    policy: policy.clone(),
                    document: "{}".to_owned(),
                },
                "CreatePolicyVersion policy/P PolicyDocument={} PolicyName=P SetAsDefault=true",
            ),
            (
                Step::SetDefaultPolicyVersion {
                    policy: policy.clone(),
                    version,
                },
                "SetDefaultPolicyVersion policy/P PolicyName=P VersionId=v3",
            ),
            (
                Step::DeletePolicyVersion {
                    policy: policy.clone(),
                    version,
                },
                "DeletePolicyVersion policy/P PolicyName=P VersionId=v3",
            ),
            (
                Step::DeletePolicy {
                    policy: policy.clone(),
                },
                "DeletePolicy policy/P PolicyName=P",
            ),
            (
                Step::AttachPolicy {
                    role: role.clone(),
                    policy: attached.clone(),
                },
                "AttachPolicyToRole role/R/system:S PolicyName=S PolicyType=System RoleName=R",
            ),
            (
                Step::DetachPolicy {
                    role: role.clone(),
                    policy: attached,
                },
                "DetachPolicyFromRole role/R/system:S PolicyName=S PolicyType=System RoleName=R",
            ),
            (
                Step::TagRole {
                    role,
                    tags: tags.clone(),
                },
                r#"TagResources role/R ResourceNames=["R"] ResourceType=role Tag=[{"Key":"k","Value":"v"}]"#,
            ),
            (
                Step::TagPolicy { policy, tags },
                r#"TagResources policy/P ResourceNames=["P"] ResourceType=policy Tag=[{"Key":"k","Value":"v"}]"#,
            ),
        ] {
            assert_eq!(shown(&write(&step)), expected);
        }
    }

    #[test]
    fn each_read_sends_its_own_parameters() {
        let role = RoleName::new("R").unwrap();
        let name = PolicyName::new("P").unwrap();
        let policy = PolicyRef::system(name.clone());
        for (call, expected) in [
            (get_caller_identity(), "GetCallerIdentity  "),
            (get_role(&role), "GetRole role/R RoleName=R"),
            (
                list_policies_for_role(&role),
                "ListPoliciesForRole role/R RoleName=R",
            ),
            (
                get_policy(&policy),
                "GetPolicy system:P PolicyName=P PolicyType=System",
            ),
            (
                list_policy_versions(&name),
                "ListPolicyVersions policy/P PolicyName=P PolicyType=Custom",
            ),
            (
                list_entities_for_policy(&policy),
                "ListEntitiesForPolicy system:P PolicyName=P PolicyType=System",
            ),
            (
                list_role_tags(&role),
                r#"ListTagResources role/R ResourceNames=["R"] ResourceType=role"#,
            ),
            (
                list_policy_tags(&name),
                r#"ListTagResources policy/P ResourceNames=["P"] ResourceType=policy"#,
            ),
        ] {
            assert_eq!(shown(&call), expected);
            assert!(call.effect == Effect::Read);
        }
    }
}
