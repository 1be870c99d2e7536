//! The JSON report, format 1.0, as far as other reports look into it. What they do not know is passed over.

use serde::Deserialize;
use serde_json::Value;

use crate::drift::{Severity, Standing};

/// A report over accounts.
#[derive(Debug, Deserialize)]
pub(in crate::report) struct RunShape {
    #[serde(default)]
    pub(in crate::report) format_version: String,
    #[serde(default)]
    pub(in crate::report) kind: String,
    /// The spec, as it was named on the command line.
    pub(in crate::report) spec: Option<String>,
    pub(in crate::report) accounts: Option<Vec<AccountShape>>,
    #[serde(default)]
    pub(in crate::report) unused_acceptances: Vec<UnusedShape>,
}

/// An acceptance of the spec that is about nothing that was found.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct UnusedShape {
    /// The line of the spec with it, from 1.
    pub(in crate::report) line: Option<u64>,
    pub(in crate::report) message: String,
}

/// One account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct AccountShape {
    pub(in crate::report) id: Option<String>,
    pub(in crate::report) alias: Option<String>,
    /// The line of the spec with its entry, from 1.
    pub(in crate::report) line: Option<u64>,
    pub(in crate::report) caller: Option<String>,
    pub(in crate::report) changes: Vec<ChangeShape>,
    pub(in crate::report) steps: Vec<StepShape>,
    pub(in crate::report) findings: Vec<FindingShape>,
    pub(in crate::report) roles: Vec<RoleShape>,
    pub(in crate::report) verdict: Option<VerdictShape>,
    /// Of `verify`.
    pub(in crate::report) exports: Vec<CheckedExport>,
    /// Of `verify`.
    pub(in crate::report) imports: Vec<CheckedImport>,
    pub(in crate::report) not_read: Option<String>,
    pub(in crate::report) errors: Vec<ProblemShape>,
}

/// A role as it was read; `None` in place of what is not understood.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct RoleShape {
    pub(in crate::report) name: String,
    pub(in crate::report) trusted_by: Option<Vec<TrustedShape>>,
    pub(in crate::report) policies: Vec<PolicyShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct TrustedShape {
    pub(in crate::report) effect: String,
    pub(in crate::report) kind: String,
    pub(in crate::report) id: String,
    pub(in crate::report) conditional: bool,
}

