//! Attachments of every scope: the whole account's and those of single resource groups.
//!
//! Source of parameters and codes: Resource Management, `ListPolicyAttachments`, `AttachPolicy`, `DetachPolicy`
//! (December 2025).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cloud::rpc::signature::timestamp;
use crate::model::{PolicyRef, PolicyType, RoleName};
use crate::sandbox::ram::attachments;
use crate::sandbox::ram::validation;
use crate::sandbox::rpc::answer::{Answer, insert};
use crate::sandbox::rpc::api_error::ApiError;
use crate::sandbox::rpc::paging;
use crate::sandbox::rpc::parameters::Parameters;
use crate::sandbox::state::{Account, Attachment};

/// Who can hold a policy. Source: `PrincipalType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PrincipalType {
    User,
    Group,
    Role,
}

impl PrincipalType {
    fn read(text: &str) -> Result<Self, ApiError> {
        match text {
            "IMSUser" => Ok(Self::User),
            "IMSGroup" => Ok(Self::Group),
            "ServiceRole" => Ok(Self::Role),
            _ => Err(ApiError::incorrect("PrincipalType")),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::User => "IMSUser",
            Self::Group => "IMSGroup",
            Self::Role => "ServiceRole",
        }
    }

    /// `name@domain`, the name under which the holder is known here.
    fn full_name(self, name: &str, account: &Account) -> String {
        let domain = account.domain();
        match self {
            Self::Role => format!("{name}@role.{domain}.onaliyunservice.com"),
            Self::User => format!("{name}@{domain}.onaliyun.com"),
            Self::Group => format!("{name}@group.{domain}.onaliyun.com"),
        }
    }

    /// The short name in `full_name`, if that is one of this account.
    fn short_name(self, full_name: &str, account: &Account) -> Option<String> {
        let (name, _) = full_name.split_once('@')?;
        self.full_name(name, account)
            .eq_ignore_ascii_case(full_name)
            .then(|| name.to_owned())
    }
}

/// All attachments, of the whole account where `ResourceGroupId` is left out.
pub(super) fn list(account: &Account, parameters: &Parameters) -> Answer {
    let wanted = Filter::read(parameters)?;
    let roles = account.roles.values();
    let roles = roles.map(|role| (PrincipalType::Role, role.name.as_str(), &role.attachments));
    let users = account.users.values();
    let users = users.map(|user| (PrincipalType::User, user.name.as_str(), &user.attachments));
    let items = roles.chain(users).flat_map(|(kind, name, attachments)| {
        let full_name = kind.full_name(name, account);
        let held = attachments.iter();
        held.map(move |attachment| (kind, full_name.clone(), attachment))
    });
    let items: Vec<Value> = items
        .filter(|(kind, full_name, attachment)| {
            wanted.is_met(account, *kind, full_name, attachment)
        })
        .map(|(kind, full_name, attachment)| shape(account, kind, &full_name, attachment))
        .collect();
    let (items, mut answer) = paging::numbered(parameters, items)?;
    let attachments = json!({ "PolicyAttachment": items });
    insert(&mut answer, "PolicyAttachments", Some(attachments));
    Ok(answer)
}

struct Filter<'a> {
    principal_type: Option<PrincipalType>,
    principal_name: Option<&'a str>,
    policy_type: Option<PolicyType>,
    policy_name: Option<&'a str>,
    /// A group's id, or the account's for what is attached account-wide.
    resource_group: Option<&'a str>,
}

impl<'a> Filter<'a> {
    fn read(parameters: &'a Parameters) -> Result<Self, ApiError> {
        let principal_type = parameters.optional("PrincipalType");
        Ok(Self {
            principal_type: principal_type.map(PrincipalType::read).transpose()?,
            principal_name: parameters.optional("PrincipalName"),
            policy_type: match parameters.optional("PolicyType") {
                Some(_) => Some(validation::policy_type(parameters)?),
                None => None,
            },
            policy_name: parameters.optional("PolicyName"),
            resource_group: parameters.optional("ResourceGroupId"),
        })
    }

    fn is_met(
        &self,
        account: &Account,
        kind: PrincipalType,
        full_name: &str,
        attachment: &Attachment,
    ) -> bool {
        let Attachment { policy, .. } = attachment;
        let is_name = |wanted: &str| wanted.eq_ignore_ascii_case(full_name);
        let is_policy = |wanted: &str| wanted.eq_ignore_ascii_case(policy.name.as_str());
        self.principal_type.is_none_or(|wanted| wanted == kind)
            && self.principal_name.is_none_or(is_name)
            && self
                .policy_type
                .is_none_or(|wanted| wanted == policy.policy_type)
            && self.policy_name.is_none_or(is_policy)
            && self
                .resource_group
                .is_none_or(|wanted| wanted == scope(account, attachment))
    }
}

/// The group's id, or the account's for what is attached account-wide.
fn scope<'a>(account: &'a Account, attachment: &'a Attachment) -> &'a str {
    attachment
        .resource_group
        .as_deref()
        .unwrap_or(account.id.as_str())
}

fn shape(
    account: &Account,
    kind: PrincipalType,
    full_name: &str,
    attachment: &Attachment,
) -> Value {
    let PolicyRef { policy_type, name } = &attachment.policy;
    json!({
        "PolicyType": policy_type.as_str(),
        "PolicyName": name.as_str(),
        "PrincipalType": kind.as_str(),
        "PrincipalName": full_name,
        "ResourceGroupId": scope(account, attachment),
        "AttachDate": timestamp(attachment.attached),
        "Description": account.policy_description(&attachment.policy),
    })
}

pub(super) fn attach(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let (kind, name, attachment) = read(account, parameters, now)?;
    match kind {
        PrincipalType::Role => attachments::attach_role(account, &role_name(&name)?, attachment),
        PrincipalType::User => attachments::attach_user(account, &name, attachment),
        PrincipalType::Group => Err(no_group()),
    }
}

pub(super) fn detach(account: &mut Account, parameters: &Parameters, now: Timestamp) -> Answer {
    let (kind, name, attachment) = read(account, parameters, now)?;
    match kind {
        PrincipalType::Role => attachments::detach_role(account, &role_name(&name)?, &attachment),
        PrincipalType::User => attachments::detach_user(account, &name, &attachment),
        PrincipalType::Group => Err(no_group()),
    }
}

/// The five values that both calls need: who, short name included, and the attachment.
fn read(
    account: &Account,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<(PrincipalType, String, Attachment), ApiError> {
    parameters.required("ResourceGroupId")?;
    let kind = PrincipalType::read(parameters.required("PrincipalType")?)?;
    let full_name = parameters.required("PrincipalName")?;
    let attachment = attachments::read(account, parameters, now)?;
    let name = kind.short_name(full_name, account);
    let name = name.ok_or_else(|| match kind {
        PrincipalType::Role => ApiError::no_role(),
        PrincipalType::User => ApiError::no_user(),
        PrincipalType::Group => no_group(),
    })?;
    Ok((kind, name, attachment))
}

fn role_name(name: &str) -> Result<RoleName, ApiError> {
    RoleName::new(name).map_err(|_| ApiError::no_role())
}

/// The sandbox has no groups of users.
fn no_group() -> ApiError {
    ApiError::new(404, "EntityNotExist.Group", "The group does not exist.")
}
