//! Which accounts a resource directory has.
//!
//! Source: ResourceManager API 2020-03-31, `ListAccounts`, `ListAccountsForParent`, `ListFoldersForParent` and
//! `GetResourceDirectory`. Only the directory's management account, or an administrator that it appointed, may ask.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde::Deserialize;

use super::client::RamClient;
use super::read::{MOST_PAGES, bad};
use super::request::{self, Call};
use super::response::{Reply, Unreadable};
use super::transport::Transport;
use crate::account::{AccountError, AccountErrorKind};
use crate::credentials::CredentialSource;
use crate::model::{AccountId, Tags};

/// Entries of one page, the most there may be.
const PAGE: usize = 100;

/// Levels of folders, with room to spare: the service allows five.
const DEEPEST: usize = 16;

/// Which accounts are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Only in this folder or below it; everywhere when absent.
    pub folder: Option<String>,
    /// Only with all of these tags.
    pub tags: Tags,
}

/// An account that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its number.
    pub id: AccountId,
    /// What the directory calls it; people may write anything.
    pub display_name: String,
}

impl<T: Transport, C: CredentialSource> RamClient<T, C> {
    /// The id of the directory that the caller's account belongs to.
    ///
    /// # Errors
    /// When it belongs to none, or the answer did not come.
    pub async fn directory_id(&self) -> Result<String, AccountError> {
        let call = request::of_directory("GetResourceDirectory", None);
        let into = |reply: &Reply| Ok(reply.read::<DirectoryReply>()?.directory.id);
        self.one(&call, into).await.map_err(named)
    }

    /// The accounts that `search` describes, by id, without those that are being deleted.
    ///
    /// # Errors
    /// When the caller may not ask, there is no directory or no such folder, or a part of the list did not come. A
    /// list that is cut short is an error, never a shorter list.
    pub async fn directory_accounts(&self, search: &Search) -> Result<Vec<Found>, AccountError> {
        let Search { folder, tags } = search;
        let listed = match folder {
            None => {
                self.accounts(request::of_directory("ListAccounts", None), tags)
                    .await?
            }
            Some(folder) => {
                let folders = self.folders_below(folder).await?;
                let lists = folders.iter().map(|folder| {
                    self.accounts(
                        request::of_directory("ListAccountsForParent", Some(folder)),
                        tags,
                    )
                });
                try_join_all(lists).await?.into_iter().flatten().collect()
            }
        };
        let wanted = listed.into_iter().filter(|account| account.is_wanted(tags));
        let mut found: Vec<Found> = wanted
            .map(|account| Found {
                id: account.id,
                display_name: account.display_name,
            })
            .collect();
        found.sort_unstable();
        // An account that moves while the pages are read may be on two of them.
        found.dedup_by(|one, other| one.id == other.id);
        Ok(found)
    }

    async fn accounts(&self, call: Call, tags: &Tags) -> Result<Vec<Listed>, AccountError> {
        let call = match tags.is_empty() {
            true => call,
            false => call.with("IncludeTags", true),
        };
        let into = |reply: &Reply| {
            let AccountsReply { accounts, total } = reply.read()?;
            let listed = accounts.list.into_iter().map(Listed::new);
            Ok((listed.collect::<Result<_, _>>()?, total))
        };
        self.numbered(call, into).await
    }

    /// The folder and all below it.
    async fn folders_below(&self, top: &str) -> Result<Vec<String>, AccountError> {
        let mut all = BTreeSet::from([top.to_owned()]);
        let mut level = vec![top.to_owned()];
        for _ in 0..DEEPEST {
            let inner = level.iter().map(|folder| {
                let call = request::of_directory("ListFoldersForParent", Some(folder));
                self.numbered(call, |reply| {
                    let FoldersReply { folders, total } = reply.read()?;
                    Ok((
                        folders.list.into_iter().map(|folder| folder.id).collect(),
                        total,
                    ))
                })
            });
            let inner: Vec<Vec<String>> = try_join_all(inner).await?;
            level = inner
                .into_iter()
                .flatten()
                .filter(|folder| all.insert(folder.clone()))
                .collect();
            if level.is_empty() {
                return Ok(all.into_iter().collect());
            }
        }
        let call = request::of_directory("ListFoldersForParent", Some(top));
        Err(bad(&call, "the folders do not end"))
    }

