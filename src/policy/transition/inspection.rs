//! Changes that are seen to be right without a search: most only add, or only remove.
//!
//! Compares which statements each state has, never what they mean, so the answer holds in every reading.

use super::super::document::{Effect, PolicyDocument, Statement};
use super::super::trust::TrustStatement;
use super::role_state::RoleState;

/// Whether nobody gains or lacks anything in the middle, as far as can be seen at sight; `false` proves nothing.
pub(super) fn is_clean(
    before: Option<&RoleState>,
    mid: Option<&RoleState>,
    after: Option<&RoleState>,
) -> bool {
    let [before, mid, after] = [before, mid, after].map(Statements::of);
    let grows = before.is_within(&mid) && mid.is_within(&after);
    let shrinks = mid.is_within(&before) && after.is_within(&mid);
    let stays =
        |one: &Statements<'_>, other: &Statements<'_>| one.is_within(other) && other.is_within(one);
    let trust_stays = same(&before.trust, &mid.trust) && same(&mid.trust, &after.trust);
    grows
        || shrinks
        || stays(&mid, &before)
        || stays(&mid, &after)
        || (trust_stays
            && mid
                .permissions
                .is_between(&before.permissions, &after.permissions))
}

/// What is there at a state.
struct Statements<'a> {
    trust: Parts<&'a TrustStatement>,
    permissions: Parts<&'a Statement>,
}

/// Statements by effect.
struct Parts<S> {
    allow: Vec<S>,
    deny: Vec<S>,
}

impl<'a> Statements<'a> {
    fn of(state: Option<&'a RoleState>) -> Self {
        let trust = state.into_iter().flat_map(|state| state.trust.statements());
        let documents = state.into_iter().flat_map(|state| &state.permissions);
        let permissions = documents.flat_map(PolicyDocument::statements);
        Self {
            trust: Parts::split(trust, |statement| statement.effect),
            permissions: Parts::split(permissions, |statement| statement.effect),
        }
    }

    /// Whether every use that is possible here is possible there.
    fn is_within(&self, other: &Self) -> bool {
        self.trust.is_within(&other.trust) && self.permissions.is_within(&other.permissions)
    }
}

impl<S: PartialEq + Copy> Parts<S> {
    fn split(statements: impl Iterator<Item = S>, effect: impl Fn(S) -> Effect) -> Self {
        let (allow, deny) = statements.partition(|statement| effect(*statement) == Effect::Allow);
        Self { allow, deny }
    }

    /// Whether all that these allow those allow too.
    fn is_within(&self, other: &Self) -> bool {
        are_in(&self.allow, &other.allow) && are_in(&other.deny, &self.deny)
    }

    /// Whether these allow nothing that neither neighbour allows, and all that both allow.
    fn is_between(&self, before: &Self, after: &Self) -> bool {
        // What a statement allows here its own side allows too, unless it refuses what is not refused here.
        let comes_from = |side: &Self, statement: &S| {
            side.allow.contains(statement) && are_in(&side.deny, &self.deny)
        };
        let adds_nothing = self
            .allow
            .iter()
            .all(|statement| comes_from(before, statement) || comes_from(after, statement));
        // What both allow neither refuses.
        let refuses_nothing = self
            .deny
            .iter()
            .all(|statement| before.deny.contains(statement) || after.deny.contains(statement));
        let lacks_nothing = are_in(&before.allow, &self.allow) || are_in(&after.allow, &self.allow);
        adds_nothing && refuses_nothing && lacks_nothing
    }
}

fn are_in<S: PartialEq>(some: &[S], all: &[S]) -> bool {
    some.iter().all(|statement| all.contains(statement))
}

fn same<S: PartialEq + Copy>(one: &Parts<S>, other: &Parts<S>) -> bool {
    one.is_within(other) && other.is_within(one)
}
