//! The two operations of ECS that move images between it and OSS, and what each asks of an account.

use crate::policy::catalogue::{IMAGE_EXPORT, IMAGE_IMPORT, KnownAction};

/// The role that ExportImage uses unless it is told another one. Source: ECS API, `ExportImage`.
pub const EXPORT_ROLE: &str = "AliyunECSImageExportDefaultRole";

/// The role that ImportImage uses. Source: ECS API, `ImportImage`: no other name works.
pub const IMPORT_ROLE: &str = "AliyunECSImageImportDefaultRole";

/// An operation of ECS that moves an image, with a role of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageOperation {
    /// From ECS to OSS.
    Export,
    /// From OSS to ECS.
    Import,
}

impl ImageOperation {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Export => "ExportImage",
            Self::Import => "ImportImage",
        }
    }

    /// What it does once, as a noun and as a verb.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Import => "import",
        }
    }

    /// The role that it uses.
    #[must_use]
    pub fn role(self) -> &'static str {
        match self {
            Self::Export => EXPORT_ROLE,
            Self::Import => IMPORT_ROLE,
        }
    }

    /// What the role must be allowed in OSS.
    #[must_use]
    pub fn actions(self) -> &'static [KnownAction] {
        match self {
            Self::Export => &IMAGE_EXPORT,
            Self::Import => &IMAGE_IMPORT,
        }
    }
}
