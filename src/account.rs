//! The core's view of an account: two traits, one to read it and one to write it.
//!
//! They speak in model types only. `plan` and `drift` are given a [`ReadAccount`] and so cannot write.

use std::fmt;
use std::future::Future;

use jiff::Timestamp;

use crate::model::{
    Caller, GroupAttachment, ObservedPolicy, ObservedRole, PolicyName, PolicyRef, PolicyVersion,
    RoleName, Step, Tags, VersionId,
};

/// Reads one account. `None` always means that the service said "does not exist"; everything else that keeps
/// an answer away is an error.
pub trait ReadAccount: Sync {
    /// The time by the account's clock, where there is one.
    fn now(&self) -> Option<Timestamp> {
        None
    }

    /// Who holds the access key. Needs no permission.
    fn caller(&self) -> impl Future<Output = Result<Caller, AccountError>> + Send;

    /// The role of this name.
    fn role(
        &self,
        role: &RoleName,
    ) -> impl Future<Output = Result<Option<ObservedRole>, AccountError>> + Send;

    /// What is attached to the role at account scope; `None` when there is no such role.
    fn attachments(
        &self,
        role: &RoleName,
    ) -> impl Future<Output = Result<Option<Vec<PolicyRef>>, AccountError>> + Send;

    /// Which policies the roles of the account hold for single resource groups, each with the role's name.
    fn group_attachments(
        &self,
    ) -> impl Future<Output = Result<Vec<(RoleName, GroupAttachment)>, AccountError>> + Send;

    /// The policy with its document in force.
    fn policy(
        &self,
        policy: &PolicyRef,
    ) -> impl Future<Output = Result<Option<ObservedPolicy>, AccountError>> + Send;

    /// All versions of a custom policy, oldest first; `None` when there is no such policy.
    fn policy_versions(
        &self,
        policy: &PolicyName,
    ) -> impl Future<Output = Result<Option<Vec<PolicyVersion>>, AccountError>> + Send;

    /// Who holds the policy, as printed names such as `user/alice`; `None` when there is no such policy.
    fn policy_holders(
        &self,
        policy: &PolicyRef,
    ) -> impl Future<Output = Result<Option<Vec<String>>, AccountError>> + Send;

    /// The role's tags; none when there is no such role.
    fn role_tags(&self, role: &RoleName)
    -> impl Future<Output = Result<Tags, AccountError>> + Send;

    /// The custom policy's tags; none when there is no such policy.
    fn policy_tags(
        &self,
        policy: &PolicyName,
    ) -> impl Future<Output = Result<Tags, AccountError>> + Send;
}

/// Writes to one account.
pub trait WriteAccount: Sync {
    /// Carries out one step.
    ///
    /// # Errors
    /// With kind [`AccountErrorKind::OutcomeUnknown`] when the step may or may not have taken effect and reading
    /// back could not settle it; with any other kind it has not taken effect.
    fn write(&self, step: &Step) -> impl Future<Output = Result<Written, AccountError>> + Send;
}

/// How a step came to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// By this call; the new version's number where the step made one.
    ByUs(Option<VersionId>),
    /// What it was to bring about was there already, and means the same.
    Already,
}

/// Why a call gave no usable answer. One line, in RAM's words where RAM spoke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct AccountError {
    /// The operation that failed, such as `CreateRole`.
    pub operation: String,
    /// What it was about, such as `role/ci`; empty when it was about nothing in particular.
    pub subject: String,
    /// What a caller may do about it.
    pub kind: AccountErrorKind,
    /// The service's error code.
    pub code: Option<String>,
    /// The service's message, or ours where no answer came.
    pub message: String,
    /// The HTTP status of the answer.
    pub http_status: Option<u16>,
    /// The service's number for the call, for its support.
    pub request_id: Option<String>,
    /// Which permission was missing, when the service said so.
    pub access_denied: Option<Box<AccessDenied>>,
    /// The service's link to a page about the error.
    pub recommend: Option<String>,
    /// What to do about it, where the place that failed knows better than the kind tells.
    pub advice: Option<String>,
    /// How often the call was made.
    pub attempts: u32,
}

/// What a caller may do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountErrorKind {
    /// The entity does not exist: on a read, absent; on a delete, done.
    NotFound,
    /// The entity exists: read it and compare.
    AlreadyExists,
    /// Something else still depends on it (`DeleteConflict`): list again.
    Conflict,
    /// A quota is used up: free some or ask for more.
    LimitExceeded,
    /// The caller lacks a permission: see `permissions`.
    Denied,
    /// Too many calls: wait and repeat.
    Throttled,
    /// The service failed (5xx) or gave no answer in time: repeat what is safe to repeat.
    Unavailable,
    /// No connection was made, so nothing was sent: check network, proxy and endpoint.
    Unreachable,
    /// The access key or token was refused: check the credentials.
    Credential,
    /// The clocks differ by more than 15 minutes: set this machine's clock.
    Clock,
    /// An answer came that is not the service's: check endpoint and proxy.
    BadAnswer,
    /// The write may or may not have taken effect: run again, it will be seen.
    OutcomeUnknown,
    /// Any other refusal; the code and message say why.
    Rejected,
}

/// RAM's account of a refused permission. Source: error field `AccessDeniedDetail`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessDenied {
    /// The action that was not allowed, such as `ram:GetRole`.
    pub action: String,
    /// Who asked: `SubUser`, `AssumedRoleUser` or `Federated`.
    pub principal_type: String,
    /// The asking principal's display name.
    pub principal: String,
    /// `ImplicitDeny` (nothing allows it) or `ExplicitDeny` (something denies it).
    pub no_permission_type: String,
    /// Which layer said no, such as `ControlPolicy`.
    pub policy_type: String,
}

impl AccountError {
    /// An error of our own making, with nothing of an answer in it yet.
    #[must_use]
    pub fn new(operation: &str, kind: AccountErrorKind) -> Self {
        Self {
            operation: operation.to_owned(),
            subject: String::new(),
            kind,
            code: None,
            message: String::new(),
            http_status: None,
            request_id: None,
            access_denied: None,
            recommend: None,
            advice: None,
            attempts: 1,
        }
    }
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)?;
        if !self.subject.is_empty() {
            write!(f, " `{}`", self.subject)?;
        }
        f.write_str(": ")?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}
