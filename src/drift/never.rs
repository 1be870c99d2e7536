//! Sentences that must hold whatever else changes, and do not hold in the account, as findings.

use super::finding::{DriftKind, Finding};
use super::identity::{digest, id_of};
use super::severity::Severity;
use crate::model::{AccountId, Address};
use crate::plan::Breach;
use crate::policy::AccessLine;

/// The part of a role that such findings are about.
const PART: &str = "never";

/// The finding on one sentence.
pub(super) fn finding(account: &AccountId, breach: Breach) -> Finding {
    let (kind, severity) = match breach.is_proven {
        true => (DriftKind::NeverBroken, Severity::Critical),
        false => (DriftKind::NeverUnproven, Severity::High),
    };
    let address = Address::Role(breach.never.role.clone());
    let sentence = breach.never.forbidden.to_string();
    let given = breach.access.gained.iter().map(words);
    Finding {
        id: id_of(account, &address, PART, kind, &sentence),
        state: digest(given.chain(breach.access.reasons.iter().cloned())),
        address,
        part: PART,
        kind,
        severity,
        live: None,
        spec: None,
        access: Some(breach.access),
        sentence: Some(sentence),
        acceptance: None,
        since: None,
    }
}

/// What one line is about, for the state.
fn words(line: &AccessLine) -> String {
    let patterns = line.actions.iter().chain(line.targets.patterns());
    let patterns = patterns.map(|pattern| {
        let except = pattern.except.iter().map(|except| except.pattern.as_str());
        format!("{} but {:?}", pattern.pattern, except.collect::<Vec<_>>())
    });
    let condition = line.condition.as_ref().map(ToString::to_string);
    format!("{:?} {condition:?}", patterns.collect::<Vec<_>>())
}
