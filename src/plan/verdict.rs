//! Would ExportImage work, now and after the steps.

use crate::model::{DesiredState, ObservedState, RoleName, Scope, Step};
use crate::readiness::{
    Attached, AttachedInGroup, EXPORT_ROLE, Export, Readiness, Role, RoleTrust, image_export,
};

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
}

/// The verdict on the role that the spec is about, if it is about ExportImage.
pub(super) fn verdict(
    desired: &DesiredState,
    observed: &ObservedState,
    steps: &[&Step],
) -> Option<Verdict> {
    let role = export_role(desired)?;
    let before = World::of(observed);
    let now = readiness(&role, &before, desired, observed);
    let after = match steps.is_empty() {
        true => now.clone(),
        false => {
            let after = before.after(steps.iter().copied());
            readiness(&role, &after, desired, observed)
        }
    };
    Some(Verdict { role, now, after })
}

/// The role that the verdict is about: the default one where the spec names it, else the only one it names while
/// it declares exports. `None` where the spec is about something else.
#[must_use]
pub fn export_role(desired: &DesiredState) -> Option<RoleName> {
    let scope = Scope::of(desired);
    let default = RoleName::new(EXPORT_ROLE).ok()?;
    if scope.roles.contains_key(&default) {
        return Some(default);
    }
    let mut names = scope.roles.keys();
    match (names.next(), names.next(), desired.exports.is_empty()) {
        (Some(only), None, false) => Some(only.clone()),
        _ => None,
    }
}

/// Whether ExportImage would work with the role in this world. The buckets are taken to be the account's own.
fn readiness(
    role: &RoleName,
    world: &World,
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
    with_role(role, world, |role| {
        image_export(role, &exports, observed.read_at)
    })
}

/// What `ask` says of the role as it was read, and of what it holds for single resource groups.
pub fn with_live_role<R>(
    role: &RoleName,
    observed: &ObservedState,
    ask: impl FnOnce(Role<'_>, &[AttachedInGroup<'_>]) -> R,
) -> R {
    let world = World::of(observed);
    let held = observed.group_attachments.of(role);
    let names: Vec<String> = held.iter().map(|held| held.policy.to_string()).collect();
    let in_groups: Vec<AttachedInGroup<'_>> = held
        .iter()
        .zip(&names)
        .map(|(held, name)| AttachedInGroup {
            group: &held.group,
            attached: Attached {
                name,
                document: world.document(&held.policy),
            },
        })
        .collect();
    with_role(role, &world, |role| ask(role, &in_groups))
}

fn with_role<R>(role: &RoleName, world: &World, ask: impl FnOnce(Role<'_>) -> R) -> R {
    let trust = match world.trust(role) {
        None => RoleTrust::Missing,
        Some(None) => RoleTrust::Unreadable,
        Some(Some(trust)) => RoleTrust::Policy(trust),
    };
    let names: Vec<String> = world.attached(role).map(ToString::to_string).collect();
    let documents = world.attached(role).map(|policy| world.document(policy));
    let attached: Vec<Attached<'_>> = names
        .iter()
        .zip(documents)
        .map(|(name, document)| Attached { name, document })
        .collect();
    ask(Role {
        trust,
        attached: &attached,
    })
}