/// An attached policy.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct PolicyShape {
    pub(in crate::report) name: String,
    pub(in crate::report) resource_group: Option<String>,
    pub(in crate::report) statements: Option<Vec<StatementShape>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct StatementShape {
    pub(in crate::report) effect: String,
    pub(in crate::report) not_actions: bool,
    pub(in crate::report) actions: Vec<String>,
    pub(in crate::report) not_resources: bool,
    pub(in crate::report) resources: Vec<String>,
    pub(in crate::report) conditional: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct ProblemShape {
    pub(in crate::report) message: String,
    pub(in crate::report) hint: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::report) struct FindingShape {
    pub(in crate::report) id: String,
    pub(in crate::report) address: String,
    #[serde(default)]
    pub(in crate::report) part: String,
    pub(in crate::report) kind: String,
    #[serde(deserialize_with = "severity")]
    pub(in crate::report) severity: Severity,
    pub(in crate::report) live: Option<Value>,
    pub(in crate::report) spec: Option<Value>,
    pub(in crate::report) access: Option<AccessShape>,
    /// The sentence of `never` that it is about.
    pub(in crate::report) sentence: Option<String>,
    pub(in crate::report) acceptance: Option<Acceptance>,
    /// How it stands to an earlier report: `new`, `changed`, `returned` or `same`.
    pub(in crate::report) baseline: Option<String>,
}

/// What the spec says about taking a finding as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct Acceptance {
    /// The finding counts unless this is `accepted`; `None` for a word that is not known.
    #[serde(deserialize_with = "standing")]
    pub(in crate::report) status: Option<Standing>,
    pub(in crate::report) reason: String,
    pub(in crate::report) owner: Option<String>,
    pub(in crate::report) until: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct AccessShape {
    pub(in crate::report) verdict: String,
    pub(in crate::report) gained: Vec<LineShape>,
    pub(in crate::report) lost: Vec<LineShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct LineShape {
    pub(in crate::report) text: String,
    pub(in crate::report) actions: Vec<PatternShape>,
    pub(in crate::report) resources: Vec<PatternShape>,
    pub(in crate::report) principals: Vec<PrincipalShape>,
    pub(in crate::report) witness: Option<WitnessShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct PatternShape {
    pub(in crate::report) pattern: String,
}

/// A request that proves a line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct WitnessShape {
    pub(in crate::report) action: String,
    pub(in crate::report) resource: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct PrincipalShape {
    pub(in crate::report) id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct ChangeShape {
    pub(in crate::report) address: String,
    pub(in crate::report) action: String,
    pub(in crate::report) reason: String,
    pub(in crate::report) fields: Vec<FieldShape>,
    /// Of an attachment.
    pub(in crate::report) access: Option<AccessShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct FieldShape {
    pub(in crate::report) name: String,
    pub(in crate::report) before: Option<Value>,
    pub(in crate::report) after: Option<Value>,
    pub(in crate::report) access: Option<AccessShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct StepShape {
    pub(in crate::report) operation: String,
    pub(in crate::report) subject: SubjectShape,
    /// Absent where the step was only planned.
    pub(in crate::report) outcome: Option<String>,
    pub(in crate::report) error: Option<ProblemShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct SubjectShape {
    pub(in crate::report) role: Option<String>,
    pub(in crate::report) policy: Option<String>,
    pub(in crate::report) policy_type: Option<String>,
    pub(in crate::report) version: Option<String>,
    pub(in crate::report) resource_group: Option<String>,
}

impl SubjectShape {
    /// Everything it names.
    pub(in crate::report) fn words(&self) -> String {
        let Self {
            role,
            policy,
            policy_type: _,
            version,
            resource_group,
        } = self;
        let named = [role, policy, version, resource_group];
        let named: Vec<&str> = named.into_iter().flatten().map(String::as_str).collect();
        named.join(" ")
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct VerdictShape {
    pub(in crate::report) role: String,
    pub(in crate::report) now: ReadyShape,
    pub(in crate::report) after: ReadyShape,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct ReadyShape {
    pub(in crate::report) answer: String,
    pub(in crate::report) error: Option<String>,
    pub(in crate::report) trust: Option<OutcomeShape>,
    pub(in crate::report) exports: Vec<ExportShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct ExportShape {
    pub(in crate::report) bucket: Option<String>,
    pub(in crate::report) prefix: Option<String>,
    pub(in crate::report) actions: Vec<OutcomeShape>,
}

/// The answer for one action, or for the trust, which names none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct OutcomeShape {
    pub(in crate::report) action: String,
    pub(in crate::report) answer: String,
    pub(in crate::report) reason: String,
    pub(in crate::report) on: Vec<FactorShape>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct FactorShape {
    pub(in crate::report) text: String,
}

/// One export of `verify`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct CheckedExport {
    pub(in crate::report) region: Option<String>,
    pub(in crate::report) bucket: Option<String>,
    pub(in crate::report) prefix: Option<String>,
    pub(in crate::report) image: Option<String>,
    pub(in crate::report) answer: String,
    pub(in crate::report) checks: Vec<Check>,
}

/// One import of `verify`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct CheckedImport {
    pub(in crate::report) region: Option<String>,
    pub(in crate::report) bucket: Option<String>,
    pub(in crate::report) object: Option<String>,
    pub(in crate::report) answer: String,
    pub(in crate::report) checks: Vec<Check>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::report) struct Check {
    pub(in crate::report) check: String,
    pub(in crate::report) answer: String,
    pub(in crate::report) error: Option<String>,
    pub(in crate::report) message: Option<String>,
    pub(in crate::report) settle: Option<String>,
}

/// A word that is not known is taken for a severe one.
fn severity<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Severity, D::Error> {
    let word = String::deserialize(source)?;
    let known = Severity::ALL
        .into_iter()
        .find(|severity| severity.as_str() == word);
    Ok(known.unwrap_or(Severity::High))
}

fn standing<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<Standing>, D::Error> {
    let word = Value::deserialize(source)?;
    Ok(Standing::deserialize(word).ok())
}
