//! From the file's shape to the state: one account and what is in it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    AccountFile, AttachmentFile, Document, OidcProviderFile, PolicyFile, RoleFile,
    SystemPolicyFile, UserFile,
};
use crate::model::{AccountId, NameError, PolicyName, PolicyType, RoleName, VersionId, limit};
use crate::sandbox::ACCOUNT_ID;
use crate::sandbox::state::{
    Account, Attachment, CustomPolicy, OidcProvider, Quota, Role, SystemPolicy, User, Version,
};

/// When things were made whose file does not say: 2026-01-02T03:04:05Z.
const MADE_SECOND: i64 = 1_767_323_045;

/// What is wrong with a file that is good JSON, and where.
pub(in crate::sandbox) type Wrong = String;

impl AccountFile {
    pub(in crate::sandbox) fn into_account(self) -> Result<Account, Wrong> {
        let Self {
            id,
            roles,
            policies,
            system_policies,
            users,
            quota,
            control_policy,
            oidc_providers,
            last_id,
        } = self;
        let id = at(
            "account",
            AccountId::new(id.as_deref().unwrap_or(ACCOUNT_ID)),
        )?;
        let mut account = Account::new(id);
        account.last_id = last_id.unwrap_or(0);
        account.quota = read_quota(quota)?;
        account.control_policy = control_policy.map(|Document(text)| text);
        for provider in oidc_providers {
            let OidcProviderFile {
                name,
                issuer,
                client_ids,
            } = provider;
            let key = name.to_ascii_lowercase();
            let provider = OidcProvider {
                name,
                issuer,
                client_ids,
            };
            account.oidc_providers.insert(key, provider);
        }
        for policy in system_policies {
            let (name, policy) = policy.into_policy()?;
            account.system_policies.insert(name, policy);
        }
        for policy in policies {
            let (name, policy) = policy.into_policy()?;
            let place = format!("policy {name}");
            insert_once(&mut account.policies, name, policy, &place)?;
        }
        for role in roles {
            let (name, role) = role.into_role(&mut account)?;
            let place = format!("role {name}");
            insert_once(&mut account.roles, name, role, &place)?;
        }
        for user in users {
            let user = user.into_user(&mut account)?;
            account.users.insert(user.name.to_ascii_lowercase(), user);
        }
        Ok(account)
    }
}

fn insert_once<K: Ord, V>(
    map: &mut BTreeMap<K, V>,
    name: K,
    value: V,
    place: &str,
) -> Result<(), Wrong> {
    match map.insert(name, value) {
        None => Ok(()),
        Some(_) => Err(format!(
            "{place} is there twice; letter case does not count"
        )),
    }
}

fn read_quota(given: BTreeMap<String, usize>) -> Result<Quota, Wrong> {
    let mut quota = Quota::default();
    for (name, most) in given {
        match name.as_str() {
            "roles" => quota.roles = most,
            "policies" => quota.policies = most,
            "custom_policies_per_role" => quota.custom_policies_per_role = most,
            "system_policies_per_role" => quota.system_policies_per_role = most,
            _ => return Err(format!("quota `{name}` is not known")),
        }
    }
    Ok(quota)
}

impl RoleFile {
    fn into_role(self, account: &mut Account) -> Result<(RoleName, Role), Wrong> {
        let Document(trust) = self.trust;
        let place = format!("role `{}`", self.name);
        let name = at(&place, RoleName::new(&self.name))?;
        let created = time(self.created.as_deref(), &place)?;
        let role = Role {
            id: self.id.unwrap_or_else(|| account.next_id()),
            description: self.description,
            trust,
            max_session_duration: self
                .max_session_duration
                .unwrap_or(limit::MIN_SESSION_DURATION),
            allow_console_login: self.allow_console_login.unwrap_or(true),
            is_service_linked: self.service_linked,
            created,
            updated: match self.updated {
                Some(text) => time(Some(&text), &place)?,
                None => created,
            },
            tags: self.tags,
            attachments: read_attachments(self.attachments, account, &place)?,
        };
        Ok((name, role))
    }
}

