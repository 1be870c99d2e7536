//! Why no plan can be made.

use crate::model::{Address, PolicyRef};

/// Why no plan can be made from what was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The role belongs to a cloud service, which alone may change it.
    #[error("`{0}` is a service-linked role, which only its cloud service may change")]
    ServiceLinked(Address),
    /// A policy to attach is not there and the spec does not make it.
    #[error("`{0}` is not a policy of this account")]
    NoSuchPolicy(PolicyRef),
    /// A policy to delete is held by others.
    #[error("`{0}` is still held by {1}, which the spec does not name")]
    StillHeld(Address, String),
    /// A role to delete holds policies beyond the spec.
    #[error("`{0}` still holds {1}, which the spec does not name")]
    HoldsOthers(Address, String),
}
