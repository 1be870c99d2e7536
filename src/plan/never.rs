//! Whether what must never be given is given.

use crate::model::{DesiredState, Never, ObservedState, PolicyRef, RoleName, Step};
use crate::policy::{
    Comparison, Forbidden, Given, PolicyDocument, Question, TrustPolicy, admitted, allowed,
    documented, given,
};

use super::attachments::for_groups;
use super::order::World;

/// A sentence of `never` that does not hold, or that cannot be shown to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Place of the sentence among those wanted, from 0.
    pub place: usize,
    /// The sentence.
    pub never: Never,
    /// Whether a request proves it. If not, something cannot be interpreted, and the reasons say what.
    pub is_proven: bool,
    /// What is given of what is forbidden, as gained, each line with a request that proves it.
    pub access: Comparison,
}

/// The breaches in the account as it was read.
#[must_use]
pub fn breaches(desired: &DesiredState, observed: &ObservedState) -> Vec<Breach> {
    if desired.never.is_empty() {
        return Vec::new();
    }
    let own = observed.caller.account.as_str();
    let for_groups = |role: &RoleName| policies_for_groups(role, observed, &[]);
    of_world(&desired.never, &World::of(observed), for_groups, own)
}

/// The breaches that are there after the steps of a plan.
pub(super) fn breaches_after(
    desired: &DesiredState,
    observed: &ObservedState,
    steps: &[&Step],
) -> Vec<Breach> {
    if desired.never.is_empty() {
        return Vec::new();
    }
    let own = observed.caller.account.as_str();
    let after = World::of(observed).after(steps.iter().copied());
    let for_groups = |role: &RoleName| policies_for_groups(role, observed, steps);
    of_world(&desired.never, &after, for_groups, own)
}

/// The breaches in what a spec asks for, before any account is known, and the attached policies whose documents are
/// not known here. Of Alibaba Cloud's own policies the documents are those published.
#[must_use]
pub fn breaches_of_wish(desired: &DesiredState, own: &str) -> (Vec<Breach>, Vec<PolicyRef>) {
    let world = World::of_wish(desired, |policy| {
        let published = documented::system(policy.name.as_str())?;
        PolicyDocument::parse_live(published.document).ok()
    });
    let is_about_requests = |never: &Never| matches!(never.forbidden, Forbidden::Requests { .. });
    let judged = desired
        .never
        .iter()
        .filter(|never| is_about_requests(never));
    let mut unknown: Vec<PolicyRef> = judged
        .flat_map(|never| world.attached(&never.role))
        .filter(|policy| world.document(policy).is_none())
        .cloned()
        .collect();
    unknown.sort();
    unknown.dedup();
    let breaches = of_world(&desired.never, &world, |_| Vec::new(), own);
    // A document that is not known here is known once an account is read.
    let is_told = |breach: &Breach| {
        breach.is_proven || unknown.is_empty() || !is_about_requests(&breach.never)
    };
    (breaches.into_iter().filter(is_told).collect(), unknown)
}

/// The policies that `role` holds for single resource groups after `steps`.
fn policies_for_groups(
    role: &RoleName,
    observed: &ObservedState,
    steps: &[&Step],
) -> Vec<PolicyRef> {
    for_groups(role, observed, steps)
        .map(|held| held.policy.clone())
        .collect()
}

fn of_world(
    sentences: &[Never],
    world: &World,
    for_groups: impl Fn(&RoleName) -> Vec<PolicyRef>,
    own: &str,
) -> Vec<Breach> {
    let judged = sentences.iter().enumerate().filter_map(|(place, never)| {
        let trust = world.trust(&never.role)?;
        let access = match &never.forbidden {
            Forbidden::Requests { actions, on } => {
                let extra = for_groups(&never.role);
                let attached = world.attached(&never.role).chain(&extra);
                let documents: Vec<Option<&PolicyDocument>> =
                    attached.map(|policy| world.document(policy)).collect();
                let known: Vec<&PolicyDocument> = documents.iter().copied().flatten().collect();
                let access = allowed(&known, actions, on);
                match known.len() == documents.len() {
                    true => access,
                    false => uninterpreted(access, "an attached policy"),
                }
            }
            Forbidden::Trust(who) => match trust {
                Some(trust) => admitted(trust, who, own),
                None => {
                    let nobody = TrustPolicy::new(Vec::new());
                    uninterpreted(admitted(&nobody, who, own), "the trust policy")
                }
            },
        };
        breach(place, never, access)
    });
    judged.collect()
}

/// What is known, with the note that it is not all.
fn uninterpreted(known: Comparison, what: &str) -> Comparison {
    let reason = format!("{what} cannot be interpreted, so what it gives is not known");
    let mut comparison = Comparison::unknown(Question::Effective, reason);
    comparison.gained = known.gained;
    comparison
}

fn breach(place: usize, never: &Never, access: Comparison) -> Option<Breach> {
    let is_proven = match given(&access) {
        Given::No => return None,
        Given::Yes => true,
        Given::Unknown => false,
    };
    Some(Breach {
        place,
        never: never.clone(),
        is_proven,
        access,
    })
}
