//! STS: who the caller is, and sessions of roles.

pub mod assume_role;
pub mod caller_identity;
mod hint;
pub mod role;
pub mod service;
pub mod session_keys;
