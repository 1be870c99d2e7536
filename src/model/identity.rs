//! Who is calling.

use serde::{Deserialize, Serialize};

use super::AccountId;

/// What kind of identity holds the access key. Source: STS `GetCallerIdentity`, field `IdentityType`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum IdentityType {
    /// The account itself (root key): it may do everything and cannot assume roles.
    Account,
    /// A RAM user.
    RamUser,
    /// A session of a role.
    AssumedRole,
    /// A word newer than this program, kept as sent.
    Other(String),
}

/// The answer of `GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// The account the key belongs to.
    pub account: AccountId,
    /// The caller's ARN as sent; its spelling varies, so it is for people.
    pub arn: String,
    /// What kind of identity it is.
    pub identity_type: IdentityType,
    /// The RAM id of the user or session.
    pub principal_id: String,
}

impl IdentityType {
    /// The service's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Account => "Account",
            Self::RamUser => "RAMUser",
            Self::AssumedRole => "AssumedRoleUser",
            Self::Other(word) => word,
        }
    }

    /// Reads the service's word.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "Account" => Self::Account,
            "RAMUser" => Self::RamUser,
            "AssumedRoleUser" => Self::AssumedRole,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<String> for IdentityType {
    fn from(word: String) -> Self {
        Self::from_word(&word)
    }
}

impl From<IdentityType> for String {
    fn from(identity_type: IdentityType) -> Self {
        identity_type.as_str().to_owned()
    }
}
