//! Steps in between that make a safe order possible: a document is first narrowed to what it gives both before and
//! after, and then becomes what is wanted.

use crate::model::{ObservedState, PolicyName, PolicyRef, Step, limit};
use crate::policy::{
    Comparison, Effect, PolicyDocument, Question, Statement, TrustPolicy, TrustStatement, compare,
    compare_trust,
};

use super::super::steps::DraftStep;
use super::world::World;

/// A step to add, and the number of the step it leads to.
pub(super) struct Middle {
    pub(super) step: DraftStep,
    pub(super) first_of: usize,
}

/// The steps in between that could help among `steps`: one for each document that changes.
pub(super) fn middles(
    steps: &[usize],
    drafts: &[DraftStep],
    before: &World,
    observed: &ObservedState,
) -> Vec<Middle> {
    let found = steps.iter().filter_map(|number| {
        let draft = drafts.get(*number)?;
        let step = match &draft.step {
            Step::CreatePolicyVersion { policy, document } => {
                let wanted = PolicyDocument::parse_live(document).ok()?;
                narrower_policy(policy, &wanted, before, drafts, observed)?
            }
            Step::UpdateRole {
                role,
                trust: Some(trust),
                ..
            } => {
                let wanted = TrustPolicy::parse_live(trust).ok()?;
                let live = before.trust(role)??;
                let narrowed = narrower_trust(live, &wanted)?;
                let access = Some(compare_trust(live, &narrowed));
                let step = Step::UpdateRole {
                    role: role.clone(),
                    trust: Some(narrowed.to_json()),
                    description: None,
                    max_session_duration: None,
                };
                DraftStep { step, access }
            }
            _ => return None,
        };
        Some(Middle {
            step,
            first_of: *number,
        })
    });
    found.collect()
}

fn narrower_policy(
    policy: &PolicyName,
    wanted: &PolicyDocument,
    before: &World,
    drafts: &[DraftStep],
    observed: &ObservedState,
) -> Option<DraftStep> {
    // Others who hold it would lack for a moment what it gives them before and after.
    if before.is_held_elsewhere(&PolicyRef::custom(policy.clone())) {
        return None;
    }
    // Two more versions must find room beside those that stay.
    let is_dropped = |draft: &&DraftStep| matches!(&draft.step, Step::DeletePolicyVersion { policy: dropped, .. } if dropped == policy);
    let kept = observed.versions.get(policy).map_or(0, Vec::len);
    let kept = kept.saturating_sub(drafts.iter().filter(is_dropped).count());
    if kept + 2 > limit::POLICY_VERSIONS {
        return None;
    }
    let live = before.document(&PolicyRef::custom(policy.clone()))?;
    let narrowed = narrower(live, wanted)?;
    let access = compare(&[live], &[&narrowed], Question::DropIn);
    let step = Step::CreatePolicyVersion {
        policy: policy.clone(),
        document: narrowed.to_json(),
    };
    Some(DraftStep {
        step,
        access: Some(access),
    })
}

/// The statements of either document that allow nothing beyond the other, and every Deny of both.
fn narrower(live: &PolicyDocument, wanted: &PolicyDocument) -> Option<PolicyDocument> {
    let keeps = |statement: &Statement, other: &PolicyDocument| {
        let alone = PolicyDocument::new(vec![statement.clone()]);
        statement.effect == Effect::Deny
            || gives_nothing_new(&compare(&[other], &[&alone], Question::Effective))
    };
    let own = live.statements().iter().filter(|one| keeps(one, wanted));
    let new = wanted.statements().iter().filter(|one| keeps(one, live));
    each_once(own.chain(new)).map(PolicyDocument::new)
}

/// The same for trust policies.
fn narrower_trust(live: &TrustPolicy, wanted: &TrustPolicy) -> Option<TrustPolicy> {
    let keeps = |statement: &TrustStatement, other: &TrustPolicy| {
        let alone = TrustPolicy::new(vec![statement.clone()]);
        statement.effect == Effect::Deny || gives_nothing_new(&compare_trust(other, &alone))
    };
    let own = live.statements().iter().filter(|one| keeps(one, wanted));
    let new = wanted.statements().iter().filter(|one| keeps(one, live));
    each_once(own.chain(new)).map(TrustPolicy::new)
}

/// Whether it is proven that nothing is gained.
fn gives_nothing_new(comparison: &Comparison) -> bool {
    comparison.gained.is_empty() && comparison.reasons.is_empty()
}

/// Each statement once; `None` where there is none.
fn each_once<'s, S: Clone + PartialEq + 's>(kept: impl Iterator<Item = &'s S>) -> Option<Vec<S>> {
    let mut statements: Vec<S> = Vec::new();
    for statement in kept {
        if !statements.contains(statement) {
            statements.push(statement.clone());
        }
    }
    (!statements.is_empty()).then_some(statements)
}
