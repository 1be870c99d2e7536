//! Checks that look at more than one value: references, repeats, counts, and names that miss a known one.

mod exports;

use std::collections::BTreeMap;

use super::fields::At;
use super::known;
use super::node::Spot;
use super::notes::Notes;
use super::shape::{
    AccountShape, ContentShape, Items, NeverRole, NeverShape, PolicyShape, RoleShape, SpecShape,
};
use crate::model::{PolicyName, PolicyRef, PolicyType, limit};
use crate::policy::quote;
use crate::policy::suggest;

/// Reports every mistake that can be seen without reading documents.
pub(super) fn check(notes: &mut Notes, spec: &SpecShape) {
    let names = spec.policies.items.iter().map(|policy| &policy.name);
    no_repeats(notes, "policy", names.map(|name| (&name.value, &name.spot)));
    let names = spec.roles.items.iter().map(|role| &role.name);
    no_repeats(notes, "role", names.map(|name| (&name.value, &name.spot)));
    never_names_roles(notes, spec);
    let accepted = spec.accept.items.iter();
    no_repeats(
        notes,
        "acceptance of",
        accepted.map(|entry| (&entry.acceptance.id, &entry.id_spot)),
    );
    for role in &spec.roles.items {
        role_name(notes, spec, role);
        role_policies(notes, spec, role);
    }
    if let Some(exports) = &spec.exports {
        exports::check(notes, exports);
    }
    grants_have_exports(notes, spec);
    if let Some(accounts) = &spec.accounts {
        check_accounts(notes, accounts, spec.discover.is_some());
    }
}

/// Reports each of `named` that was there before. Names are compared as their type compares.
fn no_repeats<'s, N: Ord + std::fmt::Display>(
    notes: &mut Notes,
    what: &str,
    named: impl Iterator<Item = (N, &'s Spot)>,
) {
    let mut seen: BTreeMap<N, &Spot> = BTreeMap::new();
    for (name, spot) in named {
        match seen.get_key_value(&name) {
            Some((first, at)) => {
                let first = first.to_string();
                let note = if first == name.to_string() {
                    String::new()
                } else {
                    format!(" as {}; RAM ignores letter case", quote(&first))
                };
                let message = format!("{what} {} is there already{note}", quote(&name.to_string()));
                notes.error_maybe_hint(spot, message, at.hint_of_first());
            }
            None => {
                seen.insert(name, spot);
            }
        }
    }
}

/// A sentence about a role that is not there would hold for ever.
fn never_names_roles(notes: &mut Notes, spec: &SpecShape) {
    if !spec.roles.is_complete {
        return;
    }
    let names = || spec.roles.items.iter().map(|role| &role.name.value);
    for NeverShape { role, .. } in &spec.never.items {
        let NeverRole::Named(name) = &role.value else {
            continue;
        };
        if names().any(|declared| declared == name) {
            continue;
        }
        let hint = suggest::did_you_mean(name.as_str(), names().map(|name| name.as_str()))
            .unwrap_or_else(|| {
                "declare it under `roles`; only roles of the spec are read".to_owned()
            });
        let message = format!("no role {} is in this spec", quote(name.as_str()));
        notes.error_hint(&role.spot, message, hint);
    }
}

/// A role name that misses a service role by a letter would make a role that no service ever looks for.
fn role_name(notes: &mut Notes, spec: &SpecShape, role: &RoleShape) {
    let name = role.name.value.as_str();
    if known::service_roles().any(|known| known == name) {
        return;
    }
    if let Some(known) =
        suggest::within(name, 2, known::service_roles()).filter(|known| !is_variant(name, known))
    {
        let what = if known.eq_ignore_ascii_case(name) {
            "differs in letter case from"
        } else {
            "is almost"
        };
        notes.error_hint(
            &role.name.spot,
            format!(
                "role name {} {what} the service role `{known}`",
                quote(name)
            ),
            format!("did you mean `{known}`? if not, choose a name less alike"),
        );
    } else if is_export_role(spec, role) {
        notes.warn(
            &role.name.spot,
            format!(
                "ExportImage is documented with the role `{}` only, {} is experimental",
                known::EXPORT_ROLE,
                quote(name)
            ),
            Some(
                "pass the name to ExportImage as `RoleName`, and try it before relying on it"
                    .to_owned(),
            ),
        );
    }
}

