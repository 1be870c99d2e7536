//! The contract of the reports, for one kind of them.

use serde_json::{Value, json};

/// The contract of all reports.
const ALL: &str = include_str!("../../../schema/report-1.0.json");

/// A command whose reports have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// `plan`.
    Plan,
    /// `apply`.
    Apply,
    /// `destroy`.
    Destroy,
    /// `drift`.
    Drift,
    /// `verify`.
    Verify,
}

impl ReportKind {
    /// The word for it, the `kind` of its reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Destroy => "destroy",
            Self::Drift => "drift",
            Self::Verify => "verify",
        }
    }
}

/// The JSON Schema of one kind of report: the contract of all, held to that kind.
///
/// # Errors
/// None that can happen: a test makes each.
pub fn schema_of(kind: ReportKind) -> Result<String, serde_json::Error> {
    let mut schema: Value = serde_json::from_str(ALL)?;
    if let Some(members) = schema.as_object_mut() {
        let kind = kind.as_str();
        let title = format!("Reports of export-iam {kind}, format 1.0");
        members.insert("title".to_owned(), json!(title));
        members.remove("oneOf");
        members.insert("$ref".to_owned(), json!("#/$defs/run"));
        members.insert(
            "properties".to_owned(),
            json!({ "kind": { "const": kind } }),
        );
    }
    let mut text = serde_json::to_string_pretty(&schema)?;
    text.push('\n');
    Ok(text)
}
