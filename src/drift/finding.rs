//! One finding, and the words for its kind and severity.

use std::fmt;

use serde::Serialize;

use crate::model::{Address, Tags};
use crate::policy::Comparison;

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftKind {
    /// In the spec only.
    Missing,
    /// Its document or trust gives more access than the spec.
    Wider,
    /// Its document or trust gives less access than the spec.
    Narrower,
    /// It differs in another way.
    Changed,
    /// In the account only, on a role of the spec.
    Unmanaged,
    /// ExportImage would fail with the role as it is, whether or not something differs from the spec.
    ExportBlocked,
    /// Whether ExportImage works with the role as it is depends on something that cannot be read, while it would
    /// work with the role of the spec.
    ExportDepends,
}

impl DriftKind {
    /// The word used in JSON and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Changed => "changed",
            Self::Unmanaged => "unmanaged",
            Self::ExportBlocked => "export-blocked",
            Self::ExportDepends => "export-depends",
        }
    }
}

/// How much a finding matters, by its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Text and settings without access: descriptions, tags, session lengths.
    Low,
    /// Something is missing or narrower, or whether exports work depends on something unknown.
    Medium,
    /// More access than the spec gives, or that cannot be excluded; or exports are blocked.
    High,
    /// Others can assume the role, or it can do anything.
    Critical,
}

impl Severity {
    /// Every severity, the most severe first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word used in JSON and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The value of one part of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A document or a description.
    Text(String),
    /// A session length.
    Seconds(u32),
    /// The tags that differ.
    Tags(Tags),
}

/// One finding, in the shape of the JSON report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Names the finding, from night to night: 16 hexadecimal digits over account, address, part and kind.
    pub id: String,
    /// Changes when the finding does: 16 hexadecimal digits over what is live and what the spec says.
    pub state: String,
    /// The entity.
    pub address: Address,
    /// The part of it, such as `trust`; empty for the whole.
    pub part: &'static str,
    /// What is found.
    pub kind: DriftKind,
    /// How much that matters.
    pub severity: Severity,
    /// The part's value in the account, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Value>,
    /// The part's value in the spec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<Value>,
    /// What the account gives beyond the spec (gained), and what it falls short by (lost).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Comparison>,
}

/// The findings of one account, sorted by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    /// What is found.
    pub findings: Vec<Finding>,
}

impl DriftReport {
    /// The most severe finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// How many findings are of this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let is_so = |finding: &&Finding| finding.severity == severity;
        self.findings.iter().filter(is_so).count()
    }
}
