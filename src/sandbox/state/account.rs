//! One account: its roles, policies, users and limits.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use super::image::{Exports, Image, Imports, InstanceRole, Snapshot, Task};
use super::policy::{CustomPolicy, SystemPolicy};
use super::role::{Attachment, Role};
use super::serialized::{Keyed, list, optional_document, seeded_at, text};
use super::system_policies;
use crate::model::{AccountId, PolicyName, PolicyRef, PolicyType, RoleName, limit};
use crate::sandbox::defaults::ACCOUNT_ID;

/// One Alibaba Cloud account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    #[serde(default = "usual_id", with = "text")]
    pub(crate) id: AccountId,
    /// The account's alias, its default domain instead of its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alias: Option<String>,
    #[serde(default, with = "list")]
    pub(crate) roles: BTreeMap<RoleName, Role>,
    #[serde(default, with = "list")]
    pub(crate) policies: BTreeMap<PolicyName, CustomPolicy>,
    /// System policies that differ here from the documented ones, to stand for a change by Alibaba Cloud.
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) system_policies: BTreeMap<PolicyName, SystemPolicy>,
    /// By name in lower case.
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) users: BTreeMap<String, User>,
    #[serde(default, skip_serializing_if = "Quota::is_default")]
    pub(crate) quota: Quota,
    /// A resource directory's control policy over this account; refuses what it does not allow.
    #[serde(
        default,
        deserialize_with = "optional_document",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) control_policy: Option<String>,
    /// Identity providers for OIDC, by name in lower case.
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) oidc_providers: BTreeMap<String, OidcProvider>,
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) images: BTreeMap<String, Image>,
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) snapshots: BTreeMap<String, Snapshot>,
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tasks: BTreeMap<String, Task>,
    #[serde(default, skip_serializing_if = "Exports::is_default")]
    pub(crate) exports: Exports,
    #[serde(default, skip_serializing_if = "Imports::is_default")]
    pub(crate) imports: Imports,
    /// Which instances wear which roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) instance_roles: Vec<InstanceRole>,
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// Makes ids of roles, users and tasks.
    #[serde(default)]
    pub(crate) last_id: u64,
}

#[expect(clippy::expect_used, reason = "the constant is a good id")]
fn usual_id() -> AccountId {
    AccountId::new(ACCOUNT_ID).expect("16 digits are an account id")
}

impl Account {
    pub(crate) fn new(id: AccountId) -> Self {
        Self {
            id,
            alias: None,
            roles: BTreeMap::new(),
            policies: BTreeMap::new(),
            system_policies: BTreeMap::new(),
            users: BTreeMap::new(),
            quota: Quota::default(),
            control_policy: None,
            oidc_providers: BTreeMap::new(),
            images: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            tasks: BTreeMap::new(),
            exports: Exports::default(),
            imports: Imports::default(),
            instance_roles: Vec::new(),
            buckets: BTreeMap::new(),
            last_id: 0,
        }
    }

    /// Eighteen digits, as RAM's ids are.
    pub(crate) fn next_id(&mut self) -> String {
        self.last_id += 1;
        (300_000_000_000_000_000 + self.last_id).to_string()
    }

    /// The first part of the domain of names in this account.
    pub(crate) fn domain(&self) -> &str {
        self.alias.as_deref().unwrap_or(self.id.as_str())
    }

    pub(crate) fn role_arn(&self, name: &RoleName) -> String {
        // Real ARNs mostly show the name in lower case, whatever its spelling.
        let name = name.as_str().to_ascii_lowercase();
        format!("acs:ram::{}:role/{name}", self.id)
    }

    /// The system policy in force here.
    pub(crate) fn system_policy(&self, name: &PolicyName) -> Option<SystemPolicy> {
        self.system_policies
            .get(name)
            .cloned()
            .or_else(|| system_policies::find(name))
    }

