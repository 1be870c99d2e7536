//! The stretch of the line that every command with a spec shares: desired → observe → plan, for one account.

use super::connect::{Connection, Hub};
use super::exit::ExitStatus;
use super::failure::Failure;
use super::fleet::Member;
use super::validate::{anywhere, wrong};
use crate::account::AccountErrorKind;
use crate::model::{DesiredState, ObservedState, Scope};
use crate::observe::{ObserveError, observe};
use crate::plan::file::SavedPlan;
use crate::plan::{Aim, Plan, PlanError, plan};
use crate::spec::Spec;

/// Everything that is known once an account was read.
pub(super) struct Subject {
    pub(super) connection: Connection,
    pub(super) desired: DesiredState,
    pub(super) observed: ObservedState,
    pub(super) plan: Plan,
    /// The digest of the spec.
    pub(super) origin: String,
}

impl Subject {
    /// Plans with what was read.
    ///
    /// # Errors
    /// When no plan can be made from it (3).
    pub(super) fn new(
        connection: Connection,
        desired: DesiredState,
        observed: ObservedState,
        origin: String,
    ) -> Result<Self, Failure> {
        let plan = plan(&desired, &observed).map_err(|errors| impossible(&errors))?;
        Ok(Self {
            connection,
            desired,
            observed,
            plan,
            origin,
        })
    }

    /// What was wanted and read, to be written down.
    pub(super) fn saved(&self) -> SavedPlan {
        SavedPlan {
            desired: self.desired.clone(),
            observed: self.observed.clone(),
            origin: self.origin.clone(),
        }
    }
}

/// Connects to one account, reads everything the spec names, and plans. `origin` is the digest of the spec.
///
/// # Errors
/// When the account is another one or no plan can be made (3), or something could not be read (5).
pub(super) async fn look_at(
    hub: &Hub,
    member: &Member,
    spec: &Spec,
    aim: Aim,
    origin: &str,
) -> Result<Subject, Failure> {
    // What to read is known before the answer to "who am I", so all of it is asked for at once.
    let exports = member
        .entry
        .as_ref()
        .and_then(|entry| entry.exports.as_deref());
    let scope = Scope::of(&aim.at(anywhere(spec, exports)?));
    let connection = hub.connect(member).await?;
    let caller = connection.pinned_caller().await?;
    let observed = observe(&connection.account, &scope, caller)
        .await
        .map_err(|error| unread(&error))?;
    let desired = spec
        .desired(&observed.caller.account, exports)
        .map_err(|errors| wrong(&errors))?;
    Subject::new(connection, aim.at(desired), observed, origin.to_owned())
}

/// What could not be read, and why.
pub(super) fn unread(error: &ObserveError) -> Failure {
    let problems = error
        .0
        .iter()
        .map(|error| (error.to_string(), crate::ram::hint(error)));
    let is_refused = error
        .0
        .iter()
        .all(|error| error.kind == AccountErrorKind::Credential);
    let status = if is_refused {
        ExitStatus::Failed
    } else {
        ExitStatus::Incomplete
    };
    Failure::all(status, problems)
}

/// Why no plan can be made.
pub(super) fn impossible(errors: &[PlanError]) -> Failure {
    Failure::all(
        ExitStatus::Refused,
        errors.iter().map(|error| (error.to_string(), None)),
    )
}
