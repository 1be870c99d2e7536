//! What the look-alike holds: accounts with their roles, policies and users, and the keys that open them.
//!
//! Plain data with lookups; the rules by which it changes are in `operations`. Names are kept as first written
//! and matched without regard to case, as RAM does.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::directory::Directory;
use super::nonces::Nonces;
use super::system;
use crate::model::{AccountId, PolicyName, PolicyType, RoleName, Tags, VersionId, limit};

/// Everything behind the doors: all accounts, and who may come in.
#[derive(Debug, Clone)]
pub struct World {
    /// The account whose key is handed out.
    pub(crate) main: AccountId,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    /// By access key id.
    pub(crate) keys: BTreeMap<String, AccessKey>,
    /// By temporary access key id.
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) directory: Option<Directory>,
    pub(crate) instance: Option<Instance>,
    /// Not kept on disk: a restart forgets them, as fifteen minutes do.
    pub(crate) nonces: Nonces,
    /// How many requests were answered; makes request ids.
    pub(crate) requests: u64,
}

impl World {
    pub(crate) fn next_request_id(&mut self) -> String {
        self.requests += 1;
        format!("5A4DB0C5-0000-4000-8000-{:012X}", self.requests)
    }

    /// A copy without the nonces, which are no part of the state that operations see.
    pub(crate) fn snapshot(&self) -> Self {
        Self {
            main: self.main.clone(),
            accounts: self.accounts.clone(),
            keys: self.keys.clone(),
            sessions: self.sessions.clone(),
            directory: self.directory.clone(),
            instance: self.instance.clone(),
            nonces: Nonces::default(),
            requests: self.requests,
        }
    }

    pub(crate) fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }
}

/// One Alibaba Cloud account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) roles: BTreeMap<RoleName, Role>,
    pub(crate) policies: BTreeMap<PolicyName, CustomPolicy>,
    /// System policies that differ here from the documented ones, to stand for a change by Alibaba Cloud.
    pub(crate) system_policies: BTreeMap<PolicyName, SystemPolicy>,
    /// By name in lower case.
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) quota: Quota,
    /// A resource directory's control policy over this account; refuses what it does not allow.
    pub(crate) control_policy: Option<String>,
    /// Identity providers for OIDC, by name in lower case.
    pub(crate) oidc_providers: BTreeMap<String, OidcProvider>,
    /// Makes ids of roles and users.
    pub(crate) last_id: u64,
}

impl Account {
    pub(crate) fn new(id: AccountId) -> Self {
        Self {
            id,
            roles: BTreeMap::new(),
            policies: BTreeMap::new(),
            system_policies: BTreeMap::new(),
            users: BTreeMap::new(),
            quota: Quota::default(),
            control_policy: None,
            oidc_providers: BTreeMap::new(),
            last_id: 0,
        }
    }

    /// Eighteen digits, as RAM's ids are.
    pub(crate) fn next_id(&mut self) -> String {
        self.last_id += 1;
        (300_000_000_000_000_000 + self.last_id).to_string()
    }

    pub(crate) fn role_arn(&self, name: &RoleName) -> String {
        // Real ARNs mostly show the name in lower case, whatever its spelling (alibaba-api, naming rules).
        let name = name.as_str().to_ascii_lowercase();
        format!("acs:ram::{}:role/{name}", self.id)
    }

    /// The system policy in force here, with its own spelling.
    pub(crate) fn system_policy(&self, name: &PolicyName) -> Option<(PolicyName, SystemPolicy)> {
        self.system_policies
            .get_key_value(name)
            .map(|(name, policy)| (name.clone(), policy.clone()))
            .or_else(|| system::find(name))
    }

    /// The documents of what is attached to the role at account scope; none when there is no such role.
    pub(crate) fn role_documents(&self, role: &RoleName) -> Vec<&str> {
        let attachments = self.roles.get(role).map(|role| role.attachments.as_slice());
        attachments
            .unwrap_or_default()
            .iter()
            .filter(|attachment| attachment.resource_group.is_none())
            .filter_map(|attachment| match attachment.policy_type {
                PolicyType::Custom => {
                    let policy = self.policies.get(&attachment.policy)?;
                    Some(policy.document())
                }
                PolicyType::System => self
                    .system_policies
                    .get(&attachment.policy)
                    .map(|policy| policy.document.as_str())
                    .or_else(|| system::document(&attachment.policy)),
            })
            .collect()
    }

    /// All system policies in force here.
    pub(crate) fn all_system_policies(&self) -> BTreeMap<PolicyName, SystemPolicy> {
        let mut all: BTreeMap<_, _> = system::all().collect();
        for (name, policy) in &self.system_policies {
            all.insert(name.clone(), policy.clone());
        }
        all
    }

