//! What was found before, to tell new findings from those that are still there, and to name those that are gone.

use std::collections::BTreeMap;

use super::finding::DriftReport;
use super::standing::{Earlier, Since};
use crate::model::AccountId;

/// The findings of an earlier report, by account. An account that could not be read then is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// The findings of each account.
    pub accounts: BTreeMap<AccountId, Vec<Earlier>>,
}

impl DriftReport {
    /// Sorts the findings of `account` into new ones, those still there, and those gone. Acceptances come first:
    /// a finding that was accepted then and is not today has returned.
    pub fn since(&mut self, baseline: &Baseline, account: &AccountId) {
        let earlier = baseline
            .accounts
            .get(account)
            .map_or(&[][..], Vec::as_slice);
        for finding in &mut self.findings {
            let before = earlier.iter().find(|before| before.id == finding.id);
            finding.since = Some(before.map_or(Since::New, |before| {
                since(before, &finding.state, finding.is_accepted())
            }));
        }
        let is_gone = |before: &&Earlier| !self.findings.iter().any(|now| now.id == before.id);
        self.gone = Some(earlier.iter().filter(is_gone).cloned().collect());
    }
}

/// How the findings of two reports differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportChange {
    /// Each account of the second report.
    pub accounts: BTreeMap<AccountId, AccountChange>,
    /// Accounts of the first report alone; what became of their findings is not known.
    pub not_read: Vec<AccountId>,
}

/// How the findings of one account differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountChange {
    /// The findings of the second report.
    pub found: Vec<(Since, Earlier)>,
    /// Those of the first report alone.
    pub gone: Vec<Earlier>,
}

impl ReportChange {
    /// Whether nothing is new, changed, returned or gone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.values().all(|account| {
            let mut found = account.found.iter();
            account.gone.is_empty() && found.all(|(since, _)| *since == Since::Same)
        })
    }
}

impl Baseline {
    /// How the findings of a later report differ from these.
    #[must_use]
    pub fn changes_to(&self, later: &Self) -> ReportChange {
        let accounts = later.accounts.iter().map(|(account, findings)| {
            let before = self.accounts.get(account).map_or(&[][..], Vec::as_slice);
            let found = findings.iter().map(|now| {
                let known = before.iter().find(|before| before.id == now.id);
                let since = known.map_or(Since::New, |before| {
                    since(before, &now.state, now.was_accepted)
                });
                (since, now.clone())
            });
            let is_gone = |before: &&Earlier| !findings.iter().any(|now| now.id == before.id);
            let change = AccountChange {
                found: found.collect(),
                gone: before.iter().filter(is_gone).cloned().collect(),
            };
            (account.clone(), change)
        });
        let is_unread = |account: &&AccountId| !later.accounts.contains_key(*account);
        ReportChange {
            accounts: accounts.collect(),
            not_read: self.accounts.keys().filter(is_unread).cloned().collect(),
        }
    }
}

fn since(before: &Earlier, state: &str, is_accepted: bool) -> Since {
    match (before.state == state, before.was_accepted && !is_accepted) {
        (false, _) => Since::Changed,
        (true, true) => Since::Returned,
        (true, false) => Since::Same,
    }
}