    /// The document in force of a policy; `None` when there is no such policy.
    pub(crate) fn document(&self, policy: &PolicyRef) -> Option<String> {
        match policy.policy_type {
            PolicyType::Custom => {
                let policy = self.policies.get(&policy.name)?;
                Some(policy.document().to_owned())
            }
            PolicyType::System => {
                let own = self.system_policies.get(&policy.name);
                own.map(|policy| policy.document.clone())
                    .or_else(|| system_policies::document(&policy.name).map(str::to_owned))
            }
        }
    }

    /// The description of a policy; empty when it has none.
    pub(crate) fn policy_description(&self, policy: &PolicyRef) -> String {
        let name = &policy.name;
        match policy.policy_type {
            PolicyType::Custom => self
                .policies
                .get(name)
                .map(|policy| policy.description.clone()),
            PolicyType::System => self.system_policy(name).map(|policy| policy.description),
        }
        .unwrap_or_default()
    }

    /// The documents of what is attached to the role at account scope; none when there is no such role.
    pub(crate) fn role_documents(&self, role: &RoleName) -> Vec<String> {
        self.documents_at(role, None)
    }

    /// The documents of what is attached to the role for one resource group only.
    pub(crate) fn role_documents_in(&self, role: &RoleName, group: &str) -> Vec<String> {
        self.documents_at(role, Some(group))
    }

    fn documents_at(&self, role: &RoleName, group: Option<&str>) -> Vec<String> {
        let attachments = self.roles.get(role).map(|role| role.attachments.as_slice());
        attachments
            .unwrap_or_default()
            .iter()
            .filter(|attachment| attachment.resource_group.as_deref() == group)
            .filter_map(|attachment| self.document(&attachment.policy))
            .collect()
    }

    /// All system policies in force here.
    pub(crate) fn all_system_policies(&self) -> BTreeMap<PolicyName, SystemPolicy> {
        let documented = system_policies::all().map(|policy| (policy.name.clone(), policy));
        let mut all: BTreeMap<_, _> = documented.collect();
        all.extend(self.system_policies.clone());
        all
    }

    /// How many users and roles hold the policy at account scope.
    pub(crate) fn attachment_count(&self, policy: &PolicyRef) -> usize {
        let of_roles = self.roles.values().flat_map(|role| &role.attachments);
        let of_users = self.users.values().flat_map(|user| &user.attachments);
        of_roles
            .chain(of_users)
            .filter(|attachment| attachment.is_of(policy))
            .count()
    }

    /// Fills in what a seed may leave out, and checks the rest.
    pub(super) fn complete(&mut self) -> Result<(), String> {
        for policy in self.policies.values_mut() {
            policy.complete()?;
        }
        let mut last_id = self.last_id;
        let ids = self.roles.values_mut().map(|role| &mut role.id);
        for id in ids.chain(self.users.values_mut().map(|user| &mut user.id)) {
            if id.is_empty() {
                last_id += 1;
                *id = (300_000_000_000_000_000 + last_id).to_string();
            }
        }
        self.last_id = last_id;
        let roles = self.roles.values();
        let roles = roles.map(|role| ("role", role.name.as_str(), &role.attachments));
        let users = self.users.values();
        let users = users.map(|user| ("user", user.name.as_str(), &user.attachments));
        for (kind, name, attachments) in roles.chain(users) {
            for Attachment { policy, .. } in attachments {
                if self.document(policy).is_none() {
                    return Err(format!(
                        "{kind} `{name}`: attachment `{policy}`: there is no such policy"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// What an account may have at most. Units: entities; the limits' sources are in [`limit`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Quota {
    pub(crate) roles: usize,
    pub(crate) policies: usize,
    pub(crate) custom_policies_per_role: usize,
    pub(crate) system_policies_per_role: usize,
}

impl Quota {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
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

/// A RAM user; just enough of one to hold policies and keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) name: String,
    /// Given when the state is loaded if a seed leaves it out.
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) comments: String,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
}

impl Keyed for User {
    type Key = String;
    const KIND: &str = "user";

    fn key(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

/// Who issues tokens that stand for identities of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcProvider {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_ids: Vec<String>,
}

impl Keyed for OidcProvider {
    type Key = String;
    const KIND: &str = "OIDC provider";

    fn key(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}
