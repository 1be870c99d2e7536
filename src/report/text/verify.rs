//! Whether the exports and imports of one account would work, as a table of checks, with a line for each trouble below.

use std::fmt::Write;

use crate::model::{Caller, ImageOperation};
use crate::readiness::{Answer, Check, CheckAnswer, CheckKind, CheckedExport, Party, answer_of};

use super::account::account_line;
use super::check_table::{Row, Unchecked, Verified, table};
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Appends what was found for the only account of a run.
pub fn verify(caller: &Caller, label: Option<&str>, found: Verified<'_>, out: &mut String) {
    account_line(caller, label, out);
    out.push('\n');
    table_and_troubles(found, &CheckKind::ALL, out);
}

/// Appends how the exports of an account that was worked on are now.
pub fn exports(exports: &[CheckedExport], out: &mut String) {
    // Whether there was a dry run is not for the user to say here.
    let kinds: Vec<CheckKind> = CheckKind::ALL
        .into_iter()
        .filter(|kind| *kind != CheckKind::DryRun)
        .collect();
    let found = Verified {
        exports,
        imports: &[],
    };
    table_and_troubles(found, &kinds, out);
}

/// `told` are the checks that are named where they were skipped.
fn table_and_troubles(found: Verified<'_>, told: &[CheckKind], out: &mut String) {
    let rows = found.rows();
    table(rows.iter(), out);
    for (Row { place, .. }, (operation, checks)) in rows.iter().zip(found.all()) {
        troubles(place, operation, checks, out);
    }
    out.push('\n');
    let mut unchecked = Unchecked::default();
    unchecked.add(found);
    unchecked.say(told, out);
    // The others are told above, with their troubles.
    for (Row { place, .. }, (operation, checks)) in rows.iter().zip(found.all()) {
        if answer_of(checks) == Answer::Ready {
            let ready = conclusion(operation, checks);
            let _ = writeln!(out, "{}: {ready}", Styled(STRONG, place));
        }
    }
}

fn troubles(place: &str, operation: ImageOperation, checks: &[Check], out: &mut String) {
    let found = checks.iter().filter(|check| check.is_trouble());
    let found: Vec<&Check> = found.collect();
    if found.is_empty() {
        return;
    }
    let conclusion = conclusion(operation, checks);
    let _ = writeln!(out, "\n  {}: {conclusion}", Styled(STRONG, place));
    for check in found {
        trouble(check, |_| (), out);
    }
}

/// Appends one trouble. `places` says where it is.
pub(super) fn trouble(check: &Check, places: impl FnOnce(&mut String), out: &mut String) {
    let (style, mark) = match check.answer {
        CheckAnswer::Failed => (REMOVE, "NO"),
        CheckAnswer::Depends => (CHANGE, "? "),
        CheckAnswer::Passed | CheckAnswer::Skipped => (DIM, "ok"),
    };
    let error = match (check.answer, check.error) {
        (CheckAnswer::Failed, Some(code)) => format!(" ({code})"),
        (CheckAnswer::Depends, Some(code)) => format!(" (may cause {code})"),
        _ => String::new(),
    };
    let _ = writeln!(
        out,
        "    {} {}: {}{error}",
        Styled(style, mark),
        check.kind.as_str(),
        safe(&check.message)
    );
    places(out);
    if let Some(settle) = &check.settle {
        let line = format!("       to settle it: {}", safe(settle));
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
    if let Some(who) = check.who.filter(|who| *who != Party::Apply) {
        let line = format!("       who can: {who}; `apply` cannot");
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
}

/// The answer, with its reason.
fn conclusion(operation: ImageOperation, checks: &[Check]) -> Styled<String> {
    let of = |answer| {
        let checks = checks.iter();
        checks.filter(move |check| check.answer == answer && check.kind != CheckKind::Instances)
    };
    match answer_of(checks) {
        Answer::Ready => Styled(ADD, "ready".to_owned()),
        Answer::Blocked => {
            let error = of(CheckAnswer::Failed).find_map(|check| check.error);
            let error = error.map(|code| format!(", {} would fail with {code}", operation.name()));
            Styled(REMOVE, format!("blocked{}", error.unwrap_or_default()))
        }
        Answer::Depends => {
            let kinds: Vec<&str> = of(CheckAnswer::Depends)
                .map(|check| check.kind.as_str())
                .collect();
            Styled(CHANGE, format!("depends on {}", kinds.join(", ")))
        }
    }
}
