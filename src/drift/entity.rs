//! Findings on policies, roles and attachments: what differs, what that gives, how severe it is.

use super::finding::DriftKind;
use super::severity::Severity;
use crate::model::{DesiredState, ObservedState, PolicyRef, RoleName};
use crate::plan::{DocumentChange, FieldChange};
use crate::policy::{
    Comparison, PolicyDocument, Question, TrustPolicy, Verdict, compare, compare_trust,
    newly_exposed, newly_granted_power,
};

/// What is found about one part of an entity, or the whole.
pub(super) struct Assessment {
    pub(super) kind: DriftKind,
    pub(super) severity: Severity,
    pub(super) access: Option<Comparison>,
}

/// What is found about one part. `own` is the account's id.
pub(super) fn of_field(field: &FieldChange, own: &str) -> Assessment {
    match field {
        FieldChange::Trust(change) => of_trust(change, own),
        FieldChange::Document(change) => of_document(change),
        FieldChange::Description { .. }
        | FieldChange::MaxSessionDuration { .. }
        | FieldChange::Tags { .. } => Assessment {
            kind: DriftKind::Changed,
            severity: Severity::Low,
            access: None,
        },
    }
}

fn of_trust(change: &DocumentChange, own: &str) -> Assessment {
    let live = change.before.as_deref().map(TrustPolicy::parse_live);
    let (Some(Ok(live)), Ok(wanted)) = (live, TrustPolicy::parse_live(&change.after)) else {
        return unreadable(change);
    };
    let assessment = of_access(compare_trust(&wanted, &live));
    match newly_exposed(Some(&wanted), &live, own).is_empty() {
        false => Assessment {
            severity: Severity::Critical,
            ..assessment
        },
        true => assessment,
    }
}

fn of_document(change: &DocumentChange) -> Assessment {
    let live = change.before.as_deref().map(PolicyDocument::parse_live);
    let (Some(Ok(live)), Ok(wanted)) = (live, PolicyDocument::parse_live(&change.after)) else {
        return unreadable(change);
    };
    let assessment = of_access(compare(&[&wanted], &[&live], Question::DropIn));
    match newly_granted_power(&[&wanted], &[&live]) {
        Some(_) => Assessment {
            severity: Severity::Critical,
            ..assessment
        },
        None => assessment,
    }
}

/// A live text that cannot be interpreted may give anything.
fn unreadable(change: &DocumentChange) -> Assessment {
    Assessment {
        kind: DriftKind::Changed,
        severity: Severity::High,
        access: Some(change.access.clone()),
    }
}

/// `access` is of the account relative to the spec.
fn of_access(access: Comparison) -> Assessment {
    let (kind, severity) = match access.verdict {
        _ if access.is_never_requested() => (DriftKind::Changed, Severity::Low),
        Verdict::Broader => (DriftKind::Wider, Severity::High),
        Verdict::Narrower => (DriftKind::Narrower, Severity::Medium),
        Verdict::Equal | Verdict::Incomparable | Verdict::Unknown => {
            (DriftKind::Changed, Severity::High)
        }
    };
    Assessment {
        kind,
        severity,
        access: Some(access),
    }
}

/// Something that the spec names and the account lacks.
pub(super) fn missing() -> Assessment {
    Assessment {
        kind: DriftKind::Missing,
        severity: Severity::Medium,
        access: None,
    }
}

/// An attachment that the spec names and the role lacks: what the role falls short by without it.
pub(super) fn missing_attachment(
    role: &RoleName,
    policy: &PolicyRef,
    desired: &DesiredState,
    observed: &ObservedState,
) -> Assessment {
    let access = || {
        let held = observed
            .attachments
            .get(role)
            .map_or(&[][..], Vec::as_slice);
        let live = documents(held.iter(), observed)?;
        let mut wanted = desired.policies.values();
        let added = match wanted.find(|wanted| policy.is_custom(&wanted.name)) {
            Some(wanted) => wanted.document.clone(),
            None => document(policy, observed)?,
        };
        let live: Vec<&PolicyDocument> = live.iter().collect();
        let whole: Vec<&PolicyDocument> = live.iter().copied().chain([&added]).collect();
        Some(compare(&whole, &live, Question::Effective))
    };
    Assessment {
        access: access(),
        ..missing()
    }
}

/// An attachment that the spec does not name: what the role gains by it.
pub(super) fn extra_attachment(
    role: &RoleName,
    policy: &PolicyRef,
    observed: &ObservedState,
) -> Assessment {
    let held = held(role, observed);
    let others = documents(held.iter().filter(|other| *other != policy), observed);
    extra(others, documents(held.iter(), observed))
}

/// A policy on the role for one resource group, that the spec does not name.
pub(super) fn extra_group_attachment(
    role: &RoleName,
    policy: &PolicyRef,
    observed: &ObservedState,
) -> Assessment {
    let held = held(role, observed);
    let whole = documents(held.iter().chain([policy]), observed);
    extra(documents(held.iter(), observed), whole)
}

/// What the role holds account-wide.
fn held<'a>(role: &RoleName, observed: &'a ObservedState) -> &'a [PolicyRef] {
    let attached = observed.attachments.get(role);
    attached.map_or(&[][..], Vec::as_slice)
}

/// What `whole` gives beyond `others`.
fn extra(others: Option<Vec<PolicyDocument>>, whole: Option<Vec<PolicyDocument>>) -> Assessment {
    let (Some(others), Some(whole)) = (others, whole) else {
        // A document that cannot be interpreted may give anything.
        return Assessment {
            kind: DriftKind::Unmanaged,
            severity: Severity::High,
            access: None,
        };
    };
    let others: Vec<&PolicyDocument> = others.iter().collect();
    let whole: Vec<&PolicyDocument> = whole.iter().collect();
    let access = compare(&others, &whole, Question::Effective);
    let severity = match access.verdict {
        _ if newly_granted_power(&others, &whole).is_some() => Severity::Critical,
        Verdict::Equal => Severity::Low,
        _ if access.is_never_requested() => Severity::Low,
        Verdict::Narrower => Severity::Medium,
        Verdict::Broader | Verdict::Incomparable | Verdict::Unknown => Severity::High,
    };
    Assessment {
        kind: DriftKind::Unmanaged,
        severity,
        access: Some(access),
    }
}

fn documents<'p>(
    policies: impl Iterator<Item = &'p PolicyRef>,
    observed: &ObservedState,
) -> Option<Vec<PolicyDocument>> {
    policies.map(|policy| document(policy, observed)).collect()
}

/// The document in force, where it can be interpreted.
fn document(policy: &PolicyRef, observed: &ObservedState) -> Option<PolicyDocument> {
    PolicyDocument::parse_live(&observed.policies.get(policy)?.as_ref()?.document).ok()
}
