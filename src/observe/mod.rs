//! Reads everything a plan needs, through [`ReadAccount`].
//!
//! In: a [`Scope`]. Out: a complete [`ObservedState`], or every reason why there is none. All calls of a wave
//! are in flight together, and no call is made twice: the first wave reads what the scope names, the second,
//! where there is one, the documents of policies found attached that the scope does not name.

mod services;

pub use services::{
    dry_run_layer, observe_control_policies, observe_exports, observe_import, observe_instances,
};

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};

use crate::account::{AccountError, AccountErrorKind, ReadAccount};
use crate::model::{
    Address, Caller, GroupAttachment, GroupAttachments, ObservedPolicy, ObservedRole,
    ObservedState, PolicyName, PolicyRef, PolicyVersion, RoleName, Scope, TagReading,
};

/// Why an account could not be read in full. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the account could not be read in full ({} of the reads failed)", .0.len())]
pub struct ObserveError(pub Vec<AccountError>);

/// Reads the scope from `account`. `caller` is the identity where it is known already; it is asked for
/// otherwise, in the first wave.
///
/// # Errors
/// With every read that failed. A failed read is never taken for "does not exist".
pub async fn observe<A: ReadAccount>(
    account: &A,
    scope: &Scope,
    caller: Option<Caller>,
) -> Result<ObservedState, ObserveError> {
    let mut failures = Failures::default();
    let mut state = first_wave(account, scope, caller, &mut failures).await;
    let unread: BTreeSet<PolicyRef> = state
        .iter()
        .flat_map(held_policies)
        .filter(|policy| {
            state
                .as_ref()
                .is_some_and(|s| !s.policies.contains_key(policy))
        })
        .cloned()
        .collect();
    let documents = join_all(unread.iter().map(|policy| account.policy(policy))).await;
    for (policy, answer) in unread.into_iter().zip(documents) {
        if let (Some(found), Some(state)) = (failures.keep(answer), &mut state) {
            state.policies.insert(policy, found);
        }
    }
    match state {
        Some(state) if failures.0.is_empty() => Ok(state),
        _ => Err(ObserveError(failures.0)),
    }
}

/// Collects what went wrong, so that one run reports all of it.
#[derive(Default)]
struct Failures(Vec<AccountError>);

impl Failures {
    fn keep<T>(&mut self, answer: Result<T, AccountError>) -> Option<T> {
        answer.map_err(|error| self.0.push(error)).ok()
    }

    /// The answers that came, by name.
    fn keep_all<K: Ord, T>(
        &mut self,
        names: impl IntoIterator<Item = K>,
        answers: Vec<Result<T, AccountError>>,
    ) -> BTreeMap<K, T> {
        let named = names.into_iter().zip(answers);
        named
            .filter_map(|(name, answer)| Some((name, self.keep(answer)?)))
            .collect()
    }
}

async fn first_wave<A: ReadAccount>(
    account: &A,
    scope: &Scope,
    caller: Option<Caller>,
    failures: &mut Failures,
) -> Option<ObservedState> {
    let roles: Vec<RoleName> = scope.roles.keys().cloned().collect();
    let policies: Vec<PolicyRef> = scope.policies().into_iter().collect();
    let custom: Vec<PolicyName> = scope.custom_policies.keys().cloned().collect();
    let tagged_roles = tagged(&scope.roles);
    let tagged_policies = tagged(&scope.custom_policies);
    let of_groups = async {
        match roles.is_empty() {
            true => Ok(Vec::new()),
            false => account.group_attachments().await,
        }
    };
    let who = async {
        match caller {
            Some(known) => Ok(known),
            None => account.caller().await,
        }
    };
    let roles_and_attachments = join(
        join_all(roles.iter().map(|role| account.role(role))),
        join_all(roles.iter().map(|role| account.attachments(role))),
    );
    let documents_and_versions = join(
        join_all(policies.iter().map(|policy| account.policy(policy))),
        join_all(custom.iter().map(|policy| account.policy_versions(policy))),
    );
    let tags = join(
        join_all(tagged_roles.iter().map(|role| account.role_tags(role))),
        join_all(tagged_policies.iter().map(|name| account.policy_tags(name))),
    );
    let holders = scope.holders.iter();
    let holders = join_all(holders.map(|name| policy_holders(account, name)));
    let (
        (who, ((role_answers, attached), of_groups)),
        ((documents, versions), ((role_tags, policy_tags), holders)),
    ) = join(
        join(who, join(roles_and_attachments, of_groups)),
        join(documents_and_versions, join(tags, holders)),
    )
    .await;
    let group_attachments = of_named_roles(&roles, of_groups);
    let caller = failures.keep(who);
    let found_roles = failures.keep_all(roles.iter().cloned(), role_answers);
    let attachments = failures.keep_all(roles, attached);
    failures.0.extend(moved(&found_roles, &attachments));
    let policies = failures.keep_all(policies, documents);
    let mut versions = present(failures.keep_all(custom, versions));
    agree_on_defaults(&policies, &mut versions);
    let role_tags = failures.keep_all(tagged_roles, role_tags);
    let policy_tags = failures.keep_all(tagged_policies, policy_tags);
    let holders = present(failures.keep_all(scope.holders.iter().cloned(), holders));
    Some(ObservedState {
        read_at: account.now(),
        caller: caller?,
        roles: found_roles,
        attachments: present(attachments),
        group_attachments,
        policies,
        versions,
        role_tags,
        policy_tags,
        holders,
    })
}

