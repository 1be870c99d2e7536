//! The last line of a report over many accounts.

use std::fmt::Write;

use super::style::{STRONG, Styled};

/// How many accounts ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub accounts: usize,
    /// As the spec wants them.
    pub settled: usize,
    /// Read, and not as the spec wants them.
    pub differing: usize,
    /// Not begun, because the run was to stop.
    pub not_begun: usize,
}

/// Appends the line. `kind` is the command.
pub fn tally(kind: &str, tally: &Tally, out: &mut String) {
    let Tally {
        accounts,
        settled,
        differing,
        not_begun,
    } = tally;
    let failed = accounts.saturating_sub(settled + differing + not_begun);
    let line = match kind {
        "plan" => format!(
            "{accounts} accounts: {settled} with nothing to do, {differing} with changes, {failed} not read."
        ),
        "drift" => format!(
            "{accounts} accounts: {settled} in sync, {differing} drifted, {failed} not read."
        ),
        "verify" => format!(
            "{accounts} accounts: {settled} ready, {differing} blocked, {failed} that depend or were not read."
        ),
        _ if *not_begun > 0 => {
            format!("{accounts} accounts: {settled} done, {failed} failed, {not_begun} not begun.")
        }
        _ if *differing > 0 => format!(
            "{accounts} accounts: {settled} done, {differing} done with exports still blocked, {failed} failed."
        ),
        _ => format!("{accounts} accounts: {settled} done, {failed} failed."),
    };
    let _ = writeln!(out, "{}", Styled(STRONG, line));
}
