//! Which accounts a resource directory has.
//!
//! Source: ResourceManager API 2020-03-31, `ListAccounts`, `ListAccountsForParent`, `ListFoldersForParent` and
//! `GetResourceDirectory`. Only the directory's management account, or an administrator that it appointed, may ask.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde::Deserialize;

use super::accounts::AccountsReply;
use super::service::RESOURCE_MANAGER;
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::pages::bad_answer;
use crate::cloud::rpc::reply::{Reply, Unreadable};
use crate::cloud::rpc::transport::Transport;
use crate::model::{AccountId, Tags};

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
pub struct DirectoryAccount {
    /// Its number.
    pub id: AccountId,
    /// What the directory calls it; people may write anything.
    pub display_name: String,
}

/// The id of the directory that the caller's account belongs to.
///
/// # Errors
/// When it belongs to none, or the answer did not come.
pub async fn directory_id<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
) -> Result<String, AccountError> {
    let call = operation("GetResourceDirectory", None);
    let into = |reply: &Reply| Ok(reply.read::<DirectoryReply>()?.directory.id);
    client.one(&call, into).await.map_err(with_advice)
}

/// The accounts that `search` describes, by id, without those that are being deleted.
///
/// # Errors
/// When the caller may not ask, there is no directory or no such folder, or a part of the list did not come. A
/// list that is cut short is an error, never a shorter list.
pub async fn accounts<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
    search: &Search,
) -> Result<Vec<DirectoryAccount>, AccountError> {
    let Search { folder, tags } = search;
    let listed = match folder {
        None => list_accounts(client, operation("ListAccounts", None), tags).await?,
        Some(folder) => {
            let folders = folders_below(client, folder).await?;
            let lists = folders.iter().map(|folder| {
                let call = operation("ListAccountsForParent", Some(folder));
                list_accounts(client, call, tags)
            });
            try_join_all(lists).await?.into_iter().flatten().collect()
        }
    };
    let wanted = listed.into_iter().filter(|account| account.is_wanted(tags));
    let mut found: Vec<DirectoryAccount> = wanted
        .map(|account| DirectoryAccount {
            id: account.id,
            display_name: account.display_name,
        })
        .collect();
    found.sort_unstable();
    // An account that moves while the pages are read may be on two of them.
    found.dedup_by(|one, other| one.id == other.id);
    Ok(found)
}

/// The operations that finding accounts calls: with the directory's id to be checked first, and in one folder alone.
#[must_use]
pub fn operations(is_checked: bool, in_folder: bool) -> Vec<&'static str> {
    let check = is_checked.then_some("GetResourceDirectory");
    let list: &[&str] = match in_folder {
        true => &["ListAccountsForParent", "ListFoldersForParent"],
        false => &["ListAccounts"],
    };
    check.into_iter().chain(list.iter().copied()).collect()
}

/// A call that asks about the directory. `folder` goes into `ParentFolderId`.
fn operation(operation: &'static str, folder: Option<&str>) -> Call {
    let subject = folder.map(|id| format!("folder {id}")).unwrap_or_default();
    Call::read(&RESOURCE_MANAGER, operation, subject).with_some("ParentFolderId", folder.as_ref())
}

async fn list_accounts<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
    call: Call,
    tags: &Tags,
) -> Result<Vec<Listed>, AccountError> {
    let call = match tags.is_empty() {
        true => call,
        false => call.with("IncludeTags", true),
    };
    let into = |reply: &Reply| {
        let AccountsReply::<AccountShape> { accounts, total } = reply.read()?;
        let listed = accounts.list.into_iter().map(Listed::new);
        Ok((listed.collect::<Result<_, _>>()?, total))
    };
    client.all_numbered(call, into).await.map_err(with_advice)
}

/// The folder and all below it.
async fn folders_below<T: Transport, C: CredentialSource>(
    client: &RpcClient<T, C>,
    top: &str,
) -> Result<Vec<String>, AccountError> {
    let mut all = BTreeSet::from([top.to_owned()]);
    let mut level = vec![top.to_owned()];
    let into = |reply: &Reply| {
        let FoldersReply { folders, total } = reply.read()?;
        let ids = folders.list.into_iter().map(|folder| folder.id);
        Ok((ids.collect(), total))
    };
    for _ in 0..DEEPEST {
        let inner = level.iter().map(|folder| {
            client.all_numbered(operation("ListFoldersForParent", Some(folder)), into)
        });
        let inner: Vec<Vec<String>> = try_join_all(inner).await.map_err(with_advice)?;
        level = inner
            .into_iter()
            .flatten()
            .filter(|folder| all.insert(folder.clone()))
            .collect();
        if level.is_empty() {
            return Ok(all.into_iter().collect());
        }
    }
    let call = operation("ListFoldersForParent", Some(top));
    Err(bad_answer(&call, "the folders do not end"))
}

/// Says what the service's codes mean here.
fn with_advice(mut error: AccountError) -> AccountError {
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
