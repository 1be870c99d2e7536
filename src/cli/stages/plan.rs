//! desired → observe → plan, for every account of a run.

use super::members::for_each_member;
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

/// Plans all members, `parallel` at a time, in their order. A signal ends it: accounts that were not read by then get
/// a failure with status 130.
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
    let plans = for_each_member(members, parallel, console, async |member| {
        plan_account(session, member, spec, aim, origin).await
    })
    .await;
    let planned = |(member, account)| MemberPlan { member, account };
    plans.into_iter().map(planned).collect()
}

/// The members, each with its failure where it has one.
pub(crate) fn failures(plans: &[MemberPlan]) -> impl Iterator<Item = (&Member, Option<&Failure>)> {
    plans
        .iter()
        .map(|plan| (&plan.member, plan.account.as_ref().err()))
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
