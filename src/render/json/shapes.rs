//! The shapes of format 1.0 and the way into them.

use serde::{Deserialize, Serialize};

use super::FORMAT_VERSION;
use super::access::Access;
use super::verdict::Verdict;
use crate::account::{AccountError, Written};
use crate::apply::{ApplyReport, Outcome, StepReport};
use crate::drift::{DriftReport, Finding};
use crate::model::{AccountId, Caller, Step, Tags};
use crate::plan::{
    Change as PlanChange, DocumentChange, FieldChange, OrderCheck, Plan, PlannedStep,
};

/// The whole report of one run over any number of accounts.
///
/// Also of `report merge`, which has the accounts as they were written.
#[derive(Serialize)]
pub(super) struct Report<'a, A> {
    format_version: &'static str,
    kind: &'a str,
    accounts: Vec<A>,
    summary: Summary,
}

impl<'a> Report<'a, Account> {
    pub(super) fn new(kind: &'a str, accounts: Vec<Account>) -> Self {
        let mut summary = Summary::default();
        for account in &accounts {
            summary.add(&account.summary);
        }
        Self::of(kind, accounts, summary)
    }
}

impl<'a, A> Report<'a, A> {
    pub(super) fn of(kind: &'a str, accounts: Vec<A>, summary: Summary) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            kind,
            accounts,
            summary,
        }
    }
}

/// Counts over the accounts of a report.
#[derive(Serialize, Deserialize, Default, Clone, Copy)]
#[serde(default)]
pub(super) struct Summary {
    create: usize,
    update: usize,
    delete: usize,
    unmanaged: usize,
    findings: usize,
    failed_accounts: usize,
}

impl Summary {
    pub(super) fn add(&mut self, other: &Self) {
        let Self {
            create,
            update,
            delete,
            unmanaged,
            findings,
            failed_accounts,
        } = other;
        self.create += create;
        self.update += update;
        self.delete += delete;
        self.unmanaged += unmanaged;
        self.findings += findings;
        self.failed_accounts += failed_accounts;
    }
}

/// One account of a report. What a command has no say in is left out.
#[derive(Serialize, Default)]
pub(super) struct Account {
    /// The account's place in the spec, from 0; `report merge` sorts by it.
    pub(super) index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<FindingShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_sync: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Problem>,
    summary: Summary,
}

/// Why an account could not be worked on.
#[derive(Serialize)]
struct Problem {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Account {
    pub(super) fn planned(plan: &Plan) -> Self {
        let crate::plan::Summary {
            create,
            update,
            delete,
            unmanaged,
        } = plan.summary();
        let summary = Summary {
            create,
            update,
            delete,
            unmanaged,
            ..Summary::default()
        };
        let order = match plan.order {
            OrderCheck::Safe => "safe",
            OrderCheck::Unsafe(_) => "unsafe",
            OrderCheck::Unchecked(_) => "unchecked",
        };
        Self {
            order: Some(order),
            changes: Some(plan.changes.iter().map(Change::new).collect()),
            steps: Some(
                plan.steps
                    .iter()
                    .map(|step| StepShape::new(step, None))
                    .collect(),
            ),
            summary,
            ..Self::of(plan)
        }
    }

    pub(super) fn applied(plan: &Plan, report: &ApplyReport, in_sync: Option<bool>) -> Self {
        let steps = report
            .steps
            .iter()
            .map(|StepReport { step, outcome }| StepShape::new(step, Some(outcome)));
        Self {
            steps: Some(steps.collect()),
            in_sync,
            ..Self::planned(plan)
        }
    }

    pub(super) fn drifted(plan: &Plan, report: &DriftReport) -> Self {
        let findings: Vec<FindingShape> = report.findings.iter().map(FindingShape::new).collect();
        let summary = Summary {
            findings: findings.len(),
            ..Summary::default()
        };
        Self {
            findings: Some(findings),
            summary,
            ..Self::of(plan)
        }
    }

    pub(super) fn failed(id: Option<&AccountId>, problems: &[(String, Option<String>)]) -> Self {
        let problem = |(message, hint): &(String, Option<String>)| Problem {
            message: message.clone(),
            hint: hint.clone(),
        };
        Self {
            id: id.map(ToString::to_string),
            errors: problems.iter().map(problem).collect(),
            summary: Summary {
                failed_accounts: 1,
                ..Summary::default()
            },
            ..Self::default()
        }
    }

    /// Adds why the work on the account did not end well.
    pub(super) fn with_errors(mut self, problems: &[(String, Option<String>)]) -> Self {
        let failed = Self::failed(None, problems);
        self.errors = failed.errors;
        self.summary.failed_accounts = 1;
        self
    }

