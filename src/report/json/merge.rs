//! Joins the reports of the parts of a fleet into the report that one run would have given.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::format::{FORMAT_VERSION, text};
use super::report::{Report, UnusedAcceptance};
use super::summary::Summary;

/// Why reports cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeError {
    /// Which report, from 0.
    pub report: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// A report as far as joining looks into it. What it does not know passes through in the accounts.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(default)]
    format_version: String,
    #[serde(default)]
    kind: String,
    spec: Option<String>,
    #[serde(borrow)]
    accounts: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    unused_acceptances: Vec<UnusedAcceptance>,
}

/// One account's place, name and counts.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    index: u64,
    id: Option<String>,
    #[serde(default)]
    summary: Summary,
}

/// Joins reports of one kind. Accounts come out in the order of the spec, each as it was written.
///
/// # Errors
/// When a text is no report of this format, the kinds differ, or an account is in two reports.
pub fn merge(texts: &[String]) -> Result<String, MergeError> {
    let mut kind: Option<String> = None;
    let mut accounts: Vec<(u64, &RawValue)> = Vec::new();
    let mut specs = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut summary = Summary::default();
    let mut unused = Vec::new();
    for (report, text) in texts.iter().enumerate() {
        let fail = |problem: String| MergeError { report, problem };
        let part: Part<'_> = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
        if part.format_version != FORMAT_VERSION {
            return Err(fail(format!("not a report of format {FORMAT_VERSION}")));
        }
        let first = kind.get_or_insert_with(|| part.kind.clone());
        if *first != part.kind {
            let found = &part.kind;
            return Err(fail(format!("of kind `{found}`, the first is `{first}`")));
        }
        specs.insert(part.spec);
        unused.extend(part.unused_acceptances);
        let Some(part) = part.accounts else {
            return Err(fail("has no accounts".to_owned()));
        };
        for account in part {
            let head: Head =
                serde_json::from_str(account.get()).map_err(|error| fail(error.to_string()))?;
            if let Some(id) = head.id
                && !ids.insert(id.clone())
            {
                return Err(fail(format!("account {id} is in an earlier report too")));
            }
            summary.add(&head.summary);
            accounts.push((head.index, account));
        }
    }
    accounts.sort_by_key(|(index, _)| *index);
    let accounts: Vec<&RawValue> = accounts.into_iter().map(|(_, account)| account).collect();
    // Parts of different specs have none in common.
    let spec = specs.pop_first().filter(|_| specs.is_empty()).flatten();
    let kind = kind.unwrap_or_default();
    let report = Report::of(&kind, spec.as_deref(), accounts, summary);
    Ok(text(&report.with_unused(unused)))
}
