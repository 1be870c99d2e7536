//! Reads the findings of an earlier report, and writes how two reports differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::format::{FORMAT_VERSION, text};
use crate::drift::{AccountChange, Baseline, Earlier, ReportChange, Severity, Since, Standing};
use crate::model::AccountId;

/// A report of `drift` as far as a baseline looks into it.
#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    format_version: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    id: Option<AccountId>,
    findings: Option<Vec<Finding>>,
}

#[derive(Deserialize)]
struct Finding {
    id: String,
    state: String,
    address: String,
    #[serde(default)]
    part: String,
    kind: String,
    severity: Severity,
    sentence: Option<String>,
    acceptance: Option<Acceptance>,
}

#[derive(Deserialize)]
struct Acceptance {
    status: Standing,
}

/// The findings in a report of `drift`. Accounts that could not be read then are left out.
///
/// # Errors
/// What is wrong, when the text is no such report.
pub fn baseline(text: &str) -> Result<Baseline, String> {
    let report: Report =
        serde_json::from_str(text).map_err(|error| format!("is not a report: {error}"))?;
    if report.format_version != FORMAT_VERSION {
        return Err(format!("is not a report of format {FORMAT_VERSION}"));
    }
    if report.kind != "drift" {
        let kind = report.kind.escape_debug();
        return Err(format!(
            "is a report of `{kind}`, a report of `drift` is wanted"
        ));
    }
    let mut accounts = BTreeMap::new();
    for account in report.accounts {
        let (Some(id), Some(findings)) = (account.id, account.findings) else {
            continue;
        };
        let findings = findings.into_iter().map(earlier).collect();
        if accounts.insert(id.clone(), findings).is_some() {
            return Err(format!("has account {id} twice"));
        }
    }
    Ok(Baseline { accounts })
}

fn earlier(finding: Finding) -> Earlier {
    let Finding {
        id,
        state,
        address,
        part,
        kind,
        severity,
        sentence,
        acceptance,
    } = finding;
    Earlier {
        id,
        state,
        address,
        part,
        kind,
        severity,
        sentence,
        was_accepted: acceptance.is_some_and(|found| found.status == Standing::Accepted),
    }
}

/// How two reports of `drift` differ.
#[derive(Serialize)]
struct Difference<'a> {
    format_version: &'static str,
    kind: &'static str,
    accounts: Vec<AccountDifference<'a>>,
    /// Accounts that were read for the first report and not for the second.
    not_read: Vec<&'a AccountId>,
    summary: Counts,
}

#[derive(Serialize)]
struct AccountDifference<'a> {
    id: &'a AccountId,
    new: Vec<&'a Earlier>,
    changed: Vec<&'a Earlier>,
    returned: Vec<&'a Earlier>,
    gone: Vec<&'a Earlier>,
    summary: Counts,
}

#[derive(Serialize, Default)]
struct Counts {
    new: usize,
    changed: usize,
    returned: usize,
    same: usize,
    gone: usize,
}

/// How two reports of `drift` differ, account by account.
#[must_use]
pub fn difference(change: &ReportChange) -> String {
    let mut summary = Counts::default();
    let accounts = change.accounts.iter().map(|(id, change)| {
        let account = AccountDifference::new(id, change);
        summary.add(&account.summary);
        account
    });
    let accounts = accounts.collect();
    text(&Difference {
        format_version: FORMAT_VERSION,
        kind: "diff",
        accounts,
        not_read: change.not_read.iter().collect(),
        summary,
    })
}

impl<'a> AccountDifference<'a> {
    fn new(id: &'a AccountId, change: &'a AccountChange) -> Self {
        let found = |wanted: Since| -> Vec<&Earlier> {
            let found = change.found.iter().filter(|(since, _)| *since == wanted);
            found.map(|(_, finding)| finding).collect()
        };
        let (new, changed, returned) = (
            found(Since::New),
            found(Since::Changed),
            found(Since::Returned),
        );
        Self {
            id,
            summary: Counts {
                new: new.len(),
                changed: changed.len(),
                returned: returned.len(),
                same: found(Since::Same).len(),
                gone: change.gone.len(),
            },
            new,
            changed,
            returned,
            gone: change.gone.iter().collect(),
        }
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        let Self {
            new,
            changed,
            returned,
            same,
            gone,
        } = other;
        self.new += new;
        self.changed += changed;
        self.returned += returned;
        self.same += same;
        self.gone += gone;
    }
}
