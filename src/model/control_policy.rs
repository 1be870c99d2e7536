//! Control policies of a resource directory.

use std::fmt;

/// One control policy that binds an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlPolicy {
    /// Its name.
    pub name: String,
    /// Whether it is a resource control policy, which says who may come to resources, and not what identities may do.
    pub is_of_resources: bool,
    /// What it is attached to.
    pub target: ControlTarget,
    /// Its document, as the service sent it.
    pub document: String,
}

/// What a control policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlTarget {
    /// The whole directory.
    Root,
    /// A folder, by its id.
    Folder(String),
    /// The account itself.
    Account,
}

impl fmt::Display for ControlTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("the root folder"),
            Self::Folder(id) => write!(f, "folder {id}"),
            Self::Account => f.write_str("the account"),
        }
    }
}
