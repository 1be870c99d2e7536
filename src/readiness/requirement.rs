//! The requests that an export makes.

use crate::policy::catalogue::{KnownAction, Level};
use crate::policy::{PolicyDocument, TargetPattern};
use std::collections::BTreeSet;

use super::input::Export;

/// A name that no document has, for whatever none of them names.
const OTHER: &str = "name-of-no-document";

/// One action of an export.
#[derive(Clone, Copy)]
pub(super) struct Requirement<'a> {
    pub(super) action: KnownAction,
    pub(super) export: &'a Export<'a>,
}

/// A region or a bucket in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// Any.
    Any,
    /// This one.
    Is(String),
}

/// What the requests of a requirement leave open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// The region as OSS spells it in a request; not documented.
    pub(super) region: Name,
    pub(super) owner: Name,
    pub(super) bucket: Name,
}

impl Requirement<'_> {
    /// The setting that leaves open whatever is open.
    pub(super) fn open(&self) -> Setting {
        let name = |given: Option<&str>| given.map_or(Name::Any, |name| Name::Is(name.to_owned()));
        Setting {
            region: Name::Any,
            owner: name(self.export.owner),
            bucket: name(self.export.bucket),
        }
    }

    /// Every setting that the documents tell apart.
    pub(super) fn settings(&self, documents: &[&PolicyDocument]) -> Vec<Setting> {
        let open = self.open();
        let fields: Vec<Fields<'_>> = documents
            .iter()
            .flat_map(|document| document.statements())
            .flat_map(|statement| statement.resource.patterns())
            .filter_map(|pattern| Fields::of(pattern))
            .collect();
        let regions: BTreeSet<String> = fields.iter().filter_map(Fields::region_name).collect();
        let is_possible = |name: &String| self.export.region.is_none_or(|own| spells(name, own));
        let regions = match regions.is_empty() {
            true => vec![Name::Any],
            false => named(regions.into_iter().filter(is_possible)),
        };
        let buckets = match open.bucket {
            Name::Is(_) => vec![open.bucket],
            Name::Any => named(fields.iter().filter_map(Fields::bucket_name)),
        };
        let owners: BTreeSet<String> = fields.iter().filter_map(Fields::owner_name).collect();
        let owners = match (open.owner, owners.is_empty()) {
            (owner @ Name::Is(_), _) | (owner @ Name::Any, true) => vec![owner],
            (Name::Any, false) => named(owners.into_iter()),
        };
        let mut settings = Vec::new();
        for region in &regions {
            for owner in &owners {
                settings.extend(buckets.iter().map(|bucket| Setting {
                    region: region.clone(),
                    owner: owner.clone(),
                    bucket: bucket.clone(),
                }));
            }
        }
        settings
    }

    /// The names that the documents have for a part of some settings.
    pub(super) fn names<'s>(
        settings: impl Iterator<Item = &'s Setting>,
        part: fn(&Setting) -> &Name,
    ) -> Vec<String> {
        let names = settings.filter_map(|setting| match part(setting) {
            Name::Is(name) if name != OTHER => Some(name.clone()),
            Name::Is(_) | Name::Any => None,
        });
        let names: BTreeSet<String> = names.collect();
        names.into_iter().collect()
    }

    /// The targets of the requests.
    ///
    /// The object's name is the prefix followed by one that ECS makes of letters, digits, `.`, `_` and `-`; there is
    /// no `/` in it.
    pub(super) fn targets(&self, setting: &Setting) -> TargetPattern {
        let target = TargetPattern::new("acs:oss:");
        let target = add(target, &setting.region).text(":");
        let target = add(target, &setting.owner);
        let target = add(target.text(":"), &setting.bucket);
        match self.action.level {
            Level::Object => target
                .text("/")
                .text(self.export.prefix.unwrap_or_default())
                .any_name(),
            Level::Service | Level::Bucket | Level::Other => target,
        }
    }
}

fn add(target: TargetPattern, name: &Name) -> TargetPattern {
    match name {
        Name::Any => target.any_name(),
        Name::Is(name) => target.text(name),
    }
}

/// Each name once, and one that stands for all others.
fn named(names: impl Iterator<Item = String>) -> Vec<Name> {
    let names: BTreeSet<String> = names.chain([OTHER.to_owned()]).collect();
    names.into_iter().map(Name::Is).collect()
}

/// Whether a text is a spelling of a region.
fn spells(text: &str, region: &str) -> bool {
    let text = text.strip_prefix("oss-").unwrap_or(text);
    text.strip_suffix("-internal").unwrap_or(text) == region
}

/// The fields of a resource pattern of OSS.
struct Fields<'a> {
    region: &'a str,
    owner: &'a str,
    bucket: &'a str,
}

impl<'a> Fields<'a> {
    fn of(pattern: &'a str) -> Option<Self> {
        let fields: Vec<&str> = pattern.splitn(5, ':').collect();
        let [_, _, region, owner, relative] = fields.as_slice() else {
            return None;
        };
        let bucket = relative.split('/').next().unwrap_or_default();
        Some(Self {
            region,
            owner,
            bucket,
        })
    }

    fn region_name(&self) -> Option<String> {
        sample(self.region)
    }

    fn owner_name(&self) -> Option<String> {
        sample(self.owner)
    }

    fn bucket_name(&self) -> Option<String> {
        sample(self.bucket)
    }
}

/// A name that a pattern matches, unless it matches every name.
fn sample(pattern: &str) -> Option<String> {
    let name = pattern.replace('*', "").replace('?', "x");
    (!name.is_empty()).then_some(name)
}
