//! The published schema of the reports, as a judge.

use jsonschema::Validator;
use serde_json::Value;

const SCHEMA: &str = include_str!("../../schema/report-1.0.json");

/// Judges reports by the schema, and by a stricter one that knows no key but the published ones: a key that is not in
/// the schema is a promise that nobody can read.
pub(crate) struct Schema {
    strict: Validator,
}

impl Schema {
    pub(crate) fn read() -> Self {
        let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
        jsonschema::meta::validate(&schema).unwrap();
        close(&mut schema);
        Self {
            strict: jsonschema::validator_for(&schema).unwrap(),
        }
    }

    /// What is wrong with a report, one line each.
    pub(crate) fn problems(&self, report: &str) -> Vec<String> {
        let report: Value = serde_json::from_str(report).unwrap();
        let errors = self.strict.iter_errors(&report);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }
}

/// Forbids keys beyond the named ones in every object of the schema.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("type") == Some(&"object".into()) && members.contains_key("properties") {
                members
                    .entry("additionalProperties")
                    .or_insert(Value::Bool(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
