//! What a role is at one point of a change.

use super::super::document::PolicyDocument;
use super::super::trust::TrustPolicy;

/// A role at one point of a change: who may assume it, and what it may then do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleState {
    /// Who may assume it.
    pub trust: TrustPolicy,
    /// Every document attached.
    pub permissions: Vec<PolicyDocument>,
}