    /// How many users and roles hold the policy at account scope.
    pub(crate) fn attachment_count(&self, policy_type: PolicyType, name: &PolicyName) -> usize {
        let of_roles = self.roles.values().flat_map(|role| &role.attachments);
        let of_users = self.users.values().flat_map(|user| &user.attachments);
        of_roles
            .chain(of_users)
            .filter(|attachment| attachment.is_of(policy_type, name))
            .count()
    }
}

/// What an account may have at most. Units: entities; the limits' sources are in [`limit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) roles: usize,
    pub(crate) policies: usize,
    pub(crate) custom_policies_per_role: usize,
    pub(crate) system_policies_per_role: usize,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            roles: limit::ROLES,
            policies: limit::CUSTOM_POLICIES,
            custom_policies_per_role: limit::CUSTOM_POLICIES_PER_ROLE,
            system_policies_per_role: limit::SYSTEM_POLICIES_PER_ROLE,
        }
    }
}

/// A role. Its name is its key.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) id: String,
    /// Empty when it has none.
    pub(crate) description: String,
    /// The trust policy, byte for byte as submitted.
    pub(crate) trust: String,
    pub(crate) max_session_duration: u32,
    pub(crate) allow_console_login: bool,
    pub(crate) is_service_linked: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) tags: Tags,
    pub(crate) attachments: Vec<Attachment>,
}

/// One policy on one role or user.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) policy_type: PolicyType,
    pub(crate) policy: PolicyName,
    pub(crate) attached: Timestamp,
    /// Absent for the whole account. With a group it is another attachment of the same policy.
    pub(crate) resource_group: Option<String>,
}

impl Attachment {
    /// Whether it is this policy at account scope.
    pub(crate) fn is_of(&self, policy_type: PolicyType, name: &PolicyName) -> bool {
        self.resource_group.is_none() && self.policy_type == policy_type && self.policy == *name
    }
}

/// A custom policy. Its name is its key.
#[derive(Debug, Clone)]
pub(crate) struct CustomPolicy {
    /// Empty when it has none.
    pub(crate) description: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// INVARIANT (default exists): holds `default`. Kept by every operation that drops a version.
    pub(crate) versions: BTreeMap<VersionId, Version>,
    pub(crate) default: VersionId,
    /// The highest number ever used; numbers are never used again.
    pub(crate) last_version: u32,
    pub(crate) tags: Tags,
}

impl CustomPolicy {
    /// The document in force.
    pub(crate) fn document(&self) -> &str {
        self.versions
            .get(&self.default)
            .map_or("", |version| version.document.as_str())
    }
}

/// One version of a custom policy.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    /// Byte for byte as submitted.
    pub(crate) document: String,
    pub(crate) created: Timestamp,
}

/// A policy that Alibaba Cloud writes.
#[derive(Debug, Clone)]
pub(crate) struct SystemPolicy {
    pub(crate) document: String,
    pub(crate) description: String,
    pub(crate) version: VersionId,
    pub(crate) created: Timestamp,
}

/// A RAM user; just enough of one to hold policies and keys.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) comments: String,
    pub(crate) created: Timestamp,
    pub(crate) attachments: Vec<Attachment>,
}

/// Who issues tokens that stand for identities of its own.
#[derive(Debug, Clone)]
pub(crate) struct OidcProvider {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_ids: Vec<String>,
}

/// The machine that the metadata server speaks for.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) account: AccountId,
    pub(crate) role: RoleName,
    /// Whether requests without a token are refused (`HttpTokens=required`).
    pub(crate) needs_token: bool,
}

/// A long-term key pair.
#[derive(Clone)]
pub(crate) struct AccessKey {
    pub(crate) secret: String,
    pub(crate) account: AccountId,
    pub(crate) owner: KeyOwner,
    pub(crate) is_active: bool,
    /// What the key may do; everything when absent.
    pub(crate) allowed: Option<String>,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyOwner {
    /// The account itself.
    Root,
    /// A RAM user, by name.
    User(String),
}

/// Temporary keys of an assumed role.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) secret: String,
    pub(crate) token: String,
    pub(crate) account: AccountId,
    pub(crate) role: RoleName,
    pub(crate) role_id: String,
    pub(crate) name: String,
    pub(crate) expires: Timestamp,
    /// The session policy, narrowing what the role allows.
    pub(crate) policy: Option<String>,
}

/// Hides the secret.
impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({} {:?})", self.account, self.owner)
    }
}

/// Hides secret and token.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({} {})", self.account, self.role)
    }
}
