//! A resource directory: which accounts belong together.

use std::collections::BTreeMap;

use crate::model::{AccountId, Tags};

/// The id of the folder that holds all others. Real ids have letters and digits of their own behind `r-`.
pub(crate) const ROOT_FOLDER: &str = "r-sandbox";

/// The directory that the main account manages.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) id: String,
    /// By id; the root, [`ROOT_FOLDER`], is not among them.
    pub(crate) folders: BTreeMap<String, Folder>,
    /// In the order of their ids.
    pub(crate) members: BTreeMap<AccountId, Member>,
}

/// One folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) name: String,
    /// The id of the folder it is in.
    pub(crate) parent: String,
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

impl Directory {
    /// The ids from directory to account, joined by `/`, as `ResourceDirectoryPath` has them.
    pub(crate) fn path(&self, account: &AccountId, member: &Member) -> String {
        let mut parts = vec![account.as_str()];
        let mut folder = member.folder.as_str();
        while let Some(found) = self.folders.get(folder) {
            parts.push(folder);
            folder = found.parent.as_str();
            // A loop of folders can only come from a bad file; no real path is that deep.
            if parts.len() > 6 {
                break;
            }
        }
        parts.extend([ROOT_FOLDER, self.id.as_str()]);
        parts.reverse();
        parts.join("/")
    }
}
