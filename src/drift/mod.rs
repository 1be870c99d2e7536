//! What an audit says: where the account has moved away from the spec.
//!
//! In: the changes of a plan. Out: findings, each with a fingerprint that stays the same from night to night,
//! so that a reader can tell the new from the known.

use sha2::{Digest, Sha256};

use crate::model::{AccountId, Address};
use crate::plan::{Action, Change, FieldChange, Plan, Reason};
use crate::policy::{Comparison, Verdict};

/// How an entity has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Descriptions, tags, session lengths.
    Low,
    /// Something is missing or narrower, so exports would fail.
    Medium,
    /// Somebody can do more than the spec says, or it cannot be ruled out.
    High,
}

impl Severity {
    /// The word used in JSON and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One thing that has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The entity.
    pub address: Address,
    /// The part of it, such as `trust`; empty for the whole.
    pub part: &'static str,
    /// How it moved.
    pub kind: DriftKind,
    /// How much that matters.
    pub severity: Severity,
    /// 16 hexadecimal digits over account, address, part and kind.
    pub fingerprint: String,
    /// The part's values, where it has any.
    pub field: Option<FieldChange>,
    /// What a policy that is attached beyond the spec gives, or what is missing without one.
    pub access: Option<Comparison>,
}

/// The findings of one account, sorted by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftReport {
    /// What has moved.
    pub findings: Vec<Finding>,
}

impl DriftReport {
    /// The report on what `plan` would change, and on what it leaves although the spec does not name it.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let account = &plan.caller.account;
        Self {
            findings: plan
                .changes
                .iter()
                .flat_map(|change| findings(account, change))
                .collect(),
        }
    }

    /// The most severe finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

fn findings(account: &AccountId, change: &Change) -> Vec<Finding> {
    let whole = |kind, severity| {
        let found = finding(account, &change.address, "", kind, severity, None);
        vec![Finding {
            access: change.access.clone(),
            ..found
        }]
    };
    match (change.action, change.reason) {
        (Action::Create, _) => whole(DriftKind::Missing, Severity::Medium),
        (Action::NoOp, Reason::Unmanaged) | (Action::Delete, _) => {
            whole(DriftKind::Unmanaged, Severity::High)
        }
        (Action::NoOp, _) => Vec::new(),
        (Action::Update, _) => change
            .fields
            .iter()
            .map(|field| of_field(account, &change.address, field))
            .collect(),
    }
}

fn of_field(account: &AccountId, address: &Address, field: &FieldChange) -> Finding {
    let (part, kind, severity) = match field {
        FieldChange::Trust(document) => {
            let (kind, severity) = of_verdict(document.access.verdict);
            ("trust", kind, severity)
        }
        FieldChange::Document(document) => {
            let (kind, severity) = of_verdict(document.access.verdict);
            ("document", kind, severity)
        }
        FieldChange::Description { .. } => ("description", DriftKind::Changed, Severity::Low),
        FieldChange::MaxSessionDuration { .. } => {
            ("max_session_duration", DriftKind::Changed, Severity::Low)
        }
        FieldChange::Tags { .. } => ("tags", DriftKind::Changed, Severity::Low),
    };
    finding(account, address, part, kind, severity, Some(field.clone()))
}

/// The verdict is of the wanted document relative to the live one; drift speaks of the live one.
fn of_verdict(wanted_is: Verdict) -> (DriftKind, Severity) {
    match wanted_is {
        Verdict::Broader => (DriftKind::Narrower, Severity::Medium),
        Verdict::Narrower => (DriftKind::Wider, Severity::High),
        Verdict::Equal | Verdict::Incomparable | Verdict::Unknown => {
            (DriftKind::Changed, Severity::High)
        }
    }
}

fn finding(
    account: &AccountId,
    address: &Address,
    part: &'static str,
    kind: DriftKind,
    severity: Severity,
    field: Option<FieldChange>,
) -> Finding {
    // RAM takes names in any case as the same, so a fingerprint must not depend on it.
    let identity = format!("{account}\n{address}\n{part}\n{}", kind.as_str()).to_ascii_lowercase();
    let digest = Sha256::digest(identity.as_bytes());
    let fingerprint = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Finding {
        address: address.clone(),
        part,
        kind,
        severity,
        fingerprint,
        field,
        access: None,
    }
}
