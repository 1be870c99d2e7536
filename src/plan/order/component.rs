//! Steps that touch the same access, and the search for an order of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{PolicyRef, RoleName, Step};
use crate::policy::transition::{self, Found, Use};

use super::super::steps::{DraftStep, must_precede};
use super::{Found as FoundOrder, Passing, PassingKind, World};

/// Most steps whose orders are searched together. Unit: steps of one component. The search visits sets of steps,
/// at worst 2^n of them; past this the plan says that the order was not checked.
const MOST_STEPS: usize = 12;

/// A set of steps of one component, by position in it.
type Mask = u32;

/// Steps that bear on each other, directly or through others.
pub(super) struct Component {
    /// Numbers of the steps, ascending.
    pub(super) steps: Vec<usize>,
    /// The roles whose access they change, each with the steps that do so.
    roles: BTreeMap<RoleName, Mask>,
}

/// Splits the steps into components. A step that changes no access and waits for nothing is one of its own.
pub(super) fn components(drafts: &[DraftStep], before: &World) -> Vec<Component> {
    let touched: Vec<BTreeSet<RoleName>> = touched_roles(drafts, before);
    let mut group: Vec<usize> = (0..drafts.len()).collect();
    for (first, a) in drafts.iter().enumerate() {
        for (second, b) in drafts.iter().enumerate().skip(first + 1) {
            let shares = match (touched.get(first), touched.get(second)) {
                (Some(x), Some(y)) => !x.is_disjoint(y),
                _ => false,
            };
            if shares || must_precede(&a.step, &b.step) || must_precede(&b.step, &a.step) {
                join(&mut group, first, second);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (step, group) in group.iter().enumerate() {
        members.entry(*group).or_default().push(step);
    }
    members
        .into_values()
        .map(|steps| Component::new(steps, &touched))
        .collect()
}

fn join(group: &mut [usize], first: usize, second: usize) {
    let (Some(&a), Some(&b)) = (group.get(first), group.get(second)) else {
        return;
    };
    let (low, high) = (a.min(b), a.max(b));
    group
        .iter_mut()
        .filter(|g| **g == high)
        .for_each(|g| *g = low);
}

/// For each step, the roles whose access it changes.
fn touched_roles(drafts: &[DraftStep], before: &World) -> Vec<BTreeSet<RoleName>> {
    let mut holders: BTreeMap<PolicyRef, BTreeSet<RoleName>> = BTreeMap::new();
    for role in before.roles() {
        for policy in before.attached(role) {
            holders
                .entry(policy.clone())
                .or_default()
                .insert(role.clone());
        }
    }
    for draft in drafts {
        if let Step::AttachPolicy { role, policy } = &draft.step {
            holders
                .entry(policy.clone())
                .or_default()
                .insert(role.clone());
        }
    }
    let of_policy = |policy: &PolicyRef| holders.get(policy).cloned().unwrap_or_default();
    let touched = drafts.iter().map(|draft| match &draft.step {
        Step::CreateRole { role, .. }
        | Step::UpdateRole {
            role,
            trust: Some(_),
            ..
        }
        | Step::DeleteRole { role }
        | Step::AttachPolicy { role, .. }
        | Step::DetachPolicy { role, .. } => BTreeSet::from([role.clone()]),
        Step::CreatePolicy { policy, .. }
        | Step::CreatePolicyVersion { policy, .. }
        | Step::SetDefaultPolicyVersion { policy, .. }
        | Step::DeletePolicy { policy } => of_policy(&PolicyRef::custom(policy.clone())),
        Step::UpdateRole { trust: None, .. }
        | Step::UpdatePolicyDescription { .. }
        | Step::DeletePolicyVersion { .. }
        | Step::TagRole { .. }
        | Step::TagPolicy { .. } => BTreeSet::new(),
    });
    touched.collect()
}

/// What is wrong with one moment between two steps.
type Wrong = (RoleName, PassingKind, Use);

/// What is wrong with one role at one moment, if anything, or why that cannot be told.
type Look = Result<Option<(PassingKind, Use)>, String>;

/// The moments between the steps of one component, each looked at once.
struct Moments<'a> {
    component: &'a Component,
    drafts: &'a [DraftStep],
    before: &'a World,
    after: World,
    /// By role and the done steps that touch it.
    seen: HashMap<(RoleName, Mask), Look>,
}

impl Component {
    fn new(steps: Vec<usize>, touched: &[BTreeSet<RoleName>]) -> Self {
        let mut roles: BTreeMap<RoleName, Mask> = BTreeMap::new();
        for (position, step) in steps.iter().enumerate() {
            for role in touched.get(*step).into_iter().flatten() {
                *roles.entry(role.clone()).or_default() |= bit(position);
            }
        }
        Self { steps, roles }
    }

    /// Searches an order whose every moment is right; where there is none, takes RAM's order with additions
    /// before removals, and says what is wrong on the way.
    pub(super) fn search(&self, drafts: &[DraftStep], before: &World) -> FoundOrder {
        if self.steps.len() > MOST_STEPS {
            let reason = format!(
                "{} steps bear on each other, the limit is {MOST_STEPS}",
                self.steps.len()
            );
            return FoundOrder {
                order: self.plain_order(drafts),
                passing: Vec::new(),
                unchecked: Some(reason),
            };
        }
        let mut moments = Moments::new(self, drafts, before);
        let mut path = Vec::new();
        match moments.extend(&mut path, 0, &mut HashSet::new()) {
            Ok(true) => FoundOrder {
                order: moments.grouped(&path),
                passing: Vec::new(),
                unchecked: None,
            },
            Ok(false) => {
                let order = self.plain_order(drafts);
                let passing = moments.passing(&order);
                FoundOrder {
                    order,
                    passing,
                    unchecked: None,
                }
            }
            Err(reason) => FoundOrder {
                order: self.plain_order(drafts),
                passing: Vec::new(),
                unchecked: Some(reason),
            },
        }
    }

    /// One step after the other, in an order that RAM accepts.
    fn plain_order(&self, drafts: &[DraftStep]) -> Vec<Vec<usize>> {
        let mut done: Mask = 0;
        let mut order = Vec::new();
        while let Some(next) = self.ready(done, drafts).first() {
            done |= bit(*next);
            order.extend(self.steps.get(*next).map(|step| vec![*step]));
        }
        order
    }

    /// Positions of the steps that RAM would accept next, additions before removals.
    fn ready(&self, done: Mask, drafts: &[DraftStep]) -> Vec<usize> {
        let left: Vec<(usize, &Step)> = self
            .steps
            .iter()
            .enumerate()
            .filter(|(position, _)| done & bit(*position) == 0)
            .filter_map(|(position, step)| Some((position, &drafts.get(*step)?.step)))
            .collect();
        let is_free = |step: &Step| !left.iter().any(|(_, other)| must_precede(other, step));
        let mut ready: Vec<(usize, &Step)> = left
            .iter()
            .filter(|(_, step)| is_free(step))
            .copied()
            .collect();
        ready.sort_by_key(|(position, step)| (rank(step), *position));
        ready.into_iter().map(|(position, _)| position).collect()
    }
}

impl<'a> Moments<'a> {
    fn new(component: &'a Component, drafts: &'a [DraftStep], before: &'a World) -> Self {
        let mut after = before.clone();
        for group in component.plain_order(drafts) {
            group
                .iter()
                .filter_map(|step| drafts.get(*step))
                .for_each(|draft| after.apply(&draft.step));
        }
        Self {
            component,
            drafts,
            before,
            after,
            seen: HashMap::new(),
        }
    }

    /// Extends `path` to an order of all steps, or says that there is none. `dead` holds the sets of done steps
    /// that lead nowhere.
    fn extend(
        &mut self,
        path: &mut Vec<usize>,
        done: Mask,
        dead: &mut HashSet<Mask>,
    ) -> Result<bool, String> {
        if path.len() == self.component.steps.len() {
            return Ok(true);
        }
        for next in self.component.ready(done, self.drafts) {
            let then = done | bit(next);
            if dead.contains(&then) || self.wrong(then)?.is_some() {
                continue;
            }
            path.push(next);
            if self.extend(path, then, dead)? {
                return Ok(true);
            }
            path.pop();
        }
        dead.insert(done);
        Ok(false)
    }

    /// What is wrong when exactly the steps of `done` are done.
    fn wrong(&mut self, done: Mask) -> Result<Option<Wrong>, String> {
        let component = self.component;
        for (role, touching) in &component.roles {
            let relevant = done & touching;
            // Nothing of this role has changed, or all of it.
            if relevant == 0 || relevant == *touching {
                continue;
            }
            let key = (role.clone(), relevant);
            if !self.seen.contains_key(&key) {
                let answer = self.look(role, relevant);
                self.seen.insert(key.clone(), answer);
            }
            if let Some((kind, witness)) = self.seen.get(&key).cloned().transpose()?.flatten() {
                return Ok(Some((role.clone(), kind, witness)));
            }
        }
        Ok(None)
    }

    fn look(&self, role: &RoleName, done: Mask) -> Look {
        let mut world = self.before.clone();
        for (position, step) in self.component.steps.iter().enumerate() {
            if let Some(draft) = self.drafts.get(*step).filter(|_| done & bit(position) != 0) {
                world.apply(&draft.step);
            }
        }
        let moment = |world: &World| {
            let cannot = |_| format!("a live document of role `{role}` cannot be interpreted");
            world.moment(role).map_err(cannot)
        };
        let (before, mid, after) = (moment(self.before)?, moment(&world)?, moment(&self.after)?);
        let check = transition::check(before.as_ref(), mid.as_ref(), after.as_ref());
        match (check.transient_access, check.gap) {
            (Found::Use(shown), _) => Ok(Some((PassingKind::Access, *shown))),
            (_, Found::Use(shown)) => Ok(Some((PassingKind::Gap, *shown))),
            (Found::Unknown(reason), _) | (_, Found::Unknown(reason)) => Err(reason),
            (Found::None, Found::None) => Ok(None),
        }
    }

    /// Joins neighbours of the path into groups whose steps may be done in any order: every set of them must be
    /// right too, since answers may come in any order and some may never come.
    fn grouped(&mut self, path: &[usize]) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut done: Mask = 0;
        let mut group: Vec<usize> = Vec::new();
        for next in path {
            if !group.is_empty() && !self.may_join(done, &group, *next) {
                done |= group.iter().fold(0, |mask, position| mask | bit(*position));
                groups.push(std::mem::take(&mut group));
            }
            group.push(*next);
        }
        groups.push(group);
        let numbers = |positions: Vec<usize>| {
            positions
                .into_iter()
                .filter_map(|position| self.component.steps.get(position).copied())
                .collect()
        };
        groups.into_iter().map(numbers).collect()
    }

    fn may_join(&mut self, done: Mask, group: &[usize], next: usize) -> bool {
        let step = |position: &usize| {
            self.drafts
                .get(*self.component.steps.get(*position)?)
                .map(|draft| &draft.step)
        };
        let Some(added) = step(&next) else {
            return false;
        };
        let waits = group
            .iter()
            .filter_map(step)
            .any(|earlier| must_precede(earlier, added));
        if waits {
            return false;
        }
        let members: Mask = group
            .iter()
            .fold(bit(next), |mask, position| mask | bit(*position));
        let mut subset = members;
        while subset != 0 {
            if !matches!(self.wrong(done | subset), Ok(None)) {
                return false;
            }
            subset = (subset - 1) & members;
        }
        true
    }

    /// What is wrong after each step of an order that is not right throughout.
    fn passing(&mut self, order: &[Vec<usize>]) -> Vec<Passing> {
        let mut done: Mask = 0;
        let mut passing = Vec::new();
        for step in order.iter().flatten() {
            let position = self
                .component
                .steps
                .iter()
                .position(|member| member == step);
            done |= position.map_or(0, bit);
            if let Ok(Some((role, kind, witness))) = self.wrong(done) {
                passing.push(Passing {
                    after_step: *step,
                    role,
                    kind,
                    witness,
                });
            }
        }
        passing
    }
}

fn bit(position: usize) -> Mask {
    u32::try_from(position)
        .ok()
        .and_then(|position| 1u32.checked_shl(position))
        .unwrap_or(0)
}

/// Additions before changes before removals: the order that people expect where any will do.
fn rank(step: &Step) -> u8 {
    match step {
        Step::CreatePolicy { .. } => 0,
        Step::CreateRole { .. } => 1,
        Step::DeletePolicyVersion { .. } => 2,
        Step::CreatePolicyVersion { .. } | Step::SetDefaultPolicyVersion { .. } => 3,
        Step::UpdateRole { .. } => 4,
        Step::AttachPolicy { .. } => 5,
        Step::UpdatePolicyDescription { .. } | Step::TagRole { .. } | Step::TagPolicy { .. } => 6,
        Step::DetachPolicy { .. } => 7,
        Step::DeleteRole { .. } => 8,
        Step::DeletePolicy { .. } => 9,
    }
}
