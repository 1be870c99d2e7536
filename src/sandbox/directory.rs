//! A resource directory: which accounts belong together.

use std::collections::BTreeMap;

use crate::model::{AccountId, Tags};

/// The directory that the main account manages.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) id: String,
    /// In the order of their ids.
    pub(crate) members: BTreeMap<AccountId, Member>,
}

/// One member account.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) display_name: String,
    pub(crate) folder: String,
    pub(crate) status: String,
    /// Empty unless it is being deleted.
    pub(crate) deletion_status: String,
    pub(crate) tags: Tags,
}
