//! The accounts a spec is for.

use std::fmt;

use crate::model::{AccountId, Export, RoleName, Tags};

/// One account of a fleet, and the way into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEntry {
    /// Its number. Compared with `GetCallerIdentity` before anything else is asked.
    pub id: AccountId,
    /// What people call it; no two accounts of a spec have the same, letter case without meaning.
    pub alias: Option<String>,
    /// The role to assume in it. `None`: the credentials are the account's own.
    pub assume_role: Option<AssumeRole>,
    /// The agreed secret word of the role's trust policy. Only with `assume_role`.
    pub external_id: Option<String>,
    /// The profile whose credentials are used; `None`: those of the run.
    pub profile: Option<String>,
    /// Where its images go; `None`: as the spec's `exports`.
    pub exports: Option<Vec<Export>>,
    /// The line of the spec with its entry, from 1; `None` for accounts that were discovered.
    pub line: Option<usize>,
}

/// A role to assume in another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssumeRole {
    /// By name, in the account it is written for.
    Name(RoleName),
    /// By ARN, kept as written because RAM's own spelling of ARNs varies.
    Arn {
        /// The account in it; always the entry's own.
        account: AccountId,
        /// The whole ARN, `acs:ram::<account>:role/<name>`.
        arn: String,
    },
}

impl AssumeRole {
    /// The ARN to assume in `account`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        match self {
            Self::Name(name) => format!("acs:ram::{account}:role/{name}"),
            Self::Arn { arn, .. } => arn.clone(),
        }
    }

    /// The role's name.
    #[must_use]
    pub fn name(&self) -> Option<RoleName> {
        match self {
            Self::Name(name) => Some(name.clone()),
            Self::Arn { arn, .. } => RoleName::new(arn.rsplit_once(":role/")?.1).ok(),
        }
    }

    /// Reads a role name or ARN.
    ///
    /// # Errors
    /// What is wrong, when it is neither.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with("acs:") {
            return RoleName::new(text)
                .map(Self::Name)
                .map_err(|error| error.to_string());
        }
        let parts = text
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.split_once(":role/"));
        let account = parts.and_then(|(account, name)| {
            RoleName::new(name).ok()?;
            AccountId::new(account).ok()
        });
        match account {
            Some(account) => Ok(Self::Arn {
                account,
                arn: text.to_owned(),
            }),
            None => Err(format!(
                "`{}` is not the ARN of a role, as `acs:ram::1234567890123456:role/NAME`",
                text.escape_debug()
            )),
        }
    }
}

impl fmt::Display for AssumeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Arn { arn, .. } => f.write_str(arn),
        }
    }
}

/// Accounts to be found in a resource directory when the spec is run. Entries of `accounts` with the same id
/// take precedence over what is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discover {
    /// Which directory.
    pub resource_directory: ResourceDirectory,
    /// Only accounts in this folder or below it; `None`: everywhere.
    pub folder: Option<String>,
    /// Only accounts with all of these tags.
    pub tags: Tags,
    /// Not these: ids or display names, `*` and `?` allowed.
    pub exclude: Vec<String>,
    /// The role to assume in each.
    pub assume_role: RoleName,
    /// The agreed secret word of that role's trust policy.
    pub external_id: Option<String>,
}

/// A resource directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceDirectory {
    /// The one that the caller's account manages, whichever it is.
    Own,
    /// The one with this id, as `rd-Ab12Cd`; any other is refused.
    Id(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_or_given_by_arn() {
        let account = AccountId::new("12").unwrap();
        let name = AssumeRole::parse("Setup").unwrap();
        assert_eq!(name.arn(&account), "acs:ram::12:role/Setup");
        let arn = AssumeRole::parse("acs:ram::12:role/Setup").unwrap();
        assert_eq!(arn.arn(&account), "acs:ram::12:role/Setup");
        assert_eq!(arn.name(), name.name());
        assert_eq!(arn.name(), RoleName::new("Setup").ok());
        for bad in [
            "",
            "acs:ram::12:user/x",
            "acs:ram::x:role/y",
            "acs:ram::12:role/",
            "a b",
        ] {
            assert!(AssumeRole::parse(bad).is_err(), "{bad:?}");
        }
    }
}
