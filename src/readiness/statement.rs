//! The name of a statement.

use std::fmt;

/// A statement of an attached policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementName {
    /// The policy's name; empty for the trust policy.
    pub policy: String,
    /// Which statement, from 0.
    pub statement: usize,
}

impl fmt::Display for StatementName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.statement + 1;
        match self.policy.as_str() {
            "" => write!(f, "statement {number} of the trust policy"),
            policy => write!(f, "statement {number} of {policy}"),
        }
    }
}
