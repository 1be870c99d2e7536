//! ResourceManager: the accounts of a resource directory, and attachments for resource groups.

pub mod attachments;
pub mod directory;
pub mod service;
