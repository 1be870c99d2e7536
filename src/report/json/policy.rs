//! Answers of the policy engine, for programs.

use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::format::{FORMAT_VERSION, text};
use super::verdict::Ready;
use crate::policy::lint::Finding;
use crate::policy::{AccessLine, Comparison, PolicyDocument, Verdict};
use crate::readiness::Readiness;

#[derive(Serialize)]
struct Compared<'a> {
    format_version: &'static str,
    kind: &'static str,
    effective: Answer<'a>,
    drop_in: Answer<'a>,
    gained: &'a [AccessLine],
    lost: &'a [AccessLine],
}

#[derive(Serialize)]
struct Answer<'a> {
    verdict: Verdict,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    reasons: &'a [String],
}

impl<'a> Answer<'a> {
    fn new(comparison: &'a Comparison) -> Self {
        Self {
            verdict: comparison.verdict,
            reasons: &comparison.reasons,
        }
    }
}

/// The answer of `policy compare`: verdicts of WANTED relative to LIVE, and what is gained and lost in company.
#[must_use]
pub fn comparison(effective: &Comparison, drop_in: &Comparison) -> String {
    text(&Compared {
        format_version: FORMAT_VERSION,
        kind: "comparison",
        effective: Answer::new(effective),
        drop_in: Answer::new(drop_in),
        gained: &drop_in.gained,
        lost: &drop_in.lost,
    })
}

/// The answer of `policy check`.
#[must_use]
pub fn check(readiness: &Readiness) -> String {
    #[derive(Serialize)]
    struct Checked {
        format_version: &'static str,
        kind: &'static str,
        verdict: Ready,
    }
    text(&Checked {
        format_version: FORMAT_VERSION,
        kind: "check",
        verdict: Ready::new(readiness),
    })
}

/// The answer of `policy lint`.
#[must_use]
pub fn lint(found: &[(String, Vec<Finding>)]) -> String {
    let findings = found.iter().flat_map(|(file, findings)| {
        findings.iter().map(move |finding| {
            json!({
                "file": file,
                "line": finding.place.line,
                "column": finding.place.column,
                "rule": finding.rule.id,
                "severity": finding.rule.severity.as_str(),
                "message": finding.message,
                "fix": finding.fix_text(),
            })
        })
    });
    let findings: Vec<serde_json::Value> = findings.collect();
    text(&json!({ "format_version": FORMAT_VERSION, "kind": "lint", "findings": findings }))
}

/// The answer of `policy show`.
#[must_use]
pub fn document(name: &str, description: &str, pretty: &str, access: &Comparison) -> String {
    #[derive(Serialize)]
    struct Shown<'a> {
        format_version: &'static str,
        kind: &'static str,
        name: &'a str,
        description: &'a str,
        document: &'a str,
        access: &'a Comparison,
    }
    text(&Shown {
        format_version: FORMAT_VERSION,
        kind: "policy",
        name,
        description,
        document: pretty,
        access,
    })
}

/// The answer of `permissions`: policies with who is to have them, and what to know about them.
#[must_use]
pub fn permissions(policies: &[(&str, PolicyDocument)], notes: &[String]) -> String {
    #[derive(Serialize)]
    struct Permissions<'a> {
        format_version: &'static str,
        kind: &'static str,
        policies: Vec<Policy<'a>>,
        notes: &'a [String],
    }
    #[derive(Serialize)]
    struct Policy<'a> {
        r#for: &'a str,
        document: Option<Box<RawValue>>,
    }
    let policies = policies.iter().map(|(holder, document)| Policy {
        r#for: holder,
        document: RawValue::from_string(document.to_json()).ok(),
    });
    super::text(&Permissions {
        format_version: FORMAT_VERSION,
        kind: "permissions",
        policies: policies.collect(),
        notes,
    })
}
