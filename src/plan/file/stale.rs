//! Has the account moved since the plan was made?

use std::collections::BTreeSet;

use crate::model::{Address, ObservedPolicy, ObservedRole, ObservedState, PolicyRef, RoleName};
use crate::plan::compare;
use crate::policy::{PolicyDocument, TrustPolicy};

/// One thing that is no longer as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The entity.
    pub address: Address,
    /// What of it, such as `trust policy`.
    pub what: &'static str,
    /// As the plan was made from.
    pub planned_from: String,
    /// As it is now.
    pub is_now: String,
}

/// Everything that differs between two readings in meaning or version, sorted by address. Empty means that a
/// plan made from `then` holds for `now`.
#[must_use]
pub fn moved(then: &ObservedState, now: &ObservedState) -> Vec<Moved> {
    let roles: BTreeSet<&RoleName> = then.roles.keys().chain(now.roles.keys()).collect();
    let policies: BTreeSet<&PolicyRef> = then.policies.keys().chain(now.policies.keys()).collect();
    let mut moved: Vec<Moved> = roles
        .into_iter()
        .flat_map(|role| role_moved(role, then, now))
        .collect();
    moved.extend(
        policies
            .into_iter()
            .flat_map(|policy| policy_moved(policy, then, now)),
    );
    moved.sort_by(|a, b| a.address.cmp(&b.address));
    moved
}

/// Collects the differences of one entity.
struct Differences {
    address: Address,
    found: Vec<Moved>,
}

impl Differences {
    fn of(address: Address) -> Self {
        Self {
            address,
            found: Vec::new(),
        }
    }

    fn text(&mut self, what: &'static str, then: impl ToString, now: impl ToString) {
        let (planned_from, is_now) = (then.to_string(), now.to_string());
        self.meaning(what, planned_from == is_now, &planned_from, &is_now);
    }

    fn meaning(&mut self, what: &'static str, is_same: bool, then: &str, now: &str) {
        if !is_same {
            let address = self.address.clone();
            self.found.push(Moved {
                address,
                what,
                planned_from: then.to_owned(),
                is_now: now.to_owned(),
            });
        }
    }
}

fn existence<T>(found: Option<&T>) -> &'static str {
    if found.is_some() {
        "exists"
    } else {
        "does not exist"
    }
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.sort();
    if items.is_empty() {
        "nothing".to_owned()
    } else {
        items.join(", ")
    }
}

fn role_moved(name: &RoleName, then: &ObservedState, now: &ObservedState) -> Vec<Moved> {
    let read = |state: &ObservedState| state.roles.get(name).cloned().flatten();
    let (before, after) = (read(then), read(now));
    let mut differences = Differences::of(Address::Role(name.clone()));
    differences.text(
        "role",
        existence(before.as_ref()),
        existence(after.as_ref()),
    );
    if let (Some(before), Some(after)) = (&before, &after) {
        compare_roles(before, after, &mut differences);
        let attached =
            |state: &ObservedState| list(state.attachments.get(name).into_iter().flatten());
        differences.text(
            "attached policies",
            attached(then).to_lowercase(),
            attached(now).to_lowercase(),
        );
        let of_groups = |state: &ObservedState| {
            let held = state.group_attachments.of(name).iter();
            list(held.map(|held| format!("{} for group {}", held.policy, held.group)))
        };
        differences.text(
            "policies for resource groups",
            of_groups(then).to_lowercase(),
            of_groups(now).to_lowercase(),
        );
        let tags =
            |state: &ObservedState| list(state.role_tags.get(name).into_iter().flatten().map(tag));
        differences.text("tags", tags(then), tags(now));
    }
    differences.found
}

fn tag((key, value): (&String, &String)) -> String {
    format!("{key}={value}")
}

fn compare_roles(before: &ObservedRole, after: &ObservedRole, differences: &mut Differences) {
    let means_the_same = |trust| compare::trust(&after.trust, &trust).is_same();
    // The same text is the same, also where nobody knows what it means.
    let is_same = before.trust == after.trust
        || TrustPolicy::parse_live(&before.trust).is_ok_and(means_the_same);
    differences.meaning("trust policy", is_same, &before.trust, &after.trust);
    differences.text("description", &before.description, &after.description);
    differences.text(
        "max session",
        before.session_duration(),
        after.session_duration(),
    );
}

fn policy_moved(policy: &PolicyRef, then: &ObservedState, now: &ObservedState) -> Vec<Moved> {
    let read = |state: &ObservedState| state.policies.get(policy).cloned().flatten();
    let (before, after) = (read(then), read(now));
    let mut differences = Differences::of(Address::Policy(policy.name.clone()));
    differences.text(
        "policy",
        existence(before.as_ref()),
        existence(after.as_ref()),
    );
    if let (Some(before), Some(after)) = (&before, &after) {
        compare_policies(before, after, &mut differences);
        let versions = |state: &ObservedState| {
            list(
                state
                    .versions
                    .get(&policy.name)
                    .into_iter()
                    .flatten()
                    // Versions never change, but a policy can be deleted and made again with the same numbers.
                    .map(|version| format!("{} {}", version.id, version.document)),
            )
        };
        differences.text("versions", versions(then), versions(now));
        // Others who hold two policies that may change have a say in the order of steps.
        if then.versions.len() > 1 && then.versions.contains_key(&policy.name) {
            let elsewhere = |state: &ObservedState| match state.is_held_elsewhere(policy) {
                true => "some",
                false => "none",
            };
            differences.text("use elsewhere", elsewhere(then), elsewhere(now));
        }
        let tags = |state: &ObservedState| {
            list(
                state
                    .policy_tags
                    .get(&policy.name)
                    .into_iter()
                    .flatten()
                    .map(tag),
            )
        };
        differences.text("tags", tags(then), tags(now));
        let holders =
            |state: &ObservedState| list(state.holders.get(&policy.name).into_iter().flatten());
        differences.text("holders", holders(then), holders(now));
    }
    differences.found
}

fn compare_policies(
    before: &ObservedPolicy,
    after: &ObservedPolicy,
    differences: &mut Differences,
) {
    let means_the_same = |document| compare::permission(&after.document, &document).is_same();
    let is_same = before.document == after.document
        || PolicyDocument::parse_live(&before.document).is_ok_and(means_the_same);
    differences.meaning("document", is_same, &before.document, &after.document);
    differences.text(
        "default version",
        before.default_version,
        after.default_version,
    );
    differences.text("description", &before.description, &after.description);
}