/// Whether `name` is `known` with a number or a sign put in, as `…Role2` or `…Role-2`: nobody types that by
/// mistake.
fn is_variant(name: &str, known: &str) -> bool {
    let signs = |text: &str| text.chars().filter(|c| !c.is_ascii_alphabetic()).count();
    signs(name) > signs(known)
}

fn is_export_role(spec: &SpecShape, role: &RoleShape) -> bool {
    role.policies
        .items
        .iter()
        .any(|At { value, .. }| match value.policy_type {
            PolicyType::System => value
                .name
                .as_str()
                .eq_ignore_ascii_case(known::EXPORT_POLICY),
            PolicyType::Custom => {
                declared(spec, &value.name).is_some_and(|policy| grant_spot(policy).is_some())
            }
        })
}

fn declared<'s>(spec: &'s SpecShape, name: &PolicyName) -> Option<&'s PolicyShape> {
    spec.policies
        .items
        .iter()
        .find(|policy| policy.name.value == *name)
}

fn grant_spot(policy: &PolicyShape) -> Option<&Spot> {
    match &policy.content {
        Some(ContentShape::ImageExport(spot)) => Some(spot),
        _ => None,
    }
}

fn role_policies(notes: &mut Notes, spec: &SpecShape, role: &RoleShape) {
    let policies = &role.policies.items;
    no_repeats(
        notes,
        "policy",
        policies.iter().map(|policy| (&policy.value, &policy.spot)),
    );
    for At { value, spot } in policies {
        match value.policy_type {
            PolicyType::Custom => custom_policy(notes, spec, &value.name, spot),
            PolicyType::System => system_policy(notes, spec, &value.name, spot),
        }
    }
    for (policy_type, word, limit) in [
        (
            PolicyType::Custom,
            "custom",
            limit::CUSTOM_POLICIES_PER_ROLE,
        ),
        (
            PolicyType::System,
            "system",
            limit::SYSTEM_POLICIES_PER_ROLE,
        ),
    ] {
        let is_of_type = |policy: &&At<PolicyRef>| policy.value.policy_type == policy_type;
        let count = policies.iter().filter(is_of_type).count();
        if count > limit {
            let message = format!("{count} {word} policies on one role, RAM allows {limit}");
            notes.error_hint(&role.policies.spot, message, "join some of them into one");
        }
    }
}

fn custom_policy(notes: &mut Notes, spec: &SpecShape, name: &PolicyName, spot: &Spot) {
    if !spec.policies.is_complete || declared(spec, name).is_some() {
        return;
    }
    let names = spec
        .policies
        .items
        .iter()
        .map(|policy| policy.name.value.as_str());
    let hint = if known::system_policies().any(|known| known.eq_ignore_ascii_case(name.as_str())) {
        format!("it is a system policy: write `system: {name}`")
    } else if let Some(hint) = suggest::did_you_mean(name.as_str(), names) {
        hint
    } else {
        "declare it under `policies`, with its document".to_owned()
    };
    notes.error_hint(spot, format!("unknown custom policy `{name}`"), hint);
}

