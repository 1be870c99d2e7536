//! Which permissions the calls to an account need.
//!
//! Source: RAM, "Actions and resources": an action is named as its operation; creating and listing touch `role/*` or
//! `policy/*`, attaching touches both ends, and a system policy belongs to the account `system`.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::operations;
use crate::account::{AccountError, AccountErrorKind, ReadAccount, WriteAccount, Written};
use crate::cloud::rpc::call::Call;
use crate::cloud::rpc::lock::lock;
use crate::model::{
    AccountId, Caller, GroupAttachment, IdentityType, ObservedPolicy, ObservedRole, PolicyName,
    PolicyRef, PolicyType, PolicyVersion, RoleName, Step, Tags,
};

/// Stands for an account that has nothing: takes every call, and notes which permissions it would need.
#[derive(Debug)]
pub struct PermissionRecorder {
    /// The account in resource patterns; `None` for any.
    account: Option<AccountId>,
    needed: Mutex<BTreeSet<(String, String)>>,
}

impl PermissionRecorder {
    /// A recorder for calls to `account`, or to any.
    #[must_use]
    pub fn new(account: Option<AccountId>) -> Self {
        Self {
            account,
            needed: Mutex::default(),
        }
    }

    /// The pairs of action and resource pattern that all the calls need.
    #[must_use]
    pub fn needed(&self) -> BTreeSet<(String, String)> {
        lock(&self.needed).clone()
    }

    /// Notes the reading of whichever policies a role turns out to hold.
    pub fn read_any_policy(&self) {
        self.on_any_policy(operations::get_policy);
    }

    /// Notes that whichever policies the role turns out to hold may be detached.
    pub fn detach_any_policy(&self, role: &RoleName) {
        self.on_any_policy(|policy| {
            operations::write(&Step::DetachPolicy {
                role: role.clone(),
                policy: policy.clone(),
            })
        });
    }

    fn on_any_policy(&self, call: impl Fn(&PolicyRef) -> Call) {
        // No policy has this name: `with` puts the wildcard in its place.
        if let Ok(name) = PolicyName::new("any") {
            for policy in [PolicyRef::custom(name.clone()), PolicyRef::system(name)] {
                self.note(&call(&policy).with("PolicyName", "*"));
            }
        }
    }

    fn note(&self, call: &Call) {
        let action = format!("{}:{}", call.service.name, call.operation);
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        let pairs = resources(call, account).into_iter();
        lock(&self.needed).extend(pairs.map(|resource| (action.clone(), resource)));
    }
}

/// The resources that a call touches.
fn resources(call: &Call, account: &str) -> Vec<String> {
    let of_account = |entity: &str| format!("acs:ram:*:{account}:{entity}");
    match call.operation {
        "CreateRole" => return vec![of_account("role/*")],
        "CreatePolicy" => return vec![of_account("policy/*")],
        _ => {}
    }
    let param = |name: &str| call.params.get(name).map(String::as_str);
    let role = param("RoleName").map(|role| of_account(&format!("role/{role}")));
    let policy = param("PolicyName").map(|policy| match param("PolicyType") {
        Some(kind) if kind == PolicyType::System.as_str() => {
            format!("acs:ram:*:system:policy/{policy}")
        }
        _ => of_account(&format!("policy/{policy}")),
    });
    let names: Vec<String> = param("ResourceNames")
        .and_then(|names| serde_json::from_str(names).ok())
        .unwrap_or_default();
    let tagged = names.iter().map(|name| {
        let kind = param("ResourceType").unwrap_or("*");
        of_account(&format!("{kind}/{name}"))
    });
    role.into_iter().chain(policy).chain(tagged).collect()
}

impl ReadAccount for PermissionRecorder {
    /// `GetCallerIdentity` needs no permission.
    async fn caller(&self) -> Result<Caller, AccountError> {
        let account = AccountId::new("0000000000000000").map_err(|error| {
            let mut failure = AccountError::new("GetCallerIdentity", AccountErrorKind::BadAnswer);
            failure.message = error.to_string();
            failure
        })?;
        Ok(Caller {
            account,
            arn: String::new(),
            identity_type: IdentityType::Account,
            principal_id: String::new(),
        })
    }

    async fn role(&self, role: &RoleName) -> Result<Option<ObservedRole>, AccountError> {
        self.note(&operations::get_role(role));
        Ok(None)
    }

    async fn attachments(&self, role: &RoleName) -> Result<Option<Vec<PolicyRef>>, AccountError> {
        self.note(&operations::list_policies_for_role(role));
        Ok(None)
    }

    /// ResourceManager's call, which RAM allows or not, and on no single entity.
    async fn group_attachments(&self) -> Result<Vec<(RoleName, GroupAttachment)>, AccountError> {
        let needed = ("ram:ListPolicyAttachments".to_owned(), "*".to_owned());
        lock(&self.needed).extend([needed]);
        Ok(Vec::new())
    }

    async fn policy(&self, policy: &PolicyRef) -> Result<Option<ObservedPolicy>, AccountError> {
        self.note(&operations::get_policy(policy));
        Ok(None)
    }

    async fn policy_versions(
        &self,
        policy: &PolicyName,
    ) -> Result<Option<Vec<PolicyVersion>>, AccountError> {
        self.note(&operations::list_policy_versions(policy));
        Ok(None)
    }

    async fn policy_holders(
        &self,
        policy: &PolicyRef,
    ) -> Result<Option<Vec<String>>, AccountError> {
        self.note(&operations::list_entities_for_policy(policy));
        Ok(None)
    }

    async fn role_tags(&self, role: &RoleName) -> Result<Tags, AccountError> {
        self.note(&operations::list_role_tags(role));
        Ok(Tags::new())
    }

    async fn policy_tags(&self, policy: &PolicyName) -> Result<Tags, AccountError> {
        self.note(&operations::list_policy_tags(policy));
        Ok(Tags::new())
    }
}

impl WriteAccount for PermissionRecorder {
    async fn write(&self, step: &Step) -> Result<Written, AccountError> {
        self.note(&operations::write(step));
        Ok(Written::Already)
    }
}
