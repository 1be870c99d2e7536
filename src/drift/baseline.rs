//! What was found before, to tell new findings from those that are still there, and to name those that are gone.

use std::collections::BTreeMap;

use super::finding::{DriftReport, Finding};
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
            finding.since = Some(before.map_or(Since::New, |before| since(before, finding)));
        }
        let is_gone = |before: &&Earlier| !self.findings.iter().any(|now| now.id == before.id);
        self.gone = Some(earlier.iter().filter(is_gone).cloned().collect());
    }
}

fn since(before: &Earlier, now: &Finding) -> Since {
    match (
        before.state == now.state,
        before.was_accepted && !now.is_accepted(),
    ) {
        (false, _) => Since::Changed,
        (true, true) => Since::Returned,
        (true, false) => Since::Same,
    }
}
