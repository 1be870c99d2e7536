//! What several parts of the page need.

use crate::drift::Severity;
use crate::report::run::{Account, Run};
use crate::visible::visible;

/// From this many accounts on, those with nothing to tell have their row in the table and nothing else.
pub(super) const FLEET: usize = 50;

/// Whether an account has more than its row.
pub(super) fn has_section(run: &Run, account: &Account) -> bool {
    run.accounts.len() < FLEET || !account.findings.is_empty() || account.shape.not_read.is_some()
}

/// The anchor of an account's section, by its place on the page.
pub(super) fn anchor(at: usize) -> String {
    format!("account-{}", at + 1)
}

/// Text from elsewhere; maud escapes what HTML would take for markup.
pub(super) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// The worst severity of what counts, for the filter; `good` where nothing does.
pub(super) fn worst(account: &Account) -> &'static str {
    let worst = Severity::ALL.into_iter().find(|it| account.count(*it) > 0);
    worst.map_or("good", Severity::as_str)
}
