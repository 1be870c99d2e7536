//! The operations we call: one constructor each, which is the whole table of operation → parameters.
//!
//! Source: RAM API 2015-05-01, parameter lists of the official SDKs.

use serde_json::json;

use super::service::RAM;
use crate::cloud::rpc::call::Call;
use crate::model::{Address, PolicyName, PolicyRef, RoleName, Step, Tags};

fn read(operation: &'static str, subject: &impl ToString) -> Call {
    Call::read(&RAM, operation, subject.to_string())
}

/// Leaves the parameter out when there are no tags: an empty list is refused.
fn with_tags(call: Call, tags: &Tags) -> Call {
    if tags.is_empty() {
        return call;
    }
    let list: Vec<_> = tags
        .iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    call.with("Tag", json!(list))
}

fn with_policy(call: Call, policy: &PolicyRef) -> Call {
    call.with("PolicyType", policy.policy_type.as_str())
        .with("PolicyName", &policy.name)
}

pub(super) fn get_role(role: &RoleName) -> Call {
    read("GetRole", &of_role(role)).with("RoleName", role)
}

pub(super) fn list_policies_for_role(role: &RoleName) -> Call {
    read("ListPoliciesForRole", &of_role(role)).with("RoleName", role)
}

pub(super) fn get_policy(policy: &PolicyRef) -> Call {
    with_policy(read("GetPolicy", policy), policy)
}

pub(super) fn list_policy_versions(policy: &PolicyName) -> Call {
    let call = read("ListPolicyVersions", &of_policy(policy));
    with_policy(call, &PolicyRef::custom(policy.clone()))
}

pub(super) fn list_entities_for_policy(policy: &PolicyRef) -> Call {
    with_policy(read("ListEntitiesForPolicy", policy), policy)
}

pub(super) fn list_role_tags(role: &RoleName) -> Call {
    list_tags(&of_role(role), "role", role.as_str())
}

pub(super) fn list_policy_tags(policy: &PolicyName) -> Call {
    list_tags(&of_policy(policy), "policy", policy.as_str())
}

fn list_tags(subject: &Address, kind: &str, name: &str) -> Call {
    read("ListTagResources", subject)
        .with("ResourceType", kind)
        .with("ResourceNames", json!([name]))
}

/// The call that carries out `step`.
///
/// Neither `RotateStrategy` nor `CascadingDelete` is ever sent: which versions go is the plan's to say.
pub(super) fn write(step: &Step) -> Call {
    let operation = step.operation();
    let write = |subject: &Address| Call::write(&RAM, operation, subject.to_string());
    let on_role = |role| write(&of_role(role)).with("RoleName", role);
    let on_policy = |policy| write(&of_policy(policy)).with("PolicyName", policy);
    match step {
        Step::CreateRole {
            role,
            trust,
            description,
            max_session_duration,
            tags,
        } => {
            let call = on_role(role)
                .with("AssumeRolePolicyDocument", trust)
                .with_some("Description", description.as_ref())
                .with_some("MaxSessionDuration", max_session_duration.as_ref());
            with_tags(call, tags)
        }
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
        } => {
            let call = on_policy(policy)
                .with("PolicyDocument", document)
                .with_some("Description", description.as_ref());
            with_tags(call, tags)
        }
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
            with_policy(write(&of_attachment(role, policy)), policy).with("RoleName", role)
        }
        Step::DetachGroupPolicy {
            role,
            policy,
            group,
        } => {
            let subject = Address::GroupAttachment {
                role: role.clone(),
                policy: policy.clone(),
                group: group.clone(),
            };
            with_policy(write(&subject), policy)
                .with("RoleName", role)
                .with("ResourceGroupId", group)
        }
        Step::TagRole { role, tags } => {
            with_tags(tag_resources(&of_role(role), "role", role.as_str()), tags)
        }
        Step::TagPolicy { policy, tags } => with_tags(
            tag_resources(&of_policy(policy), "policy", policy.as_str()),
            tags,
        ),
    }
}

fn tag_resources(subject: &Address, kind: &str, name: &str) -> Call {
    Call::write(&RAM, "TagResources", subject.to_string())
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
    use crate::cloud::rpc::call::CallKind;

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
                Step::DetachGroupPolicy {
                    role: role.clone(),
                    policy: PolicyRef::system(PolicyName::new("S").unwrap()),
                    group: "rg-1".to_owned(),
                },
                "DetachPolicyFromRole role/R/system:S@rg-1 PolicyName=S PolicyType=System ResourceGroupId=rg-1 RoleName=R",
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
            assert!(call.kind == CallKind::Read);
        }
    }
}