    /// A list whose pages have numbers.
    async fn numbered<M: Send>(
        &self,
        call: Call,
        into: impl Fn(&Reply) -> Result<(Vec<M>, usize), Unreadable> + Send + Sync,
    ) -> Result<Vec<M>, AccountError> {
        let mut list = Vec::new();
        for page in 1..=MOST_PAGES {
            let call = call.clone().with("PageNumber", page).with("PageSize", PAGE);
            let (entries, total) = self.one(&call, &into).await.map_err(named)?;
            let is_last = entries.is_empty();
            list.extend(entries);
            if page.saturating_mul(PAGE) >= total {
                return Ok(list);
            }
            if is_last {
                return Err(bad(&call, "the list ends before its last page"));
            }
        }
        Err(bad(&call, "the list does not end"))
    }
}

/// Says what the service's codes mean here.
fn named(mut error: AccountError) -> AccountError {
    let code = error.code.as_deref().unwrap_or_default();
    let advice = match (code, error.kind) {
        ("EntityNotExists.ResourceDirectory", _) => {
            "the caller's account has no resource directory; list the accounts under `accounts` in place of `discover`"
        }
        (code, _) if code.starts_with("EntityNotExist") && code.contains("Folder") => {
            "`discover.folder` is no folder of this directory; the console shows the ids, as `fd-Ab12Cd34Ef`"
        }
        (_, AccountErrorKind::Denied) => {
            "only the management account of the resource directory, or an administrator that it appointed, may list \
             its accounts; use credentials of that account with `AliyunResourceDirectoryReadOnlyAccess`"
        }
        _ => return error,
    };
    error.advice = Some(advice.to_owned());
    error
}

#[derive(Deserialize)]
struct DirectoryReply {
    #[serde(rename = "ResourceDirectory")]
    directory: DirectoryShape,
}

#[derive(Deserialize)]
struct DirectoryShape {
    #[serde(rename = "ResourceDirectoryId")]
    id: String,
}

#[derive(Deserialize)]
struct FoldersReply {
    #[serde(rename = "Folders")]
    folders: FolderList,
    #[serde(rename = "TotalCount")]
    total: usize,
}

#[derive(Deserialize)]
struct FolderList {
    #[serde(rename = "Folder")]
    list: Vec<FolderShape>,
}

#[derive(Deserialize)]
struct FolderShape {
    #[serde(rename = "FolderId")]
    id: String,
}

#[derive(Deserialize)]
struct AccountsReply {
    #[serde(rename = "Accounts")]
    accounts: AccountList,
    #[serde(rename = "TotalCount")]
    total: usize,
}

#[derive(Deserialize)]
struct AccountList {
    #[serde(rename = "Account")]
    list: Vec<AccountShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountShape {
    account_id: String,
    #[serde(default)]
    display_name: Option<String>,
    /// Only some versions of the service send it.
    #[serde(default)]
    deletion_status: Option<String>,
    #[serde(default)]
    tags: Option<TagList>,
}

#[derive(Deserialize)]
struct TagList {
    #[serde(rename = "Tag", default)]
    list: Vec<TagShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagShape {
    key: String,
    #[serde(default)]
    value: Option<String>,
}

/// One entry of a list.
struct Listed {
    id: AccountId,
    display_name: String,
    is_being_deleted: bool,
    tags: Tags,
}

impl Listed {
    fn new(shape: AccountShape) -> Result<Self, Unreadable> {
        let AccountShape {
            account_id,
            display_name,
            deletion_status,
            tags,
        } = shape;
        // A deletion that was refused or failed leaves the account as it was.
        let is_being_deleted = matches!(deletion_status.as_deref(), Some("Checking" | "Deleting"));
        let tags = tags.map(|tags| tags.list).unwrap_or_default();
        Ok(Self {
            id: AccountId::new(&account_id)?,
            display_name: display_name.unwrap_or_default(),
            is_being_deleted,
            tags: tags
                .into_iter()
                .map(|tag| (tag.key, tag.value.unwrap_or_default()))
                .collect(),
        })
    }

    fn is_wanted(&self, tags: &Tags) -> bool {
        !self.is_being_deleted
            && tags
                .iter()
                .all(|(key, value)| self.tags.get(key) == Some(value))
    }
}