fn read_attachments(
    files: Vec<AttachmentFile>,
    account: &Account,
    place: &str,
) -> Result<Vec<Attachment>, Wrong> {
    files
        .into_iter()
        .map(|file| {
            let place = format!("{place}: attachment `{}`", file.policy);
            let (policy_type, name) = match file.policy.split_once(':') {
                Some(("custom", name)) => (PolicyType::Custom, name),
                Some(("system", name)) => (PolicyType::System, name),
                _ => {
                    return Err(format!(
                        "{place} is not of the form `system:NAME` or `custom:NAME`"
                    ));
                }
            };
            let policy = at(&place, PolicyName::new(name))?;
            let is_known = match policy_type {
                PolicyType::Custom => account.policies.contains_key(&policy),
                PolicyType::System => account.system_policy(&policy).is_some(),
            };
            if !is_known {
                return Err(format!("{place}: there is no such policy"));
            }
            Ok(Attachment {
                policy_type,
                policy,
                attached: time(file.attached.as_deref(), &place)?,
                resource_group: file.resource_group,
            })
        })
        .collect()
}

impl PolicyFile {
    fn into_policy(self) -> Result<(PolicyName, CustomPolicy), Wrong> {
        let place = format!("policy `{}`", self.name);
        let name = at(&place, PolicyName::new(&self.name))?;
        let created = time(self.created.as_deref(), &place)?;
        let mut versions = BTreeMap::new();
        let mut last = 0;
        for file in self.versions {
            let id = match file.id {
                Some(id) => at(&place, VersionId::new(&id))?,
                None => VersionId::from_number(last + 1),
            };
            last = last.max(id.number());
            let Document(document) = file.document;
            let created = time(file.created.as_deref(), &place)?;
            versions.insert(id, Version { document, created });
        }
        let default = match self.default {
            Some(id) => at(&place, VersionId::new(&id))?,
            None => VersionId::from_number(last),
        };
        if !versions.contains_key(&default) {
            return Err(format!("{place}: it has no version {default}"));
        }
        let policy = CustomPolicy {
            description: self.description,
            created,
            updated: match self.updated {
                Some(text) => time(Some(&text), &place)?,
                None => created,
            },
            versions,
            default,
            last_version: self.last_version.unwrap_or(last).max(last),
            tags: self.tags,
        };
        Ok((name, policy))
    }
}

impl SystemPolicyFile {
    fn into_policy(self) -> Result<(PolicyName, SystemPolicy), Wrong> {
        let place = format!("system policy `{}`", self.name);
        let Document(document) = self.document;
        let policy = SystemPolicy {
            document,
            description: self.description,
            version: at(
                &place,
                VersionId::new(self.version.as_deref().unwrap_or("v2")),
            )?,
            created: time(self.created.as_deref(), &place)?,
        };
        Ok((at(&place, PolicyName::new(&self.name))?, policy))
    }
}

impl UserFile {
    fn into_user(self, account: &mut Account) -> Result<User, Wrong> {
        let place = format!("user `{}`", self.name);
        Ok(User {
            id: self.id.unwrap_or_else(|| account.next_id()),
            display_name: self.display_name,
            comments: self.comments,
            created: time(self.created.as_deref(), &place)?,
            attachments: read_attachments(self.attachments, account, &place)?,
            name: self.name,
        })
    }
}

pub(super) fn at<T>(place: &str, result: Result<T, NameError>) -> Result<T, Wrong> {
    result.map_err(|error| format!("{place}: {error}"))
}

pub(super) fn time(text: Option<&str>, place: &str) -> Result<Timestamp, Wrong> {
    match text {
        None => Ok(made()),
        Some(text) => text
            .parse()
            .map_err(|_| format!("{place}: `{text}` is not a time like 2026-01-02T03:04:05Z")),
    }
}

pub(in crate::sandbox) fn made() -> Timestamp {
    Timestamp::from_second(MADE_SECOND).unwrap_or_default()
}
