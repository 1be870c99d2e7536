//! desired → observe → plan, for every account of a run.

use std::collections::BTreeMap;

use futures_util::future::join;

use super::members::for_each_member;
use super::spec::desired_for_any_account;
use crate::cli::failure::Failure;
use crate::cli::session::accounts::Member;
use crate::cli::session::clients::Session;
use crate::cli::session::connection::Connection;
use crate::cli::session::console::Console;
use crate::explain::codes_in;
use crate::model::{DesiredState, Layer, ObservedState, RegionId, Scope};
use crate::observe::{observe, observe_instances};
use crate::plan::file::SavedPlan;
use crate::plan::{Aim, Plan, Verdict, export_role, plan};
use crate::readiness::{ErrorCode, Readiness};
use crate::spec::Spec;

/// An account that was read, and its plan.
pub(crate) struct PlannedAccount {
    pub(crate) connection: Connection,
    pub(crate) desired: DesiredState,
    pub(crate) observed: ObservedState,
    pub(crate) plan: Plan,
    /// The digest of the spec.
    pub(crate) origin: String,
    /// Which instances wear the export role, where that was read.
    pub(crate) instances: BTreeMap<RegionId, Vec<String>>,
}

/// What is read besides RAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Besides {
    /// Nothing.
    Nothing,
    /// Which instances wear the export role, in the regions of the exports.
    Instances,
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
            instances: BTreeMap::new(),
        })
    }

    /// Takes in which instances wear the role. Where that could not be read, the plan says so.
    fn with_instances(mut self, found: BTreeMap<RegionId, Layer<Vec<String>>>) -> Self {
        for (region, answer) in found {
            match answer {
                Layer::Read(ids) => drop(self.instances.insert(region, ids)),
                Layer::NotAsked => {}
                Layer::NotRead(why) => {
                    let what = format!("instances that wear the role in {region}: {why}");
                    let before = self.plan.not_read.take();
                    let all = before.into_iter().chain([what]).collect::<Vec<_>>();
                    self.plan.not_read = Some(all.join("; "));
                }
            }
        }
        self
    }

    /// What was wanted and read, to be written down.
    pub(crate) fn into_saved(self) -> SavedPlan {
        SavedPlan {
            desired: self.desired,
            observed: self.observed,
            origin: self.origin,
        }
    }
}

/// Connects to one account, reads everything the spec names, and plans. `origin` is the digest of the spec.
///
/// # Errors
/// When the account is another one or no plan can be made (3), or something could not be read (5).
pub(crate) async fn plan_account(
    session: &Session,
    member: &Member,
    spec: &Spec,
    (aim, besides): (Aim, Besides),
    origin: &str,
) -> Result<PlannedAccount, Failure> {
    // What to read is known before the answer to "who am I", so all of it is asked for at once.
    let exports = member
        .entry
        .as_ref()
        .and_then(|entry| entry.exports.as_deref());
    let wanted = aim.at(desired_for_any_account(spec, exports)?);
    let scope = Scope::of(&wanted);
    let connection = session.connect(member.entry.as_ref()).await?;
    let caller = connection.pinned_caller().await?;
    let instances = async {
        match (besides, export_role(&wanted)) {
            (Besides::Instances, Some(role)) => {
                let regions = wanted.exports.iter().map(|export| &export.region);
                observe_instances(&connection.services, &role, regions).await
            }
            _ => BTreeMap::new(),
        }
    };
    let (observed, instances) = join(observe(&connection.account, &scope, caller), instances).await;
    let observed = observed?;
    let desired = spec.desired(&observed.caller.account, exports)?;
    let account = PlannedAccount::new(connection, aim.at(desired), observed, origin.to_owned())?;
    Ok(account.with_instances(instances))
}

/// Plans all members, `parallel` at a time, and hands over each as soon as it is planned. A signal ends it: accounts that
/// were not read by then get a failure with status 130.
pub(crate) async fn plan_accounts(
    members: &[Member],
    session: &Session,
    spec: &Spec,
    what: (Aim, Besides),
    (parallel, console): (usize, &Console),
    planned: impl FnMut(usize, &Member, Result<PlannedAccount, Failure>),
) {
    let origin = spec.digest();
    let origin = origin.as_str();
    let work = async |member: &Member| plan_account(session, member, spec, what, origin).await;
    for_each_member(members, parallel, console, work, planned).await;
}

/// The error codes of what could not be read, and that with which ExportImage fails in the answer that `of` picks.
pub(crate) fn codes_told(
    plan: &Plan,
    of: fn(&Verdict) -> Option<&Readiness>,
) -> impl Iterator<Item = &str> {
    let answer = plan.verdict.as_ref().and_then(of);
    let fails = answer.and_then(Readiness::error);
    let unread = plan.not_read.as_deref().map(codes_in);
    let unread = unread.unwrap_or_default().into_iter();
    unread.chain(fails.map(ErrorCode::as_str))
}
