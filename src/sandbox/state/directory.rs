//! A resource directory: which accounts belong together.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::serialized::{Keyed, document, list, seeded_at, text};
use crate::model::{AccountId, Tags};

/// The id of the folder that holds all others. Real ids have letters and digits of their own behind `r-`.
pub(crate) const ROOT_FOLDER: &str = "r-sandbox";

/// The directory that the main account manages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Directory {
    pub(crate) id: String,
    /// By id; the root, [`ROOT_FOLDER`], is not among them.
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) folders: BTreeMap<String, Folder>,
    /// In the order of their ids.
    #[serde(with = "list")]
    pub(crate) members: BTreeMap<AccountId, Member>,
    /// By id; the one that allows everything is not among them.
    #[serde(default, with = "list", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) control_policies: BTreeMap<String, ControlPolicy>,
}

/// A control policy, and what it is attached to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlPolicy {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(deserialize_with = "document")]
    pub(crate) document: String,
    /// Ids of accounts, folders, or the root.
    #[serde(default)]
    pub(crate) targets: Vec<String>,
    #[serde(default = "seeded_at", with = "text")]
    pub(crate) created: Timestamp,
}

/// One folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The id of the folder it is in.
    #[serde(default = "root_folder")]
    pub(crate) parent: String,
}

/// One member account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    #[serde(with = "text")]
    pub(crate) account: AccountId,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) display_name: String,
    #[serde(default = "root_folder")]
    pub(crate) folder: String,
    #[serde(default = "created")]
    pub(crate) status: String,
    /// Empty unless it is being deleted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) deletion_status: String,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub(crate) tags: Tags,
}

fn root_folder() -> String {
    ROOT_FOLDER.to_owned()
}

fn created() -> String {
    "CreateSuccess".to_owned()
}

impl Keyed for Folder {
    type Key = String;
    const KIND: &str = "folder";

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Keyed for ControlPolicy {
    type Key = String;
    const KIND: &str = "control policy";

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Keyed for Member {
    type Key = AccountId;
    const KIND: &str = "member";

    fn key(&self) -> AccountId {
        self.account.clone()
    }
}

impl Directory {
    /// The ids from directory to account, joined by `/`, as `ResourceDirectoryPath` has them.
    pub(crate) fn path(&self, member: &Member) -> String {
        let mut parts = vec![member.account.as_str()];
        parts.extend(self.folders_above(member));
        parts.push(self.id.as_str());
        parts.reverse();
        parts.join("/")
    }

    /// The ids of the folders that hold the member, innermost first, the root last.
    pub(crate) fn folders_above<'a>(&'a self, member: &'a Member) -> Vec<&'a str> {
        let mut above = Vec::new();
        let mut folder = member.folder.as_str();
        while let Some(found) = self.folders.get(folder) {
            above.push(folder);
            folder = found.parent.as_str();
            // A loop of folders can only come from a bad file; no real path is that deep.
            if above.len() > 5 {
                break;
            }
        }
        above.push(ROOT_FOLDER);
        above
    }
}
