//! desired → observe → plan, for every account of a run.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream;

use super::spec::desired_for_any_account;
use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::clients::{Connection, Session};
use crate::cli::session::console::Console;
use crate::cli::session::signals::interrupted;
use crate::model::{DesiredState, ObservedState, Scope};
use crate::observe::observe;
use crate::plan::file::SavedPlan;
use crate::plan::{Aim, Plan, plan};
use crate::spec::Spec;

/// An account that was read, and its plan.
pub(crate) struct PlannedAccount {
    pub(crate) connection: Connection,
    pub(crate) desired: DesiredState,
    pub(crate) observed: ObservedState,
    pub(crate) plan: Plan,
    /// The digest of the spec.
    pub(crate) origin: String,
}

impl PlannedAccount {
    /// Plans with what was read.
    ///
    /// # Errors
    /// When no plan can be made from it (3).
    pub(crate) fn new(
        connection: Connection,
        desired: DesiredState,
        observed: ObservedState,
        origin: String,
    ) -> Result<Self, Failure> {
        let plan = plan(&desired, &observed)?;
        Ok(Self {
            connection,
            desired,
            observed,
            plan,
            origin,
        })
    }

    /// What was wanted and read, to be written down.
    pub(crate) fn saved(&self) -> SavedPlan {
        SavedPlan {
            desired: self.desired.clone(),
            observed: self.observed.clone(),
            origin: self.origin.clone(),
        }
    }
}

/// One account of a run, and its plan or why there is none.
pub(crate) struct MemberPlan {
    pub(crate) member: Member,
    pub(crate) account: Result<PlannedAccount, Failure>,
}

/// Connects to one account, reads everything the spec names, and plans. `origin` is the digest of the spec.
///
/// # Errors
/// When the account is another one or no plan can be made (3), or something could not be read (5).
pub(crate) async fn plan_account(
    session: &Session,
    member: &Member,
    spec: &Spec,
    aim: Aim,
    origin: &str,
) -> Result<PlannedAccount, Failure> {
    // What to read is known before the answer to "who am I", so all of it is asked for at once.
    let exports = member
        .entry
        .as_ref()
        .and_then(|entry| entry.exports.as_deref());
    let scope = Scope::of(&aim.at(desired_for_any_account(spec, exports)?));
    let connection = session.connect(member.entry.as_ref()).await?;
    let caller = connection.pinned_caller().await?;
    let observed = observe(&connection.account, &scope, caller).await?;
    let desired = spec.desired(&observed.caller.account, exports)?;
    PlannedAccount::new(connection, aim.at(desired), observed, origin.to_owned())
}

/// Plans all members, `parallel` at a time, and gives the plans in the order of the members. A slow account holds
/// up no other. A signal ends it: accounts that were not read by then get a failure with status 130.
pub(crate) async fn plan_accounts(
    members: Vec<Member>,
    session: &Session,
    spec: &Spec,
    aim: Aim,
    parallel: usize,
    console: &mut Console,
) -> Vec<MemberPlan> {
    let origin = spec.digest();
    let origin = origin.as_str();
    let plans = members
        .iter()
        .enumerate()
        .map(|(place, member)| async move {
            (
                place,
                plan_account(session, member, spec, aim, origin).await,
            )
        });
    let mut progress = console.counter("read", members.len());
    let signals = console.signals();
    let mut accounts: BTreeMap<usize, Result<PlannedAccount, Failure>> = stream::iter(plans)
        .buffer_unordered(parallel)
        .inspect(|_| progress.advance())
        .take_until(signals.first())
        .collect()
        .await;
    let not_read = match members.len() {
        1 => interrupted(),
        _ => Failure::new(ExitStatus::Interrupted, "not read: interrupted"),
    };
    let planned = |(place, member)| MemberPlan {
        member,
        account: accounts
            .remove(&place)
            .unwrap_or_else(|| Err(not_read.clone())),
    };
    members.into_iter().enumerate().map(planned).collect()
}

/// The plans, if no signal came while accounts were read.
///
/// # Errors
/// With status 130 when some account was not read because of a signal.
pub(crate) fn all_read(plans: Vec<MemberPlan>) -> Result<Vec<MemberPlan>, Failure> {
    let was_interrupted = |plan: &MemberPlan| {
        let failure = plan.account.as_ref().err();
        failure.is_some_and(|failure| failure.status == ExitStatus::Interrupted)
    };
    match plans.iter().any(was_interrupted) {
        true => Err(interrupted()),
        false => Ok(plans),
    }
}
