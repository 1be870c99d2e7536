//! ResourceManager: the accounts of a resource directory.

pub mod directory;
pub mod service;
