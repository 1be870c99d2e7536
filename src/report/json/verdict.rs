//! Would ExportImage work, for programs.

use serde::Serialize;

use crate::model::ImageOperation;
use crate::plan;
use crate::policy::{AccessLine, Condition, Effect};
use crate::readiness::{
    ActionAnswer, ExportAnswer, Factor, Outcome, Readiness, Refusal, Remedy, StatementName,
};

#[derive(Serialize)]
pub(super) struct Verdict {
    role: String,
    now: Ready,
    after: Ready,
    /// What settles that which the steps leave in the way, and who can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remedies: Vec<RemedyShape>,
}

#[derive(Serialize)]
struct RemedyShape {
    who: &'static str,
    settle: String,
}

impl Verdict {
    pub(super) fn new(verdict: &plan::Verdict) -> Self {
        let plan::Verdict {
            role,
            now,
            after,
            remedies,
        } = verdict;
        let remedies = remedies.iter().map(|Remedy { who, settle }| RemedyShape {
            who: who.as_str(),
            settle: settle.clone(),
        });
        Self {
            role: role.to_string(),
            now: Ready::new(now),
            after: Ready::new(after),
            remedies: remedies.collect(),
        }
    }
}

/// `answer` is `ready`, `blocked` or `depends`; `ready` is null where it depends.
#[derive(Serialize)]
pub(super) struct Ready {
    answer: &'static str,
    ready: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<OutcomeShape>,
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
    outcome: OutcomeShape,
}

#[derive(Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
enum OutcomeShape {
    /// `by` names the statements that grant it.
    Ready {
        by: Vec<Statement>,
    },
    Blocked {
        #[serde(flatten)]
        why: Why,
        /// A resource on which it is refused; none for the trust.
        #[serde(skip_serializing_if = "String::is_empty")]
        resource: String,
    },
    Depends {
        on: Vec<FactorShape>,
    },
}

#[derive(Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Why {
    NotGranted { partly: bool },
    Denied { by: Statement },
    ConditionFails { by: Statement, condition: Condition },
}

/// One thing that decides; `text` and `settle` are for people.
#[derive(Serialize)]
struct FactorShape {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Statement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    spellings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    text: String,
    settle: String,
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
            answer: readiness.answer().as_str(),
            ready: readiness.is_ready(),
            error: readiness.error().map(|error| error.to_string()),
            trust: trust.as_ref().map(OutcomeShape::new),
            exports: exports.iter().map(Export::new).collect(),
            over_grant: over_grant.clone(),
            over_grant_reasons: over_grant_reasons.clone(),
        }
    }
}

impl Export {
    fn new(export: &ExportAnswer) -> Self {
        let ExportAnswer {
            bucket,
            prefix,
            actions,
        } = export;
        let action = |answer: &ActionAnswer| Action {
            action: answer.action.name,
            outcome: OutcomeShape::new(&answer.outcome),
        };
        Self {
            bucket: bucket.clone(),
            prefix: prefix.clone(),
            actions: actions.iter().map(action).collect(),
        }
    }
}

impl OutcomeShape {
    fn new(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Granted { by } => Self::Ready {
                by: by.iter().map(Statement::new).collect(),
            },
            Outcome::Refused { why, witness } => Self::Blocked {
                why: Why::new(why),
                resource: witness.resource.clone(),
            },
            Outcome::Depends { on } => Self::Depends {
                on: on.iter().map(FactorShape::new).collect(),
            },
        }
    }
}

impl Why {
    fn new(why: &Refusal) -> Self {
        match why {
            Refusal::NotGranted { partly } => Self::NotGranted { partly: *partly },
            Refusal::Denied { by } => Self::Denied {
                by: Statement::new(by),
            },
            Refusal::ConditionFails { by, condition } => Self::ConditionFails {
                by: Statement::new(by),
                condition: condition.clone(),
            },
        }
    }
}

impl FactorShape {
    fn new(factor: &Factor) -> Self {
        let mut shape = Self {
            kind: factor.kind(),
            by: None,
            effect: None,
            condition: None,
            keys: Vec::new(),
            spellings: Vec::new(),
            accounts: Vec::new(),
            policy: None,
            text: factor.what(),
            settle: factor.settle(ImageOperation::Export),
        };
        match factor {
            Factor::Condition {
                by,
                effect,
                condition,
                keys,
            } => {
                shape.by = Some(Statement::new(by));
                shape.effect = Some(Effect::as_str(*effect));
                shape.condition = Some(condition.clone());
                shape.keys.clone_from(keys);
            }
            Factor::Doubt {
                by,
                effect,
                doubt: _,
            } => {
                shape.by = Some(Statement::new(by));
                shape.effect = Some(Effect::as_str(*effect));
            }
            Factor::Owner { accounts } => shape.accounts.clone_from(accounts),
            Factor::Region { spellings } => shape.spellings.clone_from(spellings),
            Factor::UnreadPolicy { policy, why: _ } => shape.policy = Some(policy.clone()),
            Factor::NotUnderstood { by, part: _ } => shape.by = by.as_ref().map(Statement::new),
            Factor::Bucket
            | Factor::Object
            | Factor::UnreadTrust
            | Factor::Language
            | Factor::TooComplex => {}
        }
        shape
    }
}