fn system_policy(notes: &mut Notes, spec: &SpecShape, name: &PolicyName, spot: &Spot) {
    if let Some(policy) = declared(spec, name) {
        let message = format!("`{name}` is declared in this spec, so it is not a system policy");
        notes.error_hint(
            spot,
            message,
            format!("write `custom: {}`", policy.name.value),
        );
        return;
    }
    let name = name.as_str();
    if known::system_policies().any(|known| known == name) {
        return;
    }
    if let Some(known) = known::system_policies().find(|known| known.eq_ignore_ascii_case(name)) {
        let message = format!("system policy `{name}` is spelt `{known}`");
        notes.warn(
            spot,
            message,
            Some("RAM ignores letter case; other tools do not".to_owned()),
        );
    } else if is_product_policy(name) {
        // `AliyunESSFullAccess` is one letter from `AliyunECSFullAccess`, and both exist.
    } else if let Some(known) = suggest::within(name, 2, known::system_policies()) {
        let message = format!("unknown system policy `{name}`");
        notes.error_hint(spot, message, format!("did you mean `{known}`?"));
    } else if let Some((_, policy)) = known::SERVICE_ROLES
        .iter()
        .find(|(role, _)| name.strip_suffix("Policy") == Some(role))
    {
        let message = format!("no system policy `{name}` is known");
        notes.warn(spot, message, Some(format!("did you mean `{policy}`?")));
    }
}

fn is_product_policy(name: &str) -> bool {
    name.strip_prefix("Aliyun")
        .is_some_and(|rest| rest.ends_with("FullAccess") || rest.ends_with("ReadOnlyAccess"))
}

/// A grant is made of exports; without any it would grant nothing.
fn grants_have_exports(notes: &mut Notes, spec: &SpecShape) {
    let grants = || {
        spec.policies
            .items
            .iter()
            .filter_map(|policy| Some((policy, grant_spot(policy)?)))
    };
    if grants().next().is_none() {
        return;
    }
    let has_common = spec
        .exports
        .as_ref()
        .is_some_and(|exports| !exports.is_empty());
    let is_own = |account: &AccountShape| account.exports.is_some();
    let accounts = spec
        .accounts
        .as_ref()
        .map(|accounts| accounts.items.as_slice())
        .unwrap_or_default();
    let needs_common =
        spec.discover.is_some() || accounts.is_empty() || !accounts.iter().any(is_own);
    if needs_common
        && !has_common
        && spec
            .accounts
            .as_ref()
            .is_none_or(|accounts| accounts.is_complete)
    {
        for (_, spot) in grants() {
            notes.error_hint(
                spot,
                "`grant: image-export` needs `exports`, and there are none",
                "write `exports: [ { region: cn-hangzhou, bucket: NAME } ]` at the top of the spec",
            );
        }
        return;
    }
    for account in accounts {
        let has_exports = match &account.exports {
            Some(exports) => !exports.is_empty(),
            None => has_common,
        };
        if !has_exports {
            let message = format!(
                "account `{}` has no exports, and `grant: image-export` needs some",
                account.entry.id
            );
            notes.error_hint(
                &account.spot,
                message,
                "write `exports` here, or at the top for all accounts",
            );
        }
    }
}

fn check_accounts(notes: &mut Notes, accounts: &Items<AccountShape>, has_discover: bool) {
    if accounts.is_empty() && !has_discover {
        notes.error_hint(
            &accounts.spot,
            "`accounts` is empty, so there is nothing to run on",
            "leave `accounts` out for the caller's own account",
        );
    }
    let items = || accounts.items.iter();
    no_repeats(
        notes,
        "account",
        items().map(|account| (&account.entry.id, &account.id_spot)),
    );
    let aliases = items().filter_map(|account| {
        let alias = account.entry.alias.as_ref()?.to_lowercase();
        Some((alias, account.alias_spot.as_ref()?))
    });
    no_repeats(notes, "alias", aliases);
    for account in items() {
        if let Some(exports) = &account.exports {
            exports::check(notes, exports);
        }
        role_is_in_account(notes, account);
    }
}

fn role_is_in_account(notes: &mut Notes, account: &AccountShape) {
    use super::account::AssumeRole;
    let (
        Some(AssumeRole::Arn {
            account: of_role, ..
        }),
        Some(spot),
    ) = (&account.entry.assume_role, &account.role_spot)
    else {
        return;
    };
    let id = &account.entry.id;
    if of_role != id {
        let message = format!("the role is in account `{of_role}`, the entry is for `{id}`");
        notes.error_hint(
            spot,
            message,
            "correct one of them, or write the role's name alone",
        );
    }
}
