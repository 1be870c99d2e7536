//! The state as people and disks see it: one JSON shape for the state file and for seeds.
//!
//! Nearly everything may be left out, so that a seed says only what matters to it. A document is text, kept byte for
//! byte, or an object, kept in compact form.

mod read;
mod read_world;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::model::Tags;

pub(super) use read::made;

/// The number of this format. A file of a higher one is left alone.
pub(super) const FORMAT: u32 = 1;

/// Read alone first, to know what the rest may be.
#[derive(Deserialize)]
pub(super) struct FormatOnly {
    #[serde(default = "current_format")]
    pub(super) format: u32,
}

fn current_format() -> u32 {
    FORMAT
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorldFile {
    #[serde(default = "current_format")]
    format: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    main_account: Option<String>,
    accounts: Vec<AccountFile>,
    #[serde(default)]
    keys: Vec<KeyFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sessions: Vec<SessionFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory: Option<DirectoryFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance: Option<InstanceFile>,
}

impl WorldFile {
    /// These accounts, the first being the main one, opened by the usual key.
    pub(super) fn of_accounts(accounts: Vec<AccountFile>) -> Self {
        Self {
            format: FORMAT,
            main_account: None,
            accounts,
            keys: Vec::new(),
            sessions: Vec::new(),
            directory: None,
            instance: None,
        }
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default)]
    roles: Vec<RoleFile>,
    #[serde(default)]
    policies: Vec<PolicyFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    system_policies: Vec<SystemPolicyFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    users: Vec<UserFile>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    quota: BTreeMap<String, usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    control_policy: Option<Document>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    oidc_providers: Vec<OidcProviderFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_id: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleFile {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    trust: Document,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_session_duration: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allow_console_login: Option<bool>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    service_linked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default)]
    attachments: Vec<AttachmentFile>,
}

/// `policy` is `system:NAME` or `custom:NAME`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachmentFile {
    policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attached: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_group: Option<String>,
}

/// `default` is the last version when left out, as `v2`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    versions: Vec<VersionFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_version: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
}

/// `id` is the next free number when left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    document: Document,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
}

/// A system policy that differs in this account from the documented one, or is not documented.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemPolicyFile {
    name: String,
    document: Document,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OidcProviderFile {
    name: String,
    issuer: String,
    client_ids: Vec<String>,
}

/// The machine behind the metadata server; `account` is the main one when left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstanceFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    role: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    needs_token: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserFile {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    comments: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<AttachmentFile>,
}

/// `user` is the RAM user it belongs to; without one it is the account's own key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    id: String,
    secret: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    inactive: bool,
    /// What it may do; everything when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allowed: Option<Document>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionFile {
    id: String,
    secret: String,
    token: String,
    account: String,
    role: String,
    role_id: String,
    name: String,
    expires: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<Document>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryFile {
    id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    folders: Vec<FolderFile>,
    members: Vec<MemberFile>,
}

/// `parent` is the root when left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderFile {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    parent: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberFile {
    account: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    folder: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    status: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    deletion_status: String,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
}

/// The text of a policy document.
#[derive(Serialize)]
#[serde(transparent)]
struct Document(String);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        }))
    }
}
