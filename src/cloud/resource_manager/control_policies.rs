//! The control policies that bind an account.
//!
//! Source: ResourceManager API 2020-03-31, `GetResourceDirectory`, `ListAccounts`,
//! `ListControlPolicyAttachmentsForTarget` and `GetControlPolicy`. Only the directory's management account, or an
//! administrator that it appointed, may ask.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures_util::future::{join, try_join_all};
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::accounts::AccountsReply;
use super::service::RESOURCE_MANAGER;
use crate::account::{AccountError, AccountErrorKind};
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::client::RpcClient;
use crate::cloud::rpc::credentials::CredentialSource;
use crate::cloud::rpc::lock::lock;
use crate::cloud::rpc::reply::{Reply, Unreadable};
use crate::cloud::rpc::transport::Transport;
use crate::model::{AccountId, ControlPolicy, ControlTarget};

/// Every operation that a reader calls.
pub const OPERATIONS: [&str; 4] = [
    "GetControlPolicy",
    "GetResourceDirectory",
    "ListAccounts",
    "ListControlPolicyAttachmentsForTarget",
];

/// What the directory says of itself where there is none.
const NO_DIRECTORY: &str = "EntityNotExists.ResourceDirectory";

/// The type of a resource control policy. Source: ResourceDirectoryMaster API 2022-04-19,
/// `ListControlPolicyAttachmentsForTarget`; what one looks like is documented nowhere.
const OF_RESOURCES: &str = "RESOURCE_CONTROL_POLICY";

/// An answer that all accounts of a run share, failures included: asking again would not change it.
type Once<V> = Arc<OnceCell<Result<V, AccountError>>>;

/// Reads the control policies of one directory. Accounts share it, so nothing is asked twice in a run.
pub struct ControlPolicyReader<T, C> {
    rpc: RpcClient<T, C>,
    directory: OnceCell<Result<Option<Directory>, AccountError>>,
    /// By the id of an account, a folder or the root.
    attached: Mutex<BTreeMap<String, Once<Vec<Attached>>>>,
    /// By the policy's id.
    documents: Mutex<BTreeMap<String, Once<String>>>,
}

/// Where the accounts are.
struct Directory {
    root: String,
    /// The folders above each member, the root included.
    folders: BTreeMap<AccountId, Vec<String>>,
}

/// A policy that is attached to something.
#[derive(Clone)]
struct Attached {
    id: String,
    name: String,
    is_of_resources: bool,
}

impl<T: Transport, C: CredentialSource> ControlPolicyReader<T, C> {
    /// A reader that has not asked anything yet. `rpc` holds the credentials of the management account.
    #[must_use]
    pub fn new(rpc: RpcClient<T, C>) -> Self {
        Self {
            rpc,
            directory: OnceCell::new(),
            attached: Mutex::default(),
            documents: Mutex::default(),
        }
    }

    /// Every control policy that binds `account`: its own, those of the folders above it, and the root's. Empty where
    /// the account is in no directory; the management account is bound by none.
    ///
    /// # Errors
    /// When the caller may not ask, or an answer did not come.
    pub async fn policies(&self, account: &AccountId) -> Result<Vec<ControlPolicy>, AccountError> {
        let directory = self.directory.get_or_init(|| self.directory()).await;
        let Some(directory) = directory.as_ref().map_err(Clone::clone)? else {
            return Ok(Vec::new());
        };
        let Some(folders) = directory.folders.get(account) else {
            return Ok(Vec::new());
        };
        let own = (ControlTarget::Account, account.as_str());
        let above = folders.iter().map(|id| {
            let target = match *id == directory.root {
                true => ControlTarget::Root,
                false => ControlTarget::Folder(id.clone()),
            };
            (target, id.as_str())
        });
        let targets = std::iter::once(own).chain(above);
        let found = targets.map(|(target, id)| self.of_target(target, id));
        let mut found: Vec<ControlPolicy> =
            try_join_all(found).await?.into_iter().flatten().collect();
        found.sort_by(|one, other| (&one.target, &one.name).cmp(&(&other.target, &other.name)));
        Ok(found)
    }

    async fn of_target(
        &self,
        target: ControlTarget,
        id: &str,
    ) -> Result<Vec<ControlPolicy>, AccountError> {
        let attached = once(&self.attached, id);
        let attached = attached
            .get_or_init(|| self.attachments(id))
            .await
            .clone()?;
        let policies = attached.into_iter().map(|policy| {
            let target = target.clone();
            async move {
                let document = once(&self.documents, &policy.id);
                let document = document.get_or_init(|| self.document(&policy)).await;
                Ok(ControlPolicy {
                    name: policy.name.clone(),
                    is_of_resources: policy.is_of_resources,
                    target,
                    document: document.clone()?,
                })
            }
        });
        try_join_all(policies).await
    }

