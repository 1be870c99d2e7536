//! The states between the steps of one component, and the orders in which all of them are right.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::Step;
use crate::policy::transition::{self, Found, Use};

use super::super::steps::{DraftStep, must_precede};
use super::check::{Passing, PassingKind};
use super::component::{Component, Mask};
use super::world::{Holder, Move, World};

/// Most states that are looked at for one component. Ordinary plans need a handful; at worst there are 2^n.
const MOST_LOOKS: usize = 1000;

/// Most steps that are sent together: every set of them is looked at.
const MOST_TOGETHER: usize = 6;

/// What is wrong with one state between two steps.
type Wrong = (Holder, PassingKind, Use);

/// What is wrong for one holder at one state, if anything, or why that cannot be told.
type Look = Result<Option<(PassingKind, Use)>, String>;

/// The states between the steps of one component, each looked at once.
pub(super) struct IntermediateStates<'a> {
    component: &'a Component,
    drafts: &'a [DraftStep],
    before: &'a World,
    after: World,
    /// What each step does, in an order that RAM accepts.
    moves: Vec<(Mask, Move)>,
    /// By holder and the done steps that touch them.
    seen: HashMap<(Holder, Mask), Look>,
}

impl<'a> IntermediateStates<'a> {
    pub(super) fn new(
        component: &'a Component,
        drafts: &'a [DraftStep],
        before: &'a World,
    ) -> Self {
        let order = component.plain_order(drafts);
        let moves = order.iter().flatten().filter_map(|step| {
            let draft = drafts.get(*step)?;
            Some((component.bit_of(*step), before.read(&draft.step)))
        });
        let moves: Vec<(Mask, Move)> = moves.collect();
        let mut after = before.clone();
        moves.iter().for_each(|(_, made)| after.make(made));
        Self {
            component,
            drafts,
            before,
            after,
            moves,
            seen: HashMap::new(),
        }
    }

    /// An order whose every state is right, as groups of steps that may be done in any order; `None` where there
    /// is none.
    ///
    /// # Errors
    /// With the reason why a state could not be looked at.
    pub(super) fn search(&mut self) -> Result<Option<Vec<Vec<usize>>>, String> {
        let mut path = Vec::new();
        match self.extend(&mut path, &mut HashSet::new())? {
            true => Ok(Some(self.grouped(&path))),
            false => Ok(None),
        }
    }

    /// Extends `path` to an order of all steps, or says that there is none. `dead` holds the sets of done steps
    /// that lead nowhere.
    fn extend(&mut self, path: &mut Vec<usize>, dead: &mut HashSet<Mask>) -> Result<bool, String> {
        if path.len() == self.component.steps.len() {
            return Ok(true);
        }
        let done = self.mask(path);
        let steps: BTreeSet<usize> = path.iter().copied().collect();
        for next in self.component.ready(&steps, self.drafts) {
            let then = done | self.component.bit_of(next);
            if dead.contains(&then) || self.wrong(then)?.is_some() {
                continue;
            }
            path.push(next);
            if self.extend(path, dead)? {
                return Ok(true);
            }
            path.pop();
        }
        dead.insert(done);
        Ok(false)
    }

    fn mask(&self, steps: &[usize]) -> Mask {
        steps
            .iter()
            .fold(0, |mask, step| mask | self.component.bit_of(*step))
    }

    /// What is wrong when exactly the steps of `done` are done.
    fn wrong(&mut self, done: Mask) -> Result<Option<Wrong>, String> {
        let component = self.component;
        for (holder, touching) in &component.holders {
            let relevant = done & touching;
            // Nothing has changed for them, or everything.
            if relevant == 0 || relevant == *touching {
                continue;
            }
            let key = (holder.clone(), relevant);
            if self.seen.len() >= MOST_LOOKS {
                return Err(format!("more than {MOST_LOOKS} states between the steps"));
            }
            if !self.seen.contains_key(&key) {
                let answer = self.look(holder, relevant);
                self.seen.insert(key.clone(), answer);
            }
            if let Some((kind, witness)) = self.seen.get(&key).cloned().transpose()?.flatten() {
                return Ok(Some((holder.clone(), kind, witness)));
            }
        }
        Ok(None)
    }

    fn look(&self, holder: &Holder, done: Mask) -> Look {
        let mut world = self.before.clone();
        for (step, made) in &self.moves {
            if done & step != 0 {
                world.make(made);
            }
        }
        let role_state = |world: &World| {
            let cannot = |_| format!("a live document of {holder} cannot be interpreted");
            world.role_state(holder).map_err(cannot)
        };
        let (before, mid, after) = (
            role_state(self.before)?,
            role_state(&world)?,
            role_state(&self.after)?,
        );
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
                done |= self.mask(&group);
                groups.push(std::mem::take(&mut group));
            }
            group.push(*next);
        }
        groups.push(group);
        groups
    }

    fn may_join(&mut self, done: Mask, group: &[usize], next: usize) -> bool {
        let step = |number: &usize| self.drafts.get(*number).map(|draft| &draft.step);
        let Some(added): Option<&Step> = step(&next) else {
            return false;
        };
        let leads = group
            .iter()
            .any(|earlier| self.component.leads_to(*earlier, next));
        let waits = group
            .iter()
            .filter_map(step)
            .any(|earlier| must_precede(earlier, added));
        if leads || waits || group.len() >= MOST_TOGETHER {
            return false;
        }
        let members: Mask = self.mask(group) | self.component.bit_of(next);
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
    pub(super) fn passing(&mut self, order: &[Vec<usize>]) -> Vec<Passing> {
        let mut done: Mask = 0;
        let mut passing = Vec::new();
        for step in order.iter().flatten() {
            done |= self.component.bit_of(*step);
            if let Ok(Some((holder, kind, witness))) = self.wrong(done) {
                passing.push(Passing {
                    after_step: *step,
                    holder,
                    kind,
                    witness,
                });
            }
        }
        passing
    }
}
