//! What opens an account: long-term keys, temporary ones, and the machine that hands some out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::serialized::{Keyed, optional_document, optional_text, text};
use crate::model::{AccountId, RoleName};

/// A long-term key pair.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// The main account when absent.
    #[serde(
        default,
        with = "optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) account: Option<AccountId>,
    /// The RAM user it belongs to; without one it is the account's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(
        default,
        rename = "inactive",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub(crate) is_inactive: bool,
    /// What the key may do; everything when absent.
    #[serde(
        default,
        deserialize_with = "optional_document",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) allowed: Option<String>,
}

impl Keyed for AccessKey {
    type Key = String;
    const KIND: &str = "key";

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// Temporary keys of an assumed role.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    /// The temporary access key id.
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
    #[serde(with = "text")]
    pub(crate) account: AccountId,
    #[serde(with = "text")]
    pub(crate) role: RoleName,
    pub(crate) role_id: String,
    pub(crate) name: String,
    #[serde(with = "text")]
    pub(crate) expires: Timestamp,
    /// The session policy, narrowing what the role allows.
    #[serde(
        default,
        deserialize_with = "optional_document",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) policy: Option<String>,
}

impl Keyed for Session {
    type Key = String;
    const KIND: &str = "session";

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// The machine that the metadata server speaks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    /// The main account when absent.
    #[serde(
        default,
        with = "optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) account: Option<AccountId>,
    #[serde(with = "text")]
    pub(crate) role: RoleName,
    /// Whether requests without a token are refused (`HttpTokens=required`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) needs_token: bool,
}

/// Hides the secret.
impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({:?} {:?})", self.account, self.user)
    }
}

/// Hides secret and token.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({} {})", self.account, self.role)
    }
}
