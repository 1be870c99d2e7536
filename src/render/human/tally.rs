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
}

/// Appends the line. `kind` is the command.
pub fn tally(kind: &str, tally: &Tally, out: &mut String) {
    let Tally {
        accounts,
        settled,
        differing,
    } = tally;
    let failed = accounts - settled - differing;
    let line = match kind {
        "plan" => format!(
            "{accounts} accounts: {settled} with nothing to do, {differing} with changes, {failed} not read."
        ),
        "drift" => format!(
            "{accounts} accounts: {settled} in sync, {differing} drifted, {failed} not read."
        ),
        _ => format!("{accounts} accounts: {settled} done, {failed} failed."),
    };
    let _ = writeln!(out, "{}", Styled(STRONG, line));
}
