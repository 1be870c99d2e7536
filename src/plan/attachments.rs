//! Compares the policies a role should hold with those it holds.

use crate::model::{
    Address, DesiredRole, DesiredState, ExtraPolicies, GroupAttachment, ObservedState, PolicyRef,
    PolicyType, RoleName, Step,
};
use crate::policy::{Comparison, PolicyDocument, Question, Verdict, compare, documented};

use super::action::{Action, Reason};
use super::change::Change;

/// Every policy the spec names for the role, and every other one it holds.
pub(super) fn diff(
    wanted: &DesiredRole,
    desired: &DesiredState,
    observed: &ObservedState,
) -> Vec<Change> {
    let nothing = Vec::new();
    let live = observed.attachments.get(&wanted.name).unwrap_or(&nothing);
    let documents = Documents { desired, observed };
    let named = wanted
        .policies
        .iter()
        .map(|policy| match live.contains(policy) {
            true => (policy, Action::NoOp, Reason::InSync, None),
            false => (
                policy,
                Action::Create,
                Reason::Missing,
                documents.gain(live, policy),
            ),
        });
    let extra = live
        .iter()
        .filter(|policy| !wanted.policies.contains(policy))
        .map(|policy| match wanted.extra_policies {
            ExtraPolicies::Report => (
                policy,
                Action::NoOp,
                Reason::Unmanaged,
                documents.surplus(live, policy),
            ),
            ExtraPolicies::Keep => (policy, Action::NoOp, Reason::Kept, None),
            ExtraPolicies::Detach => (
                policy,
                Action::Delete,
                Reason::ExtraDetached,
                documents.loss(live, policy),
            ),
        });
    let of_groups = observed.group_attachments.of(&wanted.name);
    let extra_of_groups = of_groups
        .iter()
        .filter(|held| !wanted.policies.contains(&held.policy))
        .map(|held| group_change(wanted, live, held, &documents));
    let changes = named.chain(extra).map(|(policy, action, reason, access)| {
        let address = Address::Attachment {
            role: wanted.name.clone(),
            policy: policy.clone(),
        };
        Change {
            address,
            action,
            reason,
            fields: Vec::new(),
            access,
            notes: documents
                .unpublished(policy)
                .into_iter()
                .chain(there_for_groups(action, policy, of_groups))
                .collect(),
        }
    });
    changes.chain(extra_of_groups).collect()
}

/// What `role` holds for single resource groups, but what `steps` detach.
pub(super) fn for_groups<'a>(
    role: &RoleName,
    observed: &'a ObservedState,
    steps: &[&Step],
) -> impl Iterator<Item = &'a GroupAttachment> {
    let is_detached = move |held: &GroupAttachment| {
        steps.iter().any(|step| match step {
            Step::DetachGroupPolicy {
                role: of,
                policy,
                group,
            } => of == role && *policy == held.policy && *group == held.group,
            _ => false,
        })
    };
    let held = observed.group_attachments.of(role).iter();
    held.filter(move |held| !is_detached(held))
}

/// A policy that the spec does not name, on the role for one resource group.
fn group_change(
    wanted: &DesiredRole,
    live: &[PolicyRef],
    held: &GroupAttachment,
    documents: &Documents<'_>,
) -> Change {
    let GroupAttachment { policy, group } = held;
    let (action, reason, access) = match wanted.extra_policies {
        ExtraPolicies::Report => (
            Action::NoOp,
            Reason::Unmanaged,
            documents.surplus_of_group(live, policy),
        ),
        ExtraPolicies::Keep => (Action::NoOp, Reason::Kept, None),
        ExtraPolicies::Detach => (
            Action::Delete,
            Reason::ExtraDetached,
            documents.loss_of_group(live, policy),
        ),
    };
    Change {
        address: Address::GroupAttachment {
            role: wanted.name.clone(),
            policy: policy.clone(),
            group: group.clone(),
        },
        action,
        reason,
        fields: Vec::new(),
        access,
        notes: match reason {
            Reason::Kept => Vec::new(),
            _ => vec![format!("on the resources of group {group} only")],
        },
    }
}

