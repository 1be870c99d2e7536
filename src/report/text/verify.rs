//! Whether the exports of one account would work, as a table of checks, with a line for each trouble below.

use std::fmt::Write;

use crate::model::Caller;
use crate::readiness::{Answer, Check, CheckAnswer, CheckKind, CheckedExport, Party};

use super::account::account_line;
use super::check_table::{Row, Unchecked, table};
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Appends what was found for the only account of a run.
pub fn verify(caller: &Caller, label: Option<&str>, exports: &[CheckedExport], out: &mut String) {
    account_line(caller, label, out);
    out.push('\n');
    table_and_troubles(exports, &CheckKind::ALL, out);
}

/// Appends how the exports of an account that was worked on are now.
pub fn exports(exports: &[CheckedExport], out: &mut String) {
    // Whether there was a dry run is not for the user to say here.
    let kinds: Vec<CheckKind> = CheckKind::ALL
        .into_iter()
        .filter(|kind| *kind != CheckKind::DryRun)
        .collect();
    table_and_troubles(exports, &kinds, out);
}

/// `told` are the checks that are named where they were skipped.
fn table_and_troubles(exports: &[CheckedExport], told: &[CheckKind], out: &mut String) {
    let rows: Vec<Row> = exports.iter().map(Row::new).collect();
    table(rows.iter(), out);
    for (Row { place, .. }, export) in rows.iter().zip(exports) {
        troubles(place, export, out);
    }
    out.push('\n');
    let mut unchecked = Unchecked::default();
    unchecked.add(exports);
    unchecked.say(told, out);
    // The others are told above, with their troubles.
    for (Row { place, .. }, export) in rows.iter().zip(exports) {
        if export.answer() == Answer::Ready {
            let _ = writeln!(out, "{}: {}", Styled(STRONG, place), conclusion(export));
        }
    }
}

fn troubles(place: &str, export: &CheckedExport, out: &mut String) {
    let found: Vec<&Check> = export
        .checks
        .iter()
        .filter(|check| check.is_trouble())
        .collect();
    if found.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  {}: {}", Styled(STRONG, place), conclusion(export));
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
fn conclusion(export: &CheckedExport) -> Styled<String> {
    let of = |answer| {
        let checks = export.checks.iter();
        checks.filter(move |check| check.answer == answer && check.kind != CheckKind::Instances)
    };
    match export.answer() {
        Answer::Ready => Styled(ADD, "ready".to_owned()),
        Answer::Blocked => {
            let error = of(CheckAnswer::Failed).find_map(|check| check.error);
            let error = error.map(|code| format!(", ExportImage would fail with {code}"));
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
