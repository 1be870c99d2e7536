//! The requests that an export or import makes.

use crate::model::ImageOperation;
use crate::policy::catalogue::{KnownAction, Level};
use crate::policy::{PolicyDocument, TargetPattern};
use std::collections::BTreeSet;

use super::input::Export;

/// A name that no document has, for whatever none of them names.
const OTHER: &str = "name-of-no-document";

/// What an operation works on in OSS.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) operation: ImageOperation,
    /// `None` for any, as below.
    pub(super) region: Option<&'a str>,
    pub(super) bucket: Option<&'a str>,
    /// The uid of the bucket's owner.
    pub(super) owner: Option<&'a str>,
    pub(super) objects: Objects<'a>,
}

/// Which objects of the bucket.
#[derive(Clone, Copy)]
pub(super) enum Objects<'a> {
    /// Those that ECS makes, with names that start so.
    Made { prefix: &'a str },
    /// One that is there; `None` for any.
    Existing { key: Option<&'a str> },
}

impl<'a> From<&Export<'a>> for Place<'a> {
    fn from(export: &Export<'a>) -> Self {
        Self {
            operation: ImageOperation::Export,
            region: export.region,
            bucket: export.bucket,
            owner: export.owner,
            objects: Objects::Made {
                prefix: export.prefix.unwrap_or_default(),
            },
        }
    }
}

/// One action of an operation.
#[derive(Clone, Copy)]
pub(super) struct Requirement<'a> {
    pub(super) action: KnownAction,
    pub(super) place: &'a Place<'a>,
}

/// A region, a bucket or an object in a request.
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
    /// Of an object that is there.
    pub(super) key: Name,
}

impl Requirement<'_> {
    /// The setting that leaves open whatever is open.
    pub(super) fn open(&self) -> Setting {
        let name = |given: Option<&str>| given.map_or(Name::Any, |name| Name::Is(name.to_owned()));
        Setting {
            region: Name::Any,
            owner: name(self.place.owner),
            bucket: name(self.place.bucket),
            key: name(self.key()),
        }
    }

    /// The object, where it is there and known.
    fn key(&self) -> Option<&str> {
        match self.place.objects {
            Objects::Existing { key } => key,
            Objects::Made { .. } => None,
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
        let is_possible = |name: &String| self.place.region.is_none_or(|own| spells(name, own));
        let regions = match regions.is_empty() {
            true => vec![Name::Any],
            false => named(regions.into_iter().filter(is_possible)),
        };
        let buckets = match open.bucket {
            Name::Is(_) => vec![open.bucket],
            Name::Any => named(fields.iter().filter_map(Fields::bucket_name)),
        };
        let keys = match self.place.objects {
            Objects::Existing { key: None } => named(fields.iter().flat_map(Fields::key_names)),
            Objects::Existing { key: Some(_) } | Objects::Made { .. } => vec![open.key],
        };
        let owners: BTreeSet<String> = fields.iter().filter_map(Fields::owner_name).collect();
        let owners = match (open.owner, owners.is_empty()) {
            (owner @ Name::Is(_), _) | (owner @ Name::Any, true) => vec![owner],
            (Name::Any, false) => named(owners.into_iter()),
        };
        let mut settings = Vec::new();
        for region in &regions {
            for owner in &owners {
                for bucket in &buckets {
                    settings.extend(keys.iter().map(|key| Setting {
                        region: region.clone(),
                        owner: owner.clone(),
                        bucket: bucket.clone(),
                        key: key.clone(),
                    }));
                }
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
    /// The name of an object that ECS makes is the prefix followed by letters, digits, `.`, `_` and `-`; there is no `/`
    /// in it.
    pub(super) fn targets(&self, setting: &Setting) -> TargetPattern {
        let target = TargetPattern::new("acs:oss:");
        let target = add(target, &setting.region).text(":");
        let target = add(target, &setting.owner);
        let target = add(target.text(":"), &setting.bucket);
        match self.action.level {
            Level::Object => {
                let target = target.text("/");
                match (self.place.objects, &setting.key) {
                    (Objects::Made { prefix }, _) => target.text(prefix).any_name(),
                    (Objects::Existing { .. }, Name::Is(key)) => target.text(key),
                    (Objects::Existing { .. }, Name::Any) => target.any_text(),
                }
            }
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
    key: &'a str,
}

impl<'a> Fields<'a> {
    fn of(pattern: &'a str) -> Option<Self> {
        let fields: Vec<&str> = pattern.splitn(5, ':').collect();
        let [_, _, region, owner, relative] = fields.as_slice() else {
            return None;
        };
        let (bucket, key) = relative.split_once('/').unwrap_or((relative, ""));
        Some(Self {
            region,
            owner,
            bucket,
            key,
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

    /// With nothing and with something in place of a `*`, since a single key may be excepted.
    fn key_names(&self) -> impl Iterator<Item = String> {
        let filled = self.key.replace('*', OTHER).replace('?', "x");
        let filled = sample(self.key).map(|_| filled);
        sample(self.key).into_iter().chain(filled)
    }
}

/// A name that a pattern matches, unless it matches every name.
fn sample(pattern: &str) -> Option<String> {
    let name = pattern.replace('*', "").replace('?', "x");
    (!name.is_empty()).then_some(name)
}
