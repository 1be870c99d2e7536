//! Joins the reports of the parts of a fleet into the report that one run would have given.

use serde_json::{Map, Value};

use super::FORMAT_VERSION;

/// Why reports cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeError {
    /// Which report, from 0.
    pub report: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// Joins reports of one kind. Accounts come out in the order of the spec.
///
/// # Errors
/// When a text is no report of this format, the kinds differ, or an account is in two reports.
pub fn merge(texts: &[String]) -> Result<String, MergeError> {
    let mut kind: Option<String> = None;
    let mut accounts: Vec<Value> = Vec::new();
    for (report, text) in texts.iter().enumerate() {
        let fail = |problem: String| MergeError { report, problem };
        let value: Value = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
        if value.get("format_version").and_then(Value::as_str) != Some(FORMAT_VERSION) {
            return Err(fail(format!("not a report of format {FORMAT_VERSION}")));
        }
        let found = value
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        match &kind {
            Some(kind) if *kind != found => {
                return Err(fail(format!("of kind `{found}`, the first is `{kind}`")));
            }
            _ => kind = Some(found),
        }
        let Some(Value::Array(part)) = value.get("accounts") else {
            return Err(fail("has no accounts".to_owned()));
        };
        for account in part {
            let id = account.get("id");
            if id.is_some() && accounts.iter().any(|other| other.get("id") == id) {
                let id = id.and_then(Value::as_str).unwrap_or_default();
                return Err(fail(format!("account {id} is in an earlier report too")));
            }
            accounts.push(account.clone());
        }
    }
    accounts.sort_by_key(|account| account.get("index").and_then(Value::as_u64));
    let mut merged = Map::new();
    merged.insert("format_version".to_owned(), FORMAT_VERSION.into());
    merged.insert("kind".to_owned(), kind.unwrap_or_default().into());
    merged.insert("summary".to_owned(), sum(&accounts));
    merged.insert("accounts".to_owned(), Value::Array(accounts));
    Ok(serde_json::to_string_pretty(&Value::Object(merged))
        .map(|text| text + "\n")
        .unwrap_or_default())
}

/// The sum of the accounts' own summaries, count by count.
fn sum(accounts: &[Value]) -> Value {
    let mut total: Map<String, Value> = Map::new();
    for account in accounts {
        for (name, count) in account
            .get("summary")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let before = total.get(name).and_then(Value::as_u64).unwrap_or(0);
            total.insert(name.clone(), (before + count.as_u64().unwrap_or(0)).into());
        }
    }
    Value::Object(total)
}
