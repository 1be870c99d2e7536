//! The shapes of format 1.0 and the way into them.

use serde::{Deserialize, Serialize};

use super::breach::BreachShape;
use super::export::ExportShape;
use super::format::FORMAT_VERSION;
use super::roles::Role;
use super::step::StepShape;
use super::summary::{Answers, Severities, Summary};
use super::verdict::Verdict;
use super::verify::{Export, Import};
use crate::apply::{ApplyReport, StepReport};
use crate::drift::{DriftReport, Earlier, Finding};
use crate::export::{Ending, ExportReport};
use crate::model::{AccountId, Caller};
use crate::plan::{Change, OrderCheck, Passing, PassingKind, Plan};
use crate::readiness::{CheckedExport, CheckedImport};
use crate::report::Calls;

/// The whole report of one run over any number of accounts.
///
/// Also of `report merge`, which has the accounts as they were written.
#[derive(Serialize)]
pub(super) struct Report<'a, A> {
    format_version: &'static str,
    kind: &'a str,
    /// As it was named on the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<&'a str>,
    accounts: Vec<A>,
    /// What the spec accepts and no account has, where every account was read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unused_acceptances: Vec<UnusedAcceptance>,
    summary: Summary,
}

/// An acceptance of the spec that is about nothing that was found.
#[derive(Serialize, Deserialize)]
pub struct UnusedAcceptance {
    /// The id of the finding that is accepted.
    pub id: String,
    /// Its last day.
    pub until: String,
    /// The line of the spec with the entry, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The warning, in words.
    pub message: String,
}

impl<'a, A> Report<'a, A> {
    pub(super) fn of(
        kind: &'a str,
        spec: Option<&'a str>,
        accounts: Vec<A>,
        summary: Summary,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            kind,
            spec,
            accounts,
            unused_acceptances: Vec::new(),
            summary,
        }
    }

    /// Adds the acceptances that are about nothing.
    pub(super) fn with_unused(mut self, unused: Vec<UnusedAcceptance>) -> Self {
        self.unused_acceptances = unused;
        self
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
    /// The line of the spec with its entry, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Finding>>,
    /// What the baseline had and is found no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<Vec<Earlier>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exports: Option<Vec<Export>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    imports: Vec<Import>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<ExportShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    /// The roles as they were read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'static str>,
    /// What is wrong between two steps, where no order is safe.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    moments: Vec<Moment>,
    /// Why the moments between the steps could not be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_unchecked: Option<String>,
    /// The sentences of `never` that do not hold after the steps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaches: Vec<BreachShape>,
    /// What could not be looked at, and why; nothing here speaks of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_read: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_sync: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<Calls>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Problem>,
    pub(super) summary: Summary,
}

/// Why an account could not be worked on.
#[derive(Serialize)]
struct Problem {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Access that is wrong for a moment.
#[derive(Serialize)]
struct Moment {
    /// Place of the step after which it begins, from 0.
    after_step: usize,
    /// `access` that should not be there, or a `gap`.
    kind: &'static str,
    holder: String,
    caller: String,
    action: String,
    resource: String,
}

impl Moment {
    fn new(passing: &Passing) -> Self {
        let shown = &passing.witness;
        Self {
            after_step: passing.after_step,
            kind: match passing.kind {
                PassingKind::Access => "access",
                PassingKind::Gap => "gap",
            },
            holder: passing.holder.to_string(),
            caller: shown.caller.to_string(),
            action: shown.request.action.clone(),
            resource: shown.request.resource.clone(),
        }
    }
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
            in_sync: plan.is_empty(),
            ..Summary::default()
        };
        let (order, moments, order_unchecked) = match &plan.order {
            OrderCheck::Safe => ("safe", Vec::new(), None),
            OrderCheck::Unsafe(passing) => {
                ("unsafe", passing.iter().map(Moment::new).collect(), None)
            }
            OrderCheck::Unchecked(reason) => ("unchecked", Vec::new(), Some(reason.clone())),
        };
        Self {
            order: Some(order),
            moments,
            order_unchecked,
            breaches: plan.breaches.iter().map(BreachShape::new).collect(),
            changes: Some(plan.changes.clone()),
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

    pub(super) fn applied(
        plan: &Plan,
        report: &ApplyReport,
        in_sync: Option<bool>,
        calls: Calls,
    ) -> Self {
        let steps = report
            .steps
            .iter()
            .map(|StepReport { step, outcome }| StepShape::new(step, Some(outcome)));
        let planned = Self::planned(plan);
        let summary = Summary {
            in_sync: in_sync == Some(true),
            ..planned.summary
        };
        Self {
            steps: Some(steps.collect()),
            in_sync,
            calls: Some(calls),
            summary,
            ..planned
        }
    }

    pub(super) fn drifted(plan: &Plan, report: &DriftReport) -> Self {
        let summary = Summary {
            findings: report.counted().count(),
            severities: Severities::of(report),
            accepted: report.accepted(),
            in_sync: report.counted().next().is_none(),
            ..Summary::default()
        };
        Self {
            findings: Some(report.findings.clone()),
            gone: report.gone.clone(),
            summary,
            ..Self::of(plan)
        }
    }

    pub(super) fn verified(
        caller: &Caller,
        exports: &[CheckedExport],
        imports: &[CheckedImport],
    ) -> Self {
        let of_imports = Answers::of(imports);
        let account = Self {
            id: Some(caller.account.to_string()),
            caller: Some(caller.arn.clone()),
            imports: imports.iter().map(Import::new).collect(),
            summary: Summary {
                imports: of_imports,
                in_sync: of_imports.are_ready(),
                ..Summary::default()
            },
            ..Self::default()
        };
        account.with_exports(exports)
    }

    /// Adds how the checks of its exports ended.
    pub(super) fn with_exports(mut self, exports: &[CheckedExport]) -> Self {
        let counts = Answers::of(exports);
        self.exports = Some(exports.iter().map(Export::new).collect());
        self.summary.exports = counts;
        self.summary.in_sync &= counts.are_ready();
        self
    }

    pub(super) fn exported(
        caller: &Caller,
        checked: Option<&CheckedExport>,
        report: Option<&ExportReport>,
    ) -> Self {
        let is_there = matches!(
            report.map(|report| &report.ending),
            Some(Ending::Exported { .. })
        );
        let checked = checked.map(std::slice::from_ref);
        let mut account = Self::verified(caller, checked.unwrap_or_default(), &[]);
        account.export = report.map(ExportShape::new);
        account.summary.in_sync = is_there;
        account
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
                in_sync: false,
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
        self.summary.in_sync = false;
        self
    }

    fn of(plan: &Plan) -> Self {
        Self {
            id: Some(plan.caller.account.to_string()),
            caller: Some(plan.caller.arn.clone()),
            verdict: plan.verdict.as_ref().map(Verdict::new),
            not_read: plan.not_read.clone(),
            ..Self::default()
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
