//! Checks exports and imports by every layer that was read, and finds out what `apply` would settle.

use super::verdict::{extra, with_role_after};
use super::{PlannedStep, plan};
use crate::model::{
    AccountId, DesiredState, Layer, ObservedServices, ObservedState, RoleName, Step,
};
use crate::readiness::{Checked, Facts, Question, Role, checks, settled_by_apply};

/// What was read for the exports or imports of an account.
#[derive(Debug, Clone)]
pub struct ReadLayers<'a, Q> {
    /// The account.
    pub account: &'a AccountId,
    /// The role that the operation would use.
    pub role: &'a RoleName,
    /// What the spec wants of the account.
    pub desired: &'a DesiredState,
    /// What RAM says.
    pub ram: Layer<&'a ObservedState>,
    /// What is asked, and what ECS, OSS and the resource directory say.
    pub asked: &'a [(Q, ObservedServices)],
}

impl<Q> ReadLayers<'_, Q>
where
    Q: Clone,
    for<'q> &'q Q: Into<Question<'q>>,
{
    /// Checks each. Where the steps of `apply` settle a check, it names `command`.
    #[must_use]
    pub fn check(&self, command: &str) -> Vec<Checked<Q>> {
        let observed = match &self.ram {
            Layer::Read(observed) => *observed,
            Layer::NotAsked => return self.check_role(&Layer::NotAsked),
            Layer::NotRead(why) => return self.check_role(&Layer::NotRead(why.clone())),
        };
        let after = |steps: &[&Step]| {
            with_role_after(self.role, observed, steps, |role| {
                self.check_role(&Layer::Read(role))
            })
        };
        let mut checked = after(&[]);
        let mut all = checked.iter().flat_map(|one| &one.checks);
        if !all.any(|check| check.is_of_role() && check.is_trouble()) {
            return checked;
        }
        let Ok(plan) = plan(self.desired, observed) else {
            return checked;
        };
        let steps: Vec<&Step> = plan
            .steps
            .iter()
            .map(|PlannedStep { step, .. }| step)
            .collect();
        if !steps.is_empty() {
            for (now, after) in checked.iter_mut().zip(after(&steps)) {
                settled_by_apply(&mut now.checks, &after.checks, command);
            }
        }
        checked
    }

    fn check_role(&self, role: &Layer<Role<'_>>) -> Vec<Checked<Q>> {
        let observed = match &self.ram {
            Layer::Read(observed) => Some(*observed),
            Layer::NotAsked | Layer::NotRead(_) => None,
        };
        let extra = observed.map(|observed| extra(self.role, self.desired, observed));
        let checked = self.asked.iter().map(|(question, services)| {
            let checks = checks(&Facts {
                account: self.account,
                role_name: self.role,
                role: role.clone(),
                groups_not_read: observed.and_then(|seen| seen.group_attachments.not_read()),
                extra: extra.as_deref().unwrap_or_default(),
                question: question.into(),
                observed: services,
                now: observed.and_then(|observed| observed.read_at),
            });
            Checked {
                question: question.clone(),
                checks,
            }
        });
        checked.collect()
    }
}