    async fn directory(&self) -> Result<Option<Directory>, AccountError> {
        let call = Call::read(&RESOURCE_MANAGER, "GetResourceDirectory", String::new());
        let into = |reply: &Reply| Ok(reply.read::<DirectoryReply>()?.directory);
        let own = self.rpc.one_or_absent(&call, NO_DIRECTORY, into);
        let (own, members) = join(own, self.members()).await;
        let Some(own) = own.map_err(with_advice)? else {
            return Ok(None);
        };
        if own.control_policy_status.as_deref() == Some("Disabled") {
            return Ok(None);
        }
        let root = own.root_folder_id;
        let folders = members?.into_iter().map(|(account, mut folders)| {
            if !folders.contains(&root) {
                folders.push(root.clone());
            }
            (account, folders)
        });
        let folders = folders.collect();
        Ok(Some(Directory { root, folders }))
    }

    /// The members, with the folders above each.
    async fn members(&self) -> Result<Vec<(AccountId, Vec<String>)>, AccountError> {
        let call = Call::read(&RESOURCE_MANAGER, "ListAccounts", String::new());
        let into = |reply: &Reply| {
            let AccountsReply::<AccountShape> { accounts, total } = reply.read()?;
            let found = accounts.list.into_iter().map(AccountShape::into_place);
            Ok((found.collect::<Result<Vec<_>, Unreadable>>()?, total))
        };
        let found = self.rpc.all_numbered(call, into).await;
        found.map_err(with_advice)
    }

    async fn attachments(&self, target: &str) -> Result<Vec<Attached>, AccountError> {
        let operation = "ListControlPolicyAttachmentsForTarget";
        let call = Call::read(&RESOURCE_MANAGER, operation, format!("target {target}"))
            .with("TargetId", target);
        let into = |reply: &Reply| {
            let found = reply
                .read::<AttachmentsReply>()?
                .attachments
                .list
                .into_iter();
            Ok(found
                .map(|policy| Attached {
                    is_of_resources: policy.control_policy_type.as_deref() == Some(OF_RESOURCES),
                    id: policy.policy_id,
                    name: policy.policy_name,
                })
                .collect())
        };
        self.rpc.one(&call, into).await.map_err(with_advice)
    }

    async fn document(&self, policy: &Attached) -> Result<String, AccountError> {
        let subject = format!("control policy {}", policy.name);
        let call =
            Call::read(&RESOURCE_MANAGER, "GetControlPolicy", subject).with("PolicyId", &policy.id);
        let into = |reply: &Reply| Ok(reply.read::<PolicyReply>()?.policy.policy_document);
        self.rpc.one(&call, into).await.map_err(with_advice)
    }
}

/// The place of one answer, for whoever asks first.
fn once<V>(places: &Mutex<BTreeMap<String, Once<V>>>, id: &str) -> Once<V> {
    Arc::clone(lock(places).entry(id.to_owned()).or_default())
}

fn with_advice(mut error: AccountError) -> AccountError {
    if error.kind == AccountErrorKind::Denied {
        let advice = "only the management account of the resource directory, or an administrator that it appointed, may \
                      read control policies; use its credentials with `AliyunResourceDirectoryReadOnlyAccess`";
        error.advice = Some(advice.to_owned());
    }
    error
}

#[derive(Deserialize)]
struct DirectoryReply {
    #[serde(rename = "ResourceDirectory")]
    directory: DirectoryShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DirectoryShape {
    root_folder_id: String,
    #[serde(default)]
    control_policy_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountShape {
    account_id: String,
    folder_id: String,
    resource_directory_path: String,
}

impl AccountShape {
    /// The folders of the path, `rd-…/r-…/fd-…/…`, and the one that the account is in.
    fn into_place(self) -> Result<(AccountId, Vec<String>), Unreadable> {
        let path = self.resource_directory_path.split('/');
        let mut folders: Vec<String> = path
            .filter(|part| part.starts_with("r-") || part.starts_with("fd-"))
            .map(str::to_owned)
            .collect();
        if !folders.contains(&self.folder_id) {
            folders.push(self.folder_id);
        }
        Ok((AccountId::new(&self.account_id)?, folders))
    }
}

#[derive(Deserialize)]
struct AttachmentsReply {
    #[serde(rename = "ControlPolicyAttachments")]
    attachments: AttachmentList,
}

#[derive(Deserialize)]
struct AttachmentList {
    #[serde(rename = "ControlPolicyAttachment")]
    list: Vec<AttachmentShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentShape {
    policy_id: String,
    policy_name: String,
    #[serde(default)]
    control_policy_type: Option<String>,
}

#[derive(Deserialize)]
struct PolicyReply {
    #[serde(rename = "ControlPolicy")]
    policy: PolicyShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyShape {
    policy_document: String,
}
