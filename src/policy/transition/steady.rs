//! Moments that are right at sight, since most are: no search is needed to see that a step which only adds is safe.
//!
//! Looks at which statements are there at each moment, never at what they mean, so it holds in every reading.

use super::super::document::{Effect, PolicyDocument, Statement};
use super::super::trust::TrustStatement;
use super::Moment;

/// Whether nobody gains or lacks anything in the middle, as far as can be seen at sight; `false` proves nothing.
pub(super) fn is_clean(
    before: Option<&Moment>,
    mid: Option<&Moment>,
    after: Option<&Moment>,
) -> bool {
    let [before, mid, after] = [before, mid, after].map(Sides::of);
    let grows = before.is_within(&mid) && mid.is_within(&after);
    let shrinks = mid.is_within(&before) && after.is_within(&mid);
    let stays = |one: &Sides<'_>, other: &Sides<'_>| one.is_within(other) && other.is_within(one);
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

/// What is there at a moment.
struct Sides<'a> {
    trust: Parts<&'a TrustStatement>,
    permissions: Parts<&'a Statement>,
}

/// Statements by effect.
struct Parts<S> {
    allow: Vec<S>,
    deny: Vec<S>,
}

impl<'a> Sides<'a> {
    fn of(moment: Option<&'a Moment>) -> Self {
        let trust = moment
            .into_iter()
            .flat_map(|moment| moment.trust.statements());
        let documents = moment.into_iter().flat_map(|moment| &moment.permissions);
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
