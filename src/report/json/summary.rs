//! Counts over accounts.

use serde::{Deserialize, Serialize};

use crate::drift::{DriftReport, Severity};
use crate::readiness::{Answer, Checked};

/// Counts over the accounts of a report.
#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(default)]
pub(super) struct Summary {
    pub(super) create: usize,
    pub(super) update: usize,
    pub(super) delete: usize,
    pub(super) unmanaged: usize,
    /// The findings that count.
    pub(super) findings: usize,
    /// The findings that count, by severity.
    pub(super) severities: Severities,
    /// The findings that are accepted.
    pub(super) accepted: usize,
    /// The exports that were asked about, by answer.
    #[serde(skip_serializing_if = "Answers::is_empty")]
    pub(super) exports: Answers,
    /// The imports that were asked about, by answer.
    #[serde(skip_serializing_if = "Answers::is_empty")]
    pub(super) imports: Answers,
    pub(super) failed_accounts: usize,
    /// Whether every account was read and nothing is left to do: no step for `plan` and `apply`, no finding that
    /// counts for `drift`, no export or import that is not ready for `verify`.
    pub(super) in_sync: bool,
}

/// Of no account, with which everything is in sync.
impl Default for Summary {
    fn default() -> Self {
        Self {
            create: 0,
            update: 0,
            delete: 0,
            unmanaged: 0,
            findings: 0,
            severities: Severities::default(),
            accepted: 0,
            exports: Answers::default(),
            imports: Answers::default(),
            failed_accounts: 0,
            in_sync: true,
        }
    }
}

impl Summary {
    pub(super) fn add(&mut self, other: &Self) {
        let Self {
            create,
            update,
            delete,
            unmanaged,
            findings,
            severities,
            accepted,
            exports,
            imports,
            failed_accounts,
            in_sync,
        } = other;
        self.create += create;
        self.update += update;
        self.delete += delete;
        self.unmanaged += unmanaged;
        self.findings += findings;
        self.severities.add(severities);
        self.accepted += accepted;
        self.exports.add(exports);
        self.imports.add(imports);
        self.failed_accounts += failed_accounts;
        self.in_sync &= in_sync;
    }
}

/// How many findings there are of each severity.
#[derive(Serialize, Deserialize, Default, Clone, Copy)]
#[serde(default)]
pub(super) struct Severities {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
}

impl Severities {
    pub(super) fn of(report: &DriftReport) -> Self {
        Self {
            critical: report.count(Severity::Critical),
            high: report.count(Severity::High),
            medium: report.count(Severity::Medium),
            low: report.count(Severity::Low),
        }
    }

    fn add(&mut self, other: &Self) {
        let Self {
            critical,
            high,
            medium,
            low,
        } = other;
        self.critical += critical;
        self.high += high;
        self.medium += medium;
        self.low += low;
    }
}

/// How many exports or imports have which answer.
#[derive(Serialize, Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(default)]
pub(super) struct Answers {
    ready: usize,
    blocked: usize,
    depends: usize,
}

impl Answers {
    pub(super) fn of<Q>(checked: &[Checked<Q>]) -> Self {
        let count = |answer| {
            let answers = checked.iter().map(Checked::answer);
            answers.filter(|found| *found == answer).count()
        };
        Self {
            ready: count(Answer::Ready),
            blocked: count(Answer::Blocked),
            depends: count(Answer::Depends),
        }
    }

    fn add(&mut self, other: &Self) {
        let Self {
            ready,
            blocked,
            depends,
        } = other;
        self.ready += ready;
        self.blocked += blocked;
        self.depends += depends;
    }

    pub(super) fn are_ready(self) -> bool {
        self.blocked == 0 && self.depends == 0
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
