//! The stretch of the line that every command with a spec shares: load → desired → observe.

use super::args::{Global, SpecArg};
use super::connect::{Connection, connect};
use super::console::Console;
use super::environment::Environment;
use super::exit::ExitStatus;
use super::failure::Failure;
use super::validate::{anywhere, load, wrong};
use crate::model::{DesiredState, ObservedState, Scope};
use crate::observe::{ObserveError, observe};
use crate::plan::file::SavedPlan;
use crate::plan::{Plan, PlanError, plan};

/// Everything that is known once the account was read.
pub(super) struct Subject {
    pub(super) connection: Connection,
    pub(super) desired: DesiredState,
    pub(super) observed: ObservedState,
    /// The digest of the spec.
    pub(super) origin: String,
}

impl Subject {
    /// What was wanted and read, to be written down.
    pub(super) fn saved(&self) -> SavedPlan {
        SavedPlan {
            desired: self.desired.clone(),
            observed: self.observed.clone(),
            origin: self.origin.clone(),
        }
    }

    /// Plans with what was read.
    ///
    /// # Errors
    /// When no plan can be made from it.
    pub(super) fn plan(&self) -> Result<Plan, Failure> {
        plan(&self.desired, &self.observed).map_err(|errors| impossible(&errors))
    }
}

/// What the spec is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Bring about what it names.
    Have,
    /// Remove what it names.
    Remove,
}

/// Loads the spec, connects, and reads everything it names.
///
/// # Errors
/// When the spec is wrong (1), the account is another one (3), or something could not be read (5).
pub(super) async fn look(
    spec: &SpecArg,
    global: &Global,
    environment: &Environment,
    console: &mut Console,
    aim: Aim,
) -> Result<Subject, Failure> {
    let spec = load(spec, environment, console)?;
    // What to read is known before the answer to "who am I", so all of it is asked for at once.
    let scope = Scope::of(&aim.at(anywhere(&spec)?));
    let connection = connect(global, environment, console).await?;
    let caller = connection.pinned_caller().await?;
    let observed = observe(&connection.account, &scope, caller)
        .await
        .map_err(|error| unread(&error))?;
    let desired = spec
        .desired(&observed.caller.account, None)
        .map_err(|errors| wrong(&errors))?;
    Ok(Subject {
        connection,
        desired: aim.at(desired),
        observed,
        origin: spec.digest(),
    })
}

impl Aim {
    fn at(self, desired: DesiredState) -> DesiredState {
        match self {
            Self::Have => desired,
            Self::Remove => desired.removed(),
        }
    }
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
        .all(|error| error.kind == crate::account::AccountErrorKind::Credential);
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