/// Where a policy that is missing account-wide is attached instead.
fn there_for_groups(
    action: Action,
    policy: &PolicyRef,
    held: &[GroupAttachment],
) -> Option<String> {
    let groups: Vec<&str> = held
        .iter()
        .filter(|held| held.policy == *policy)
        .map(|held| held.group.as_str())
        .collect();
    (action == Action::Create && !groups.is_empty()).then(|| {
        format!(
            "missing account-wide, there for group {}",
            groups.join(" and ")
        )
    })
}

/// The documents in force.
struct Documents<'a> {
    desired: &'a DesiredState,
    observed: &'a ObservedState,
}

impl Documents<'_> {
    /// What attaching `policy` to a role that holds `live` gives, with the document that it will have. Nothing
    /// where the plan makes the policy, which shows the same.
    fn gain(&self, live: &[PolicyRef], policy: &PolicyRef) -> Option<Comparison> {
        let before = self.of(live.iter())?;
        let found = self.of([policy].into_iter())?;
        let mut wanted = self.desired.policies.values();
        let wanted = wanted.find(|wanted| policy.is_custom(&wanted.name));
        let added = wanted.map_or(found, |wanted| vec![wanted.document.clone()]);
        let after: Vec<PolicyDocument> = before.iter().cloned().chain(added).collect();
        Some(effect(&before, &after))
    }

    /// How the live text of a system policy differs from the published one, if it does. The live text counts.
    fn unpublished(&self, policy: &PolicyRef) -> Option<String> {
        let published = documented::system(policy.name.as_str())
            .filter(|_| policy.policy_type == PolicyType::System)?;
        let published = PolicyDocument::parse(published.document).ok()?;
        let live =
            PolicyDocument::parse_live(&self.observed.policies.get(policy)?.as_ref()?.document)
                .ok()?;
        let words = match compare(&[&published], &[&live], Question::DropIn).verdict {
            Verdict::Equal => return None,
            Verdict::Broader => "gives more access than",
            Verdict::Narrower => "gives less access than",
            Verdict::Incomparable | Verdict::Unknown => "gives other access than",
        };
        Some(format!(
            "the live text of `{}` {words} the published one; the live text counts",
            policy.name
        ))
    }

    /// What `policy` gives beyond the others in `live`.
    fn surplus(&self, live: &[PolicyRef], policy: &PolicyRef) -> Option<Comparison> {
        Some(effect(&self.without(live, policy)?, &self.of(live.iter())?))
    }

    /// What detaching `policy` takes away.
    fn loss(&self, live: &[PolicyRef], policy: &PolicyRef) -> Option<Comparison> {
        Some(effect(&self.of(live.iter())?, &self.without(live, policy)?))
    }

    /// What `policy`, held for a resource group, gives there beyond what is held account-wide.
    fn surplus_of_group(&self, live: &[PolicyRef], policy: &PolicyRef) -> Option<Comparison> {
        let (live, all) = self.with_one_more(live, policy)?;
        Some(effect(&live, &all))
    }

    /// What ending it takes away there.
    fn loss_of_group(&self, live: &[PolicyRef], policy: &PolicyRef) -> Option<Comparison> {
        let (live, all) = self.with_one_more(live, policy)?;
        Some(effect(&all, &live))
    }

    fn with_one_more(
        &self,
        live: &[PolicyRef],
        policy: &PolicyRef,
    ) -> Option<(Vec<PolicyDocument>, Vec<PolicyDocument>)> {
        let all = self.of(live.iter().chain([policy]))?;
        Some((self.of(live.iter())?, all))
    }

    fn without(&self, live: &[PolicyRef], policy: &PolicyRef) -> Option<Vec<PolicyDocument>> {
        self.of(live.iter().filter(|other| *other != policy))
    }

    fn of<'p>(&self, policies: impl Iterator<Item = &'p PolicyRef>) -> Option<Vec<PolicyDocument>> {
        let read = |policy: &PolicyRef| {
            PolicyDocument::parse_live(&self.observed.policies.get(policy)?.as_ref()?.document).ok()
        };
        policies.map(read).collect()
    }
}

fn effect(before: &[PolicyDocument], after: &[PolicyDocument]) -> Comparison {
    let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
    compare(&before, &after, Question::Effective)
}
