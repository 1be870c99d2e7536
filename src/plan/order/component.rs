//! Steps that touch the same access.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{PolicyRef, Step};

use super::super::steps::{DraftStep, must_precede};
use super::world::{Holder, World};

/// A set of steps of one component, by position in it.
pub(super) type Mask = u32;

/// Steps that bear on each other, directly or through others.
pub(super) struct Component {
    /// Numbers of the steps, ascending.
    pub(super) steps: Vec<usize>,
    /// Those whose access they change, each with the steps that do so.
    pub(super) holders: BTreeMap<Holder, Mask>,
    /// Steps that lead to another one, and that one.
    middles: Vec<(usize, usize)>,
}

/// Splits the steps into components. A step that changes no access and waits for nothing is one of its own.
pub(super) fn components(drafts: &[DraftStep], before: &World) -> Vec<Component> {
    let touched: Vec<BTreeSet<Holder>> = touched(drafts, before);
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

/// For each step, those whose access it changes.
fn touched(drafts: &[DraftStep], before: &World) -> Vec<BTreeSet<Holder>> {
    let mut holders: BTreeMap<PolicyRef, BTreeSet<Holder>> = BTreeMap::new();
    let mut add = |policy: &PolicyRef, holder: Holder| {
        holders.entry(policy.clone()).or_default().insert(holder);
    };
    for role in before.roles() {
        for policy in before.attached(role) {
            add(policy, Holder::Role(role.clone()));
        }
    }
    for draft in drafts {
        if let Step::AttachPolicy { role, policy } = &draft.step {
            add(policy, Holder::Role(role.clone()));
        }
    }
    for other in others(drafts, before) {
        if let Holder::Other { policies, .. } = &other {
            policies
                .iter()
                .for_each(|policy| add(policy, other.clone()));
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
        | Step::DetachPolicy { role, .. } => BTreeSet::from([Holder::Role(role.clone())]),
        Step::CreatePolicy { policy, .. }
        | Step::CreatePolicyVersion { policy, .. }
        | Step::SetDefaultPolicyVersion { policy, .. }
        | Step::DeletePolicy { policy } => of_policy(&PolicyRef::custom(policy.clone())),
        Step::UpdateRole { trust: None, .. }
        | Step::UpdatePolicyDescription { .. }
        | Step::DeletePolicyVersion { .. }
        | Step::DetachGroupPolicy { .. }
        | Step::TagRole { .. }
        | Step::TagPolicy { .. } => BTreeSet::new(),
    });
    touched.collect()
}

/// Those beyond what was read who may hold several policies that change.
///
/// Two policies at a time are enough. A use that is wrong for a moment hangs on one document that allows or
/// refuses it before and another that does so after; of all else that is held it matters only whether it allows
/// that use, so both are looked at.
fn others(drafts: &[DraftStep], before: &World) -> Vec<Holder> {
    let changed: BTreeSet<PolicyRef> = drafts
        .iter()
        .filter_map(|draft| match &draft.step {
            Step::CreatePolicyVersion { policy, .. }
            | Step::SetDefaultPolicyVersion { policy, .. } => {
                Some(PolicyRef::custom(policy.clone()))
            }
            _ => None,
        })
        .filter(|policy| before.is_held_elsewhere(policy))
        .collect();
    let pairs = changed.iter().flat_map(|first| {
        changed
            .range(first..)
            .skip(1)
            .map(move |second| [first, second])
    });
    pairs
        .flat_map(|pair| {
            [false, true].map(|may_all_else| Holder::Other {
                policies: pair.map(PolicyRef::clone),
                may_all_else,
            })
        })
        .collect()
}

impl Component {
    fn new(steps: Vec<usize>, touched: &[BTreeSet<Holder>]) -> Self {
        let mut holders: BTreeMap<Holder, Mask> = BTreeMap::new();
        for (position, step) in steps.iter().enumerate() {
            for holder in touched.get(*step).into_iter().flatten() {
                *holders.entry(holder.clone()).or_default() |= bit(position);
            }
        }
        Self {
            steps,
            holders,
            middles: Vec::new(),
        }
    }

    /// The same component with another step, done some time before `first_of`, to which it leads.
    pub(super) fn with_middle(&self, step: usize, first_of: usize) -> Self {
        let like = self.steps.iter().position(|member| *member == first_of);
        let mut steps = self.steps.clone();
        steps.push(step);
        let added = bit(steps.len() - 1);
        let touches = |mask: Mask| like.is_some_and(|position| mask & bit(position) != 0);
        let holders = self.holders.iter().map(|(holder, mask)| {
            (
                holder.clone(),
                if touches(*mask) { mask | added } else { *mask },
            )
        });
        let mut middles = self.middles.clone();
        middles.push((step, first_of));
        Self {
            holders: holders.collect(),
            steps,
            middles,
        }
    }

    /// One step after the other, in an order that RAM accepts.
    pub(super) fn plain_order(&self, drafts: &[DraftStep]) -> Vec<Vec<usize>> {
        let mut done = BTreeSet::new();
        let mut order = Vec::new();
        while let Some(next) = self.ready(&done, drafts).first() {
            done.insert(*next);
            order.push(vec![*next]);
        }
        order
    }

    /// The steps that RAM would accept next, additions before removals.
    pub(super) fn ready(&self, done: &BTreeSet<usize>, drafts: &[DraftStep]) -> Vec<usize> {
        let left: Vec<(usize, &Step)> = self
            .steps
            .iter()
            .filter(|step| !done.contains(step))
            .filter_map(|step| Some((*step, &drafts.get(*step)?.step)))
            .collect();
        let waits = |number: usize, step: &Step| {
            left.iter()
                .any(|(other, before)| must_precede(before, step) || self.leads_to(*other, number))
        };
        let mut ready: Vec<(usize, &Step)> = left
            .iter()
            .filter(|(number, step)| !waits(*number, step))
            .copied()
            .collect();
        ready.sort_by_key(|(number, step)| (rank(step), *number));
        ready.into_iter().map(|(number, _)| number).collect()
    }

    /// Whether one step was added to lead to the other.
    pub(super) fn leads_to(&self, middle: usize, step: usize) -> bool {
        self.middles.contains(&(middle, step))
    }

    /// The bit of a step in a mask.
    pub(super) fn bit_of(&self, step: usize) -> Mask {
        self.steps
            .iter()
            .position(|member| *member == step)
            .map_or(0, bit)
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
        Step::DetachPolicy { .. } | Step::DetachGroupPolicy { .. } => 7,
        Step::DeleteRole { .. } => 8,
        Step::DeletePolicy { .. } => 9,
    }
}
