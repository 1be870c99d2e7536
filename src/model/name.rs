//! Names that are checked once, when made; later code cannot hold a bad one.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::limit;

/// Why a text is not a name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {problem}")]
pub struct NameError {
    kind: &'static str,
    problem: String,
}

fn check(
    kind: &'static str,
    text: &str,
    longest: usize,
    allowed: &'static str,
    is_allowed: fn(char) -> bool,
) -> Result<(), NameError> {
    let fail = |problem: String| Err(NameError { kind, problem });
    let length = text.chars().count();
    if length == 0 {
        return fail("is empty".to_owned());
    }
    if length > longest {
        return fail(format!("has {length} characters, the limit is {longest}"));
    }
    match text.chars().find(|&c| !is_allowed(c)) {
        Some(bad) => fail(format!(
            "`{}` contains `{}`, only {allowed} are allowed",
            text.escape_debug(),
            bad.escape_debug()
        )),
        None => Ok(()),
    }
}

/// How a checked text is written and read as a text, for serde.
macro_rules! as_text {
    ($name:ident, $error:ty) => {
        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}
pub(super) use as_text;

/// Defines a name that keeps its spelling and compares without regard to ASCII case.
macro_rules! folded_name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $longest:expr, $allowed:literal, $is_allowed:expr) => {
        $(#[$doc])*
        ///
        /// Keeps the spelling it was made with. Equality and order ignore ASCII case, because RAM matches
        /// names that way; compare [`as_str`](Self::as_str) where the spelling itself matters.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks `text`.
            ///
            /// # Errors
            /// When it is empty, too long, or holds a character RAM refuses.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check($kind, text, $longest, $allowed, $is_allowed)?;
                Ok(Self(text.to_owned()))
            }

            /// The name as spelled when made.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn folded(&self) -> impl Iterator<Item = u8> + '_ {
                self.0.bytes().map(|b| b.to_ascii_lowercase())
            }
        }

        as_text!($name, NameError);

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Eq for $name {}

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.folded().cmp(other.folded())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.folded().for_each(|byte| state.write_u8(byte));
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

folded_name!(
    /// The name of a RAM role: 1 to 64 letters, digits, `.` and `-`.
    RoleName,
    "role name",
    limit::ROLE_NAME_LENGTH,
    "letters, digits, `.` and `-`",
    |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
);

folded_name!(
    /// The name of a RAM policy: 1 to 128 letters, digits and `-`.
    PolicyName,
    "policy name",
    limit::POLICY_NAME_LENGTH,
    "letters, digits and `-`",
    |c| c.is_ascii_alphanumeric() || c == '-'
);

/// The number of an Alibaba Cloud account, usually 16 digits. A text, never a number: it is a name, and some
/// readers of JSON and YAML lose digits of long numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

as_text!(AccountId, NameError);

impl AccountId {
    /// Checks `text`.
    ///
    /// # Errors
    /// When it is empty, longer than 20 characters, or not all digits.
    pub fn new(text: &str) -> Result<Self, NameError> {
        check("account id", text, 20, "digits", |c| c.is_ascii_digit())?;
        Ok(Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a policy version, printed as RAM writes it: `v3`. Numbers only grow and are never used again,
/// so the smallest is the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VersionId(u32);

as_text!(VersionId, NameError);

impl VersionId {
    /// The version with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Reads `v3`.
    ///
    /// # Errors
    /// When the text is not `v` and a number.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let digits = text
            .strip_prefix('v')
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        digits
            .and_then(|d| d.parse().ok())
            .map(Self)
            .ok_or_else(|| NameError {
                kind: "policy version",
                problem: format!("`{}` is not of the form `v3`", text.escape_debug()),
            })
    }

    /// The number alone.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_keep_their_spelling() {
        let upper = RoleName::new("AliyunRole").unwrap();
        let lower = RoleName::new("aliyunrole").unwrap();
        assert_eq!(upper, lower);
        assert_eq!(upper.cmp(&lower), Ordering::Equal);
        assert_eq!(lower.as_str(), "aliyunrole");
        assert_eq!(upper.to_string(), "AliyunRole");
    }

    #[test]
    fn role_names_keep_to_rams_alphabet_and_length() {
        assert!(RoleName::new(&"a".repeat(64)).is_ok());
        let long = RoleName::new(&"a".repeat(65)).unwrap_err();
        assert_eq!(
            long.to_string(),
            "role name has 65 characters, the limit is 64"
        );
        let blank = RoleName::new("my role").unwrap_err();
        assert_eq!(
            blank.to_string(),
            "role name `my role` contains ` `, only letters, digits, `.` and `-` are allowed"
        );
        assert!(RoleName::new("").is_err());
        assert!(PolicyName::new("with.dot").is_err());
    }

    #[test]
    fn versions_are_ordered_by_number() {
        assert!(VersionId::new("v9").unwrap() < VersionId::new("v10").unwrap());
        for bad in ["", "v", "3", "v-1", "V3", "v1 ", "v99999999999"] {
            assert!(VersionId::new(bad).is_err(), "{bad:?}");
        }
    }
}
