//! One finding, the words for its kind, and the findings of an account.

use serde::Serialize;

use super::severity::Severity;
use super::standing::{Accepted, Earlier, Since, Standing};
use crate::model::{Address, Tags};
use crate::policy::Comparison;

/// What is found.
///
/// `never` is a list of sentences in the spec that must hold whatever else changes.
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
    /// Instances wear the role: whoever is on one has all that the role has.
    InstanceBound,
    /// A role gives what the spec says it must never give.
    NeverBroken,
    /// That a role does not give what it must never give cannot be shown.
    NeverUnproven,
    /// Whether ExportImage works with the role as it is depends on something that cannot be read, while it would
    /// work with the role of the spec.
    ExportDepends,
}

impl DriftKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Missing,
        Self::Wider,
        Self::Narrower,
        Self::Changed,
        Self::Unmanaged,
        Self::ExportBlocked,
        Self::ExportDepends,
        Self::InstanceBound,
        Self::NeverBroken,
        Self::NeverUnproven,
    ];

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
            Self::InstanceBound => "instance-bound",
            Self::NeverBroken => "never-broken",
            Self::NeverUnproven => "never-unproven",
        }
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
    /// The sentence of `never` that is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// What the spec says about taking the finding as it is, where it says something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Accepted>,
    /// How it stands to the baseline, where there is one.
    #[serde(rename = "baseline", skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

impl Finding {
    /// Whether it is accepted, as it is and today.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let standing = self.acceptance.as_ref().map(|accepted| accepted.status);
        standing == Some(Standing::Accepted)
    }

    /// Whether the spec may take it as it is: all but what must never be.
    #[must_use]
    pub fn may_be_accepted(&self) -> bool {
        self.kind != DriftKind::NeverBroken
    }

    /// Whether the baseline did not have it, or not like this. Without a baseline nothing is.
    #[must_use]
    pub fn is_new(&self) -> bool {
        match self.since {
            Some(Since::New | Since::Changed | Since::Returned) => true,
            Some(Since::Same) | None => false,
        }
    }
}

/// Which findings make an audit fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn {
    /// The least severity.
    pub severity: Severity,
    /// Only those that are new since the baseline.
    pub only_new: bool,
}

/// The findings of one account, sorted by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    /// What is found, accepted or not.
    pub findings: Vec<Finding>,
    /// What the baseline had and is found no more; `None` without a baseline.
    pub gone: Option<Vec<Earlier>>,
}

impl DriftReport {
    /// Adds what was found elsewhere than in the plan.
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
        self.findings.sort_by(|a, b| a.address.cmp(&b.address));
    }

    /// The findings that count: all but the accepted ones.
    pub fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| !finding.is_accepted())
    }

    /// How many findings are accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.findings.len() - self.counted().count()
    }

    /// The most severe finding that counts.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.counted().map(|finding| finding.severity).max()
    }

    /// How many findings of this severity count.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let is_so = |finding: &&Finding| finding.severity == severity;
        self.counted().filter(is_so).count()
    }

    /// Whether there is a finding on which the audit fails.
    #[must_use]
    pub fn fails(&self, on: FailOn) -> bool {
        self.counted()
            .any(|finding| finding.severity >= on.severity && (finding.is_new() || !on.only_new))
    }
}
