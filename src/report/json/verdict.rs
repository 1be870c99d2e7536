//! Would ExportImage work, for programs.

use serde::Serialize;

use crate::plan;
use crate::policy::AccessLine;
use crate::policy::need::{ActionGrant, ExportGrants, Grant, Readiness, StatementName};

#[derive(Serialize)]
pub(super) struct Verdict {
    role: String,
    now: Ready,
    after: Ready,
}

impl Verdict {
    pub(super) fn new(verdict: &plan::Verdict) -> Self {
        let plan::Verdict { role, now, after } = verdict;
        Self {
            role: role.to_string(),
            now: Ready::new(now),
            after: Ready::new(after),
        }
    }
}

/// `ready` is null where it could not be settled.
#[derive(Serialize)]
pub(super) struct Ready {
    ready: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Answer>,
    exports: Vec<Export>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    over_grant: Vec<AccessLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    over_grant_reasons: Vec<String>,
}

#[derive(Serialize)]
struct Export {
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    actions: Vec<Action>,
}

#[derive(Serialize)]
struct Action {
    action: &'static str,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
enum Answer {
    Granted { by: Vec<Statement> },
    Missing { partly: bool, resource: String },
    Denied { by: Statement },
    OnlyWhen { condition: String },
    OnlyInRegion { region: String },
    Unknown { reason: String },
}

/// Statements are counted from 1; an empty policy is the trust policy.
#[derive(Serialize)]
struct Statement {
    policy: String,
    statement: usize,
}

impl Statement {
    fn new(name: &StatementName) -> Self {
        Self {
            policy: name.policy.clone(),
            statement: name.statement + 1,
        }
    }
}

impl Ready {
    pub(super) fn new(readiness: &Readiness) -> Self {
        let Readiness {
            trust,
            exports,
            over_grant,
            over_grant_reasons,
        } = readiness;
        Self {
            ready: readiness.is_ready(),
            error: readiness.error().map(|error| error.to_string()),
            trust: trust.as_ref().map(Answer::new),
            exports: exports.iter().map(Export::new).collect(),
            over_grant: over_grant.clone(),
            over_grant_reasons: over_grant_reasons.clone(),
        }
    }
}

impl Export {
    fn new(export: &ExportGrants) -> Self {
        let ExportGrants {
            bucket,
            prefix,
            actions,
        } = export;
        let action = |grant: &ActionGrant| Action {
            action: grant.action.name,
            answer: Answer::new(&grant.grant),
        };
        Self {
            bucket: bucket.clone(),
            prefix: prefix.clone(),
            actions: actions.iter().map(action).collect(),
        }
    }
}

impl Answer {
    fn new(grant: &Grant) -> Self {
        match grant {
            Grant::Granted { by } => Self::Granted {
                by: by.iter().map(Statement::new).collect(),
            },
            Grant::Missing { witness, partly } => Self::Missing {
                partly: *partly,
                resource: witness.resource.clone(),
            },
            Grant::Denied { by, witness: _ } => Self::Denied {
                by: Statement::new(by),
            },
            Grant::OnlyWhen {
                condition,
                witness: _,
            } => Self::OnlyWhen {
                condition: condition.clone(),
            },
            Grant::OnlyInRegion { region, witness: _ } => Self::OnlyInRegion {
                region: region.clone(),
            },
            Grant::Unknown { reason } => Self::Unknown {
                reason: reason.clone(),
            },
        }
    }
}
