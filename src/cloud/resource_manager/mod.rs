//! ResourceManager: the accounts and control policies of a resource directory, and attachments for resource groups.

mod accounts;
pub mod attachments;
pub mod control_policies;
pub mod directory;
pub mod service;
