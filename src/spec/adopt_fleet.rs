//! Live accounts of a fleet back to one spec: what most of them hold, and which hold something else.
//!
//! A spec has the same roles and policies for all its accounts, so those that hold the same share one.

use std::collections::{BTreeMap, BTreeSet};

use super::Spec;
use super::account::AccountEntry;
use super::adopt::{Draft, Granted, left_out_line};
use super::checked::Content;
use super::emit::emit;
use super::error::SpecErrors;
use super::load;
use super::written::{text, version, written_exports};
use super::yaml::Raw;
use crate::model::{ObservedState, PolicyName, PolicyRef};
use crate::policy::{PolicyDocument, Question, compare};
use crate::visible::visible;

/// An account of a fleet and what it holds.
#[derive(Debug, Clone)]
pub struct Holding {
    /// Its entry in the spec, which is written again.
    pub entry: AccountEntry,
    /// What was read of it.
    pub observed: ObservedState,
}

/// A fleet as a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedFleet {
    /// The spec's text, for the largest group of accounts that hold the same; planning it there changes nothing.
    pub text: String,
    /// What is left out of it and why, with the accounts that hold it.
    pub left_out: Vec<(String, Vec<AccountEntry>)>,
    /// The other groups, in the order of their first accounts.
    pub others: Vec<Vec<AccountEntry>>,
}

/// The spec that describes what most of `holdings` hold; of groups of one size, the one that comes first. `spec` is where
/// the accounts come from: its exports are kept, and its grants where a live document gives the same access.
///
/// # Errors
/// When the parts make no valid spec together, as when a role that is described is also the way into an account.
pub fn adopt_fleet(spec: &Spec, holdings: &[Holding]) -> Result<AdoptedFleet, SpecErrors> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for holding in holdings {
        let Holding { entry, observed } = holding;
        let exports = entry.exports.as_deref().unwrap_or(spec.exports());
        let granted = Granted {
            policies: granted(spec, observed, entry),
            exports,
        };
        let draft = Draft::of(observed, &granted).readable();
        let place = *places.entry(meaning(&draft)?).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group {
                parts: draft.parts(),
                accounts: Vec::new(),
            });
        }
        if let Some(group) = groups.get_mut(place) {
            group.accounts.push((entry, draft.left_out));
        }
    }
    // The last of the largest counts as the maximum, so that the order is turned round.
    let largest = groups.iter().enumerate().rev();
    let largest = largest.max_by_key(|(_, group)| group.accounts.len());
    let described = largest.map(|(place, _)| place).unwrap_or_default();
    let described = match described < groups.len() {
        true => groups.remove(described),
        false => Group::default(),
    };
    let others = groups.iter().map(Group::entries).collect();
    described.adopted(spec, others)
}

/// Accounts that hold the same.
#[derive(Default)]
struct Group<'a> {
    parts: Vec<(Raw, Raw)>,
    /// Each with what is left out of it.
    accounts: Vec<(&'a AccountEntry, Vec<String>)>,
}

impl Group<'_> {
    fn entries(&self) -> Vec<AccountEntry> {
        self.accounts
            .iter()
            .map(|(entry, _)| (*entry).clone())
            .collect()
    }

    fn adopted(
        self,
        spec: &Spec,
        others: Vec<Vec<AccountEntry>>,
    ) -> Result<AdoptedFleet, SpecErrors> {
        let mut left_out: BTreeMap<&str, Vec<AccountEntry>> = BTreeMap::new();
        for (entry, lines) in &self.accounts {
            for line in lines {
                left_out.entry(line).or_default().push((*entry).clone());
            }
        }
        let mut written = format!(
            "# Describes {} as read. Planning this spec there changes nothing.\n",
            counted(self.accounts.len())
        );
        for (what, accounts) in &left_out {
            written.push_str(&left_out_line(&format!("{what} ({})", named(accounts))));
        }
        for other in &others {
            let names = visible(&named(other)).to_string();
            written.push_str(&format!(
                "# Not described, because it holds something else: {names}\n"
            ));
        }
        let mut entries = vec![version()];
        if !spec.exports().is_empty() {
            entries.push((text("exports"), written_exports(spec.exports())));
        }
        entries.extend(self.parts.iter().cloned());
        if !self.accounts.is_empty() {
            let accounts = self.accounts.iter().map(|(entry, _)| account(entry));
            entries.push((text("accounts"), Raw::List(accounts.collect())));
        }
        written.push_str(&emit(&Raw::Map(entries)));
        load::built_in("adopted", &written)?;
        let left_out = left_out.into_iter();
        Ok(AdoptedFleet {
            text: written,
            left_out: left_out
                .map(|(what, accounts)| (what.to_owned(), accounts))
                .collect(),
            others,
        })
    }
}

/// The policies that `spec` grants and whose live documents give just that access.
fn granted<'a>(
    spec: &'a Spec,
    observed: &ObservedState,
    entry: &AccountEntry,
) -> BTreeSet<&'a PolicyName> {
    let Ok(desired) = spec.desired(&observed.caller.account, entry.exports.as_deref()) else {
        return BTreeSet::new();
    };
    // A grant that takes several policies is one that no single document equals.
    if desired.policies.len() != spec.policies.len() {
        return BTreeSet::new();
    }
    let is_same = |name: &PolicyName| {
        let live = observed
            .policies
            .get(&PolicyRef::custom(name.clone()))?
            .as_ref()?;
        let live = PolicyDocument::parse_live(&live.document).ok()?;
        let wanted = &desired.policies.get(name)?.document;
        Some(compare(&[&live], &[wanted], Question::DropIn).is_same())
    };
    let granted = spec.policies.iter();
    let granted = granted.filter(|(_, policy)| matches!(policy.content, Content::ImageExport(_)));
    granted
        .map(|(name, _)| name)
        .filter(|name| is_same(name) == Some(true))
        .collect()
}

/// One text for all drafts that describe the same roles and policies, wherever their images go.
fn meaning(draft: &Draft) -> Result<String, SpecErrors> {
    let spec = load::built_in("adopted", &draft.text())?;
    let spec = Spec {
        exports: Vec::new(),
        ..spec
    };
    Ok(spec.digest())
}

fn account(entry: &AccountEntry) -> Raw {
    let AccountEntry {
        id,
        alias,
        assume_role,
        external_id,
        profile,
        exports,
        line: _,
    } = entry;
    let mut entries = vec![(text("id"), text(id.as_str()))];
    let optional = [
        ("alias", alias.clone()),
        ("assume_role", assume_role.as_ref().map(ToString::to_string)),
        ("external_id", external_id.clone()),
        ("profile", profile.clone()),
    ];
    for (key, value) in optional {
        entries.extend(value.map(|value| (text(key), text(&value))));
    }
    entries.extend(
        exports
            .as_deref()
            .map(|exports| (text("exports"), written_exports(exports))),
    );
    Raw::Map(entries)
}

fn counted(accounts: usize) -> String {
    match accounts {
        1 => "1 account".to_owned(),
        n => format!("{n} accounts"),
    }
}

/// Most accounts that are named in one line.
pub const NAMED: usize = 5;

/// The accounts by alias, else id; of many, the first few and how many more.
#[must_use]
pub fn named(accounts: &[AccountEntry]) -> String {
    let names = accounts.iter().take(NAMED);
    let names: Vec<&str> = names
        .map(|entry| entry.alias.as_deref().unwrap_or(entry.id.as_str()))
        .collect();
    match accounts.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
