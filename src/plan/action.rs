//! What is to happen to one address.

use serde::Serialize;

/// What is to happen to one address. There is no "replace": in RAM only names are fixed for life, and the
/// name is the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is missing and is to be made.
    Create,
    /// It is there and differs.
    Update,
    /// It is there and is to go.
    Delete,
    /// It stays as it is.
    NoOp,
}

impl Action {
    /// The word used in JSON and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::NoOp => "no-op",
        }
    }
}

/// Why an action was chosen. For people; nothing decides by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The spec names it and the account does not have it.
    Missing,
    /// It is there with other contents.
    Differs,
    /// It is there as wanted.
    InSync,
    /// It is there with another text that gives the same access.
    SameAccess,
    /// It is attached, and the spec does not name it; `extra_policies: report`.
    Unmanaged,
    /// It is attached, and the spec does not name it; `extra_policies: keep`.
    Kept,
    /// It is attached, and the spec does not name it; `extra_policies: detach`.
    ExtraDetached,
    /// `destroy` was asked for, and the spec names it.
    Destroyed,
}