/// Every policy that a role is known to hold.
fn held_policies(state: &ObservedState) -> impl Iterator<Item = &PolicyRef> {
    let account_wide = state.attachments.values().flatten();
    let of_groups = state.roles.keys();
    let of_groups = of_groups.flat_map(|role| state.group_attachments.of(role));
    account_wide.chain(of_groups.map(|held| &held.policy))
}

/// What the roles of the scope hold for resource groups. Many who may read RAM may not ask for it, so a failure is no
/// reason to stop; it is kept, and told with everything that is said of the account.
fn of_named_roles(
    roles: &[RoleName],
    answer: Result<Vec<(RoleName, GroupAttachment)>, AccountError>,
) -> GroupAttachments {
    match answer {
        Err(error) => GroupAttachments::NotRead(error.to_string()),
        Ok(list) => {
            let mut found: BTreeMap<RoleName, Vec<GroupAttachment>> = BTreeMap::new();
            for (role, held) in list.into_iter().filter(|(role, _)| roles.contains(role)) {
                found.entry(role).or_default().push(held);
            }
            GroupAttachments::Read(found)
        }
    }
}

/// Two calls tell which version is in force, and somebody may change it between them. The answer that came with the
/// document counts.
fn agree_on_defaults(
    policies: &BTreeMap<PolicyRef, Option<ObservedPolicy>>,
    versions: &mut BTreeMap<PolicyName, Vec<PolicyVersion>>,
) {
    for (name, list) in versions {
        let found = policies.get(&PolicyRef::custom(name.clone()));
        if let Some(policy) = found.and_then(Option::as_ref) {
            for version in list {
                version.is_default = version.id == policy.default_version;
            }
        }
    }
}

/// A role that one call saw and the other did not came or went between the two; the pair says nothing.
fn moved(
    roles: &BTreeMap<RoleName, Option<ObservedRole>>,
    attachments: &BTreeMap<RoleName, Option<Vec<PolicyRef>>>,
) -> Vec<AccountError> {
    let both = roles
        .iter()
        .filter_map(|(name, role)| Some((name, role, attachments.get(name)?)));
    both.filter(|(_, role, attached)| role.is_some() != attached.is_some())
        .map(|(name, _, _)| {
            let mut error = AccountError::new("ListPoliciesForRole", AccountErrorKind::Unavailable);
            error.subject = Address::Role(name.clone()).to_string();
            error.message = "the role came or went while it was being read".to_owned();
            error
        })
        .collect()
}

async fn policy_holders<A: ReadAccount>(
    account: &A,
    name: &PolicyName,
) -> Result<Option<Vec<String>>, AccountError> {
    account
        .policy_holders(&PolicyRef::custom(name.clone()))
        .await
}

fn tagged<K: Ord + Clone>(names: &BTreeMap<K, TagReading>) -> Vec<K> {
    let read = names
        .iter()
        .filter(|(_, reading)| **reading == TagReading::Read);
    read.map(|(name, _)| name.clone()).collect()
}

/// Drops the entries of things that do not exist.
fn present<K: Ord, T>(map: BTreeMap<K, Option<T>>) -> BTreeMap<K, T> {
    map.into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}
