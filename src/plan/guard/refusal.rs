//! What the guard refuses, and why.

use crate::model::Address;

/// What the guard refuses unless it is allowed by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// A role is opened to another account or to everyone.
    Trust,
    /// A role newly gets everything, all of RAM, or every role there is.
    Admin,
    /// The role the caller itself runs as is changed or deleted.
    OwnRole,
    /// Access is wrong for a moment between two steps, or that cannot be ruled out.
    Transient,
    /// A live document that cannot be interpreted is replaced.
    Uninterpreted,
}

impl Risk {
    /// Every risk there is.
    pub const ALL: [Self; 5] = [
        Self::Trust,
        Self::Admin,
        Self::OwnRole,
        Self::Transient,
        Self::Uninterpreted,
    ];

    /// The word for `--allow`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::Admin => "admin",
            Self::OwnRole => "own-role",
            Self::Transient => "transient",
            Self::Uninterpreted => "uninterpreted",
        }
    }
}

/// One reason why a plan is not carried out as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The risk, which `--allow` takes by name; `None` where nothing allows it.
    pub risk: Option<Risk>,
    /// The entity at risk.
    pub address: Address,
    /// One sentence with the figure that decided.
    pub message: String,
}
