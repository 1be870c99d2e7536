//! The codes and their explanations, compiled in from `codes.yaml`.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// Most codes that are offered for one that nobody knows.
const MAX_SIMILAR: usize = 3;

/// How alike two codes must be to be offered for one another; 1 is equal. Found by trying misspellings of every code.
const ALIKE: f64 = 0.8;

/// What one code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The code as the service spells it.
    pub code: String,
    /// Other codes, or spellings, that mean the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Who answers with it.
    pub service: Service,
    /// The operations that are known to answer with it; empty for any.
    pub operations: Vec<String>,
    /// The HTTP statuses it comes with.
    pub status: Vec<u16>,
    /// One sentence or two.
    pub meaning: String,
    /// The likeliest first.
    pub causes: Vec<Cause>,
}

/// One possible cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// One sentence or two.
    pub cause: String,
    /// The command or the edit that settles whether it is this one.
    pub settle: String,
}

/// Who answers with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// ECS.
    Ecs,
    /// RAM.
    Ram,
    /// STS.
    Sts,
    /// OSS.
    Oss,
    /// ResourceManager.
    ResourceManager,
    /// Every service; the gateway answers.
    All,
}

impl Service {
    /// The name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Service::Ecs => "ECS",
            Service::Ram => "RAM",
            Service::Sts => "STS",
            Service::Oss => "OSS",
            Service::ResourceManager => "ResourceManager",
            Service::All => "every service",
        }
    }
}

/// Every explanation, in the order of `codes.yaml`.
pub fn all() -> &'static [Explanation] {
    static ALL: OnceLock<Vec<Explanation>> = OnceLock::new();
    // INVARIANT (the file parses): a test reads it, so an empty list is never seen.
    ALL.get_or_init(|| serde_yaml::from_str(include_str!("codes.yaml")).unwrap_or_default())
}

/// The explanation of a code, whatever its letter case.
pub fn find(code: &str) -> Option<&'static Explanation> {
    all()
        .iter()
        .find(|known| known.names().any(|name| name.eq_ignore_ascii_case(code)))
}

/// Codes that look like one that nobody knows, the likeliest first.
pub fn similar(code: &str) -> Vec<&'static str> {
    let wanted = code.to_ascii_lowercase();
    // Of names that mean the same, the likeliest.
    let likeliest = |known: &'static Explanation| {
        let names = known
            .names()
            .map(|name| (likeness(&wanted, &name.to_ascii_lowercase()), name));
        names.reduce(|best, next| if next.0 > best.0 { next } else { best })
    };
    let alike = all().iter().filter_map(likeliest);
    let mut alike: Vec<(f64, &str)> = alike.filter(|(likeness, _)| *likeness >= ALIKE).collect();
    alike.sort_by(|one, other| other.0.total_cmp(&one.0));
    alike.truncate(MAX_SIMILAR);
    alike.into_iter().map(|(_, name)| name).collect()
}

/// A part of a code counts too: people remember `NotAuthorized` of `InvalidOSS.NotAuthorized`.
fn likeness(wanted: &str, name: &str) -> f64 {
    let is_part = wanted.len() >= 5 && name.contains(wanted);
    match is_part {
        true => 1.0,
        false => strsim::normalized_damerau_levenshtein(wanted, name),
    }
}

impl Explanation {
    /// The code and those that mean the same.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.code)
            .chain(&self.also)
            .map(String::as_str)
    }
}
