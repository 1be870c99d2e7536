//! What must hold whatever else changes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RoleName;
use crate::policy::Forbidden;

/// A sentence of a spec that must hold whatever else changes: in the spec, after every plan, and in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Never {
    /// The role it is about.
    pub role: RoleName,
    /// What the role must never give.
    pub forbidden: Forbidden,
}

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.role, self.forbidden)
    }
}
