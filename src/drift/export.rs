//! Whether exports are blocked, as a finding of its own: the role may be as the spec says, and still not do.

use super::finding::{DriftKind, Finding};
use super::identity::{digest, id};
use super::severity::Severity;
use crate::model::{AccountId, Address};
use crate::plan::Verdict;
use crate::readiness::{Answer, Readiness};

/// Nothing where exports work, nor where the spec itself leaves open whether they do.
pub(super) fn finding(account: &AccountId, verdict: &Verdict) -> Option<Finding> {
    let Verdict {
        role, now, after, ..
    } = verdict;
    let (kind, severity) = match (now.answer(), after.answer()) {
        (Answer::Blocked, _) => (DriftKind::ExportBlocked, Severity::High),
        (Answer::Depends, Answer::Ready) => (DriftKind::ExportDepends, Severity::Medium),
        (Answer::Ready | Answer::Depends, _) => return None,
    };
    let address = Address::Role(role.clone());
    Some(Finding {
        id: id(account, &address, "", kind),
        state: digest(obstacles(now)),
        address,
        part: "",
        kind,
        severity,
        live: None,
        spec: None,
        access: None,
        sentence: None,
        acceptance: None,
        since: None,
    })
}

/// What keeps exports from working, for the state: the trust, and each action of each export.
fn obstacles(readiness: &Readiness) -> Vec<String> {
    let trust = readiness
        .trust
        .as_ref()
        .map(|trust| trust.answer().as_str());
    let mut obstacles = vec![trust.unwrap_or("no role").to_owned()];
    for export in &readiness.exports {
        let place = (&export.bucket, &export.prefix);
        for action in &export.actions {
            let answer = action.outcome.answer();
            if answer != Answer::Ready {
                obstacles.push(format!(
                    "{place:?} {} {}",
                    action.action.name,
                    answer.as_str()
                ));
            }
        }
    }
    obstacles
}
