//! How a finding stands to what was decided and what was found before.

use serde::{Deserialize, Serialize};

use super::severity::Severity;
use crate::model::Day;

/// What an acceptance means for a finding today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The finding is shown and does not count.
    Accepted,
    /// Its last day is over, so the finding counts.
    Expired,
    /// It counts all the same: what must never be is not to be accepted.
    Refused,
    /// It was given for another state of the finding, which therefore counts.
    Changed,
}

/// What the spec says about taking a finding as it is, in the shape of the JSON report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// What that means today.
    pub status: Standing,
    /// Why the finding is accepted.
    pub reason: String,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it does not count.
    pub until: Day,
}

/// How a finding stands to the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Since {
    /// The baseline does not have it.
    New,
    /// The baseline has it in another state.
    Changed,
    /// It was accepted then and counts again.
    Returned,
    /// It was there, in the same state.
    Same,
}

/// A finding of an earlier report, as far as it is needed to recognise and to name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Names the finding.
    pub id: String,
    /// Its state then.
    pub state: String,
    /// The entity, as written then.
    pub address: String,
    /// The part of it; empty for the whole.
    #[serde(default)]
    pub part: String,
    /// What was found, in the word of that report.
    pub kind: String,
    /// How much that mattered.
    pub severity: Severity,
    /// The sentence of `never` that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Whether it was accepted then.
    #[serde(skip)]
    pub was_accepted: bool,
}
