//! Would ExportImage work, now and after the steps.

use crate::model::{
    DesiredState, GroupAttachment, ImageOperation, ObservedState, PolicyRef, RoleName, Scope, Step,
};
use crate::readiness::{
    Attached, AttachedInGroup, Export, Readiness, Remedy, Role, RoleTrust, image_export, remedies,
};

use super::attachments::for_groups;
use super::order::World;

/// Would ExportImage work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The role it would use.
    pub role: RoleName,
    /// As the account is.
    pub now: Readiness,
    /// As the account is after the steps.
    pub after: Readiness,
    /// What settles that which the steps leave in the way.
    pub remedies: Vec<Remedy>,
}

/// The verdict on the role that the spec is about, if it is about ExportImage.
pub(super) fn verdict(
    desired: &DesiredState,
    observed: &ObservedState,
    steps: &[&Step],
) -> Option<Verdict> {
    let role = export_role(desired)?;
    let before = World::of(observed);
    let now = readiness(&role, &before, &[], desired, observed);
    let after = match steps.is_empty() {
        true => now.clone(),
        false => {
            let after = before.after(steps.iter().copied());
            readiness(&role, &after, steps, desired, observed)
        }
    };
    let remedies = remedies(&after, &extra(&role, desired, observed));
    Some(Verdict {
        role,
        now,
        after,
        remedies,
    })
}

/// The role that the verdict is about: the default one where the spec names it, else the only one it names while
/// it declares exports. `None` where the spec is about something else.
#[must_use]
pub fn export_role(desired: &DesiredState) -> Option<RoleName> {
    if let Some(default) = default_role(desired, ImageOperation::Export) {
        return Some(default);
    }
    let import = import_role(desired);
    let scope = Scope::of(desired);
    let mut names = scope
        .roles
        .keys()
        .filter(|name| Some(*name) != import.as_ref());
    match (names.next(), names.next(), desired.exports.is_empty()) {
        (Some(only), None, false) => Some(only.clone()),
        _ => None,
    }
}

/// The role that imports use, where the spec names it.
#[must_use]
pub fn import_role(desired: &DesiredState) -> Option<RoleName> {
    default_role(desired, ImageOperation::Import)
}

fn default_role(desired: &DesiredState, operation: ImageOperation) -> Option<RoleName> {
    let default = RoleName::new(operation.role()).ok()?;
    Scope::of(desired)
        .roles
        .contains_key(&default)
        .then_some(default)
}

/// Whether ExportImage would work with the role in the world that `steps` lead to. The buckets are taken to be the
/// account's own.
fn readiness(
    role: &RoleName,
    world: &World,
    steps: &[&Step],
    desired: &DesiredState,
    observed: &ObservedState,
) -> Readiness {
    let owner = Some(observed.caller.account.as_str());
    let mut exports: Vec<Export<'_>> = desired
        .exports
        .iter()
        .map(|export| Export {
            region: Some(export.region.as_str()),
            bucket: Some(export.bucket.as_str()),
            prefix: export.prefix.as_ref().map(|prefix| prefix.as_str()),
            owner,
        })
        .collect();
    if exports.is_empty() {
        exports.push(Export {
            owner,
            ..Export::default()
        });
    }
    with_role(role, world, observed, steps, |role| {
        image_export(role, &exports, observed.read_at)
    })
}

/// The policies that the role holds and the spec does not name.
pub(super) fn extra(
    role: &RoleName,
    desired: &DesiredState,
    observed: &ObservedState,
) -> Vec<String> {
    let wanted = desired.roles.values().find(|wanted| wanted.name == *role);
    let held = observed.attachments.get(role).into_iter().flatten();
    let in_groups = observed.group_attachments.of(role);
    let held = held.chain(in_groups.iter().map(|held| &held.policy));
    held.filter(|held| wanted.is_none_or(|wanted| !wanted.policies.contains(held)))
        .map(ToString::to_string)
        .collect()
}

/// What `ask` says of the role after `steps`.
pub(super) fn with_role_after<R>(
    role: &RoleName,
    observed: &ObservedState,
    steps: &[&Step],
    ask: impl FnOnce(Role<'_>) -> R,
) -> R {
    let world = World::of(observed).after(steps.iter().copied());
    with_role(role, &world, observed, steps, ask)
}

/// What `ask` says of the role in the world that `steps` lead to from what was read.
fn with_role<R>(
    role: &RoleName,
    world: &World,
    observed: &ObservedState,
    steps: &[&Step],
    ask: impl FnOnce(Role<'_>) -> R,
) -> R {
    let trust = match world.trust(role) {
        None => RoleTrust::Missing,
        Some(None) => RoleTrust::Unreadable,
        Some(Some(trust)) => RoleTrust::Policy(trust),
    };
    let held: Vec<(&PolicyRef, String)> = world
        .attached(role)
        .map(|policy| (policy, policy.to_string()))
        .collect();
    let in_groups: Vec<(&GroupAttachment, String)> = for_groups(role, observed, steps)
        .map(|held| (held, held.policy.to_string()))
        .collect();
    let attached = |policy, name| Attached {
        name,
        document: world.document(policy),
    };
    let in_groups: Vec<AttachedInGroup<'_>> = in_groups
        .iter()
        .map(|(held, name)| AttachedInGroup {
            group: &held.group,
            attached: attached(&held.policy, name),
        })
        .collect();
    let attached: Vec<Attached<'_>> = held
        .iter()
        .map(|(policy, name)| attached(policy, name))
        .collect();
    ask(Role {
        trust,
        attached: &attached,
        in_groups: &in_groups,
    })
}