    fn of(plan: &Plan) -> Self {
        Self {
            id: Some(plan.caller.account.to_string()),
            caller: Some(plan.caller.arn.clone()),
            verdict: plan.verdict.as_ref().map(Verdict::new),
            ..Self::default()
        }
    }
}

#[derive(Serialize)]
pub(super) struct Change {
    address: String,
    action: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl Change {
    fn new(change: &PlanChange) -> Self {
        let PlanChange {
            address,
            action,
            reason,
            fields,
            access,
            notes,
        } = change;
        Self {
            address: address.to_string(),
            action: action.as_str(),
            reason: reason.as_str(),
            fields: fields.iter().map(Field::new).collect(),
            access: access.as_ref().map(Access::new),
            notes: notes.clone(),
        }
    }
}

/// One part of an entity; `before` is null where the entity is new.
#[derive(Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
enum Field {
    Trust(Document),
    Document(Document),
    Description {
        before: Option<String>,
        after: String,
    },
    MaxSessionDuration {
        before: Option<u32>,
        after: u32,
    },
    Tags {
        before: Tags,
        after: Tags,
    },
}

#[derive(Serialize)]
struct Document {
    before: Option<String>,
    after: String,
    access: Access,
}

impl Field {
    fn new(field: &FieldChange) -> Self {
        let document = |change: &DocumentChange| {
            let DocumentChange {
                before,
                after,
                access,
            } = change;
            Document {
                before: before.clone(),
                after: after.clone(),
                access: Access::new(access),
            }
        };
        match field {
            FieldChange::Trust(change) => Self::Trust(document(change)),
            FieldChange::Document(change) => Self::Document(document(change)),
            FieldChange::Description { before, after } => Self::Description {
                before: before.clone(),
                after: after.clone(),
            },
            FieldChange::MaxSessionDuration { before, after } => Self::MaxSessionDuration {
                before: *before,
                after: *after,
            },
            FieldChange::Tags { before, after } => Self::Tags {
                before: before.clone(),
                after: after.clone(),
            },
        }
    }
}

#[derive(Serialize)]
struct StepShape {
    operation: &'static str,
    subject: Subject,
    wave: usize,
    effects: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorShape>,
}

#[derive(Serialize, Default)]
struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

impl StepShape {
    fn new(planned: &PlannedStep, outcome: Option<&Outcome>) -> Self {
        let PlannedStep {
            wave,
            step,
            effects,
        } = planned;
        let error = outcome.and_then(|outcome| match outcome {
            Outcome::Failed(error) | Outcome::Unknown(error) => Some(ErrorShape::new(error)),
            Outcome::Done(_) | Outcome::NotAttempted => None,
        });
        Self {
            operation: step.operation(),
            subject: Subject::new(step),
            wave: *wave,
            effects: effects.iter().map(|effect| effect.as_str()).collect(),
            outcome: outcome.map(outcome_word),
            error,
        }
    }
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done(Written::ByUs(_)) => "done",
        Outcome::Done(Written::Already) => "already",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotAttempted => "not-attempted",
    }
}

impl Subject {
    fn new(step: &Step) -> Self {
        let custom = |policy: &crate::model::PolicyName| Self {
            policy: Some(policy.to_string()),
            policy_type: Some(crate::model::PolicyType::Custom.as_str()),
            ..Self::default()
        };
        match step {
            Step::CreateRole { role, .. }
            | Step::UpdateRole { role, .. }
            | Step::DeleteRole { role }
            | Step::TagRole { role, .. } => Self {
                role: Some(role.to_string()),
                ..Self::default()
            },
            Step::CreatePolicy { policy, .. }
            | Step::UpdatePolicyDescription { policy, .. }
            | Step::CreatePolicyVersion { policy, .. }
            | Step::DeletePolicy { policy }
            | Step::TagPolicy { policy, .. } => custom(policy),
            Step::SetDefaultPolicyVersion { policy, version }
            | Step::DeletePolicyVersion { policy, version } => Self {
                version: Some(version.to_string()),
                ..custom(policy)
            },
            Step::AttachPolicy { role, policy } | Step::DetachPolicy { role, policy } => Self {
                role: Some(role.to_string()),
                policy: Some(policy.name.to_string()),
                policy_type: Some(policy.policy_type.as_str()),
                version: None,
            },
        }
    }
}

#[derive(Serialize)]
struct ErrorShape {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    attempts: u32,
}

impl ErrorShape {
    fn new(error: &AccountError) -> Self {
        Self {
            message: error.message.clone(),
            code: error.code.clone(),
            http_status: error.http_status,
            request_id: error.request_id.clone(),
            attempts: error.attempts,
        }
    }
}

#[derive(Serialize)]
struct FindingShape {
    fingerprint: String,
    address: String,
    part: &'static str,
    drift: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
}

impl FindingShape {
    fn new(finding: &Finding) -> Self {
        let Finding {
            address,
            part,
            kind,
            severity,
            fingerprint,
            field,
            access,
        } = finding;
        Self {
            fingerprint: fingerprint.clone(),
            address: address.to_string(),
            part,
            drift: kind.as_str(),
            severity: severity.as_str(),
            field: field.as_ref().map(Field::new),
            access: access.as_ref().map(Access::new),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Whoami {
    format_version: &'static str,
    kind: &'static str,
    account: String,
    arn: String,
    identity_type: String,
    principal_id: String,
    access_key_id: String,
    credential_source: String,
}

impl Whoami {
    pub(super) fn new(caller: &Caller, source: &str, access_key_id: &str) -> Self {
        let Caller {
            account,
            arn,
            identity_type,
            principal_id,
        } = caller;
        Self {
            format_version: FORMAT_VERSION,
            kind: "whoami",
            account: account.to_string(),
            arn: arn.clone(),
            identity_type: identity_type.as_str().to_owned(),
            principal_id: principal_id.clone(),
            access_key_id: access_key_id.to_owned(),
            credential_source: source.to_owned(),
        }
    }
}
