//! Whether exports would work, as a table of checks, with a line for each trouble below.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use crate::model::{BucketName, Caller, ExportQuestion, ObjectPrefix, RegionId};
use crate::readiness::{Answer, Check, CheckAnswer, CheckKind, CheckedExport, Party};

use super::account::account_line;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// How many exports are named that share a trouble; the table shows the others.
const NAMED: usize = 5;

/// What is said of each export: a word, and the checks behind it. The worst of them is shown.
const GROUPS: &[(&str, &[CheckKind])] = &[
    ("role", &[CheckKind::Role]),
    ("trust", &[CheckKind::Trust]),
    ("permissions", &[CheckKind::Permissions]),
    (
        "bucket",
        &[
            CheckKind::Bucket,
            CheckKind::BucketRegion,
            CheckKind::BucketEncryption,
        ],
    ),
    ("bucket-policy", &[CheckKind::BucketPolicy]),
    ("control-policy", &[CheckKind::ControlPolicy]),
    (
        "image",
        &[
            CheckKind::Image,
            CheckKind::ImageStatus,
            CheckKind::ImageDisks,
            CheckKind::ImageEncryption,
            CheckKind::ImageOrigin,
        ],
    ),
    ("format", &[CheckKind::Format, CheckKind::Prefix]),
    ("instances", &[CheckKind::Instances]),
    ("dry-run", &[CheckKind::DryRun]),
];

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
    let rows = rows(&[(String::new(), exports)]);
    table(&rows, out);
    for row in &rows {
        troubles(row, out);
    }
    out.push('\n');
    skipped(&rows, told, out);
    // The others are told above, with their troubles.
    for Row { place, export, .. } in &rows {
        if export.answer() == Answer::Ready {
            let _ = writeln!(out, "{}: {}", Styled(STRONG, place), conclusion(export));
        }
    }
}

/// Appends what was found for many accounts, each with what the spec calls it.
pub fn verify_fleet(accounts: &[(String, &[CheckedExport])], out: &mut String) {
    let rows = rows(accounts);
    table(&rows, out);
    out.push('\n');
    shared_troubles(&rows, out);
    skipped(&rows, &CheckKind::ALL, out);
}

/// One line of the table.
struct Row<'a> {
    /// What the spec calls the account.
    account: String,
    place: String,
    export: &'a CheckedExport,
}

fn rows<'a>(accounts: &[(String, &'a [CheckedExport])]) -> Vec<Row<'a>> {
    let labels = accounts
        .iter()
        .map(|(label, _)| safe(label).chars().count());
    let width = labels.max().unwrap_or(0);
    let of_account = |(label, exports): &(String, &'a [CheckedExport])| {
        let account = safe(label);
        let label = match account.is_empty() {
            true => String::new(),
            false => format!("{account:width$}  "),
        };
        let row = move |export: &'a CheckedExport| Row {
            account: account.clone(),
            place: format!("{label}{}", row_place(&export.question)),
            export,
        };
        let exports: &'a [CheckedExport] = exports;
        exports.iter().map(row).collect::<Vec<_>>()
    };
    accounts.iter().flat_map(of_account).collect()
}

/// The groups in which something was checked for some export.
fn shown(rows: &[Row<'_>]) -> Vec<(&'static str, &'static [CheckKind])> {
    let was_checked = |kinds: &[CheckKind]| {
        let mut rows = rows.iter();
        rows.any(|row| cell(row.export, kinds) != CheckAnswer::Skipped)
    };
    let groups = GROUPS.iter().copied();
    groups.filter(|(_, kinds)| was_checked(kinds)).collect()
}

/// What was checked, and a line for each export with what is not in order. The lines break well at any width.
fn table(rows: &[Row<'_>], out: &mut String) {
    let groups = shown(rows);
    let words: Vec<&str> = groups.iter().map(|(word, _)| *word).collect();
    let head = format!("  checked: {}", words.join(", "));
    let _ = writeln!(out, "{}", Styled(DIM, head));
    let width = rows.iter().map(|row| row.place.chars().count()).max();
    let width = width.unwrap_or(0);
    for Row { place, export, .. } in rows {
        let _ = write!(out, "  {place:width$}");
        let of = |answer: CheckAnswer| -> Vec<&str> {
            let answered = groups
                .iter()
                .filter(|(_, kinds)| cell(export, kinds) == answer);
            answered.map(|(word, _)| *word).collect()
        };
        let mut is_ok = true;
        for (answer, style, mark) in [
            (CheckAnswer::Failed, REMOVE, "NO"),
            (CheckAnswer::Depends, CHANGE, "?"),
            (CheckAnswer::Skipped, DIM, "skipped"),
        ] {
            let words = of(answer);
            if !words.is_empty() {
                is_ok = false;
                let _ = write!(out, "  {} {}", Styled(style, mark), words.join(", "));
            }
        }
        if is_ok {
            let _ = write!(out, "  {}", Styled(ADD, "ok"));
        }
        out.push('\n');
    }
}

/// The worst answer of some checks.
fn cell(export: &CheckedExport, kinds: &[CheckKind]) -> CheckAnswer {
    let rank = |answer: &CheckAnswer| match answer {
        CheckAnswer::Skipped => 0,
        CheckAnswer::Passed => 1,
        CheckAnswer::Depends => 2,
        CheckAnswer::Failed => 3,
    };
    let checks = export.checks.iter();
    let answers = checks.filter(|check| kinds.contains(&check.kind));
    let worst = answers.map(|check| check.answer).max_by_key(rank);
    worst.unwrap_or(CheckAnswer::Skipped)
}

fn row_place(question: &ExportQuestion) -> String {
    let region = question.region.as_ref();
    let region = region.map_or("any region", RegionId::as_str);
    let image = question.image.as_ref();
    let image = image.map(|image| format!("  {}", safe(image)));
    format!("{region}  {}{}", place(question), image.unwrap_or_default())
}

/// Where an export goes, for the middle of a line.
#[must_use]
pub fn place(question: &ExportQuestion) -> String {
    let ExportQuestion { bucket, prefix, .. } = question;
    let bucket = bucket.as_ref().map_or("any bucket", BucketName::as_str);
    let prefix = prefix.as_ref().map_or("", ObjectPrefix::as_str);
    let slash = if prefix.is_empty() { "" } else { "/" };
    format!("{bucket}{slash}{prefix}")
}

fn troubles(Row { place, export, .. }: &Row<'_>, out: &mut String) {
    let found = export.checks.iter().filter(|check| check.is_trouble());
    let found: Vec<&Check> = found.collect();
    if found.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  {}: {}", Styled(STRONG, place), conclusion(export));
    for check in found {
        trouble(check, &[], out);
    }
}

/// Each trouble once, with the exports that have it.
fn shared_troubles(rows: &[Row<'_>], out: &mut String) {
    let mut shared: Vec<(&Check, Vec<&str>)> = Vec::new();
    let mut places: HashMap<(CheckKind, &str, Option<&str>), usize> = HashMap::new();
    for row in rows {
        for check in row.export.checks.iter().filter(|check| check.is_trouble()) {
            let place = *places
                .entry((check.kind, &check.message, check.settle.as_deref()))
                .or_insert(shared.len());
            // The role is one for all exports of an account.
            let name = match check.kind {
                CheckKind::Role | CheckKind::Trust => &row.account,
                _ => &row.place,
            };
            match shared.get_mut(place) {
                Some((_, named)) if named.last() == Some(&name.as_str()) => {}
                Some((_, named)) => named.push(name),
                None => shared.push((check, vec![name])),
            }
        }
    }
    shared
        .sort_by_key(|(check, named)| (check.answer != CheckAnswer::Failed, Reverse(named.len())));
    for (check, named) in &shared {
        trouble(check, named, out);
    }
    if !shared.is_empty() {
        out.push('\n');
    }
}

/// Appends one trouble, and the exports that share it.
fn trouble(check: &Check, places: &[&str], out: &mut String) {
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
    for place in places.iter().take(NAMED) {
        let _ = writeln!(out, "       {place}");
    }
    if let Some(more) = places.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let _ = writeln!(out, "       and {more} more");
    }
    if let Some(settle) = &check.settle {
        let line = format!("       to settle it: {}", safe(settle));
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
    if let Some(who) = check.who.filter(|who| *who != Party::Apply) {
        let line = format!("       who can: {who}; `apply` cannot");
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
}

/// Says once what was looked at for no export, why, and how to ask for it.
fn skipped(rows: &[Row<'_>], kinds: &[CheckKind], out: &mut String) {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for &kind in kinds {
        let checks = rows.iter().flat_map(|row| &row.export.checks);
        let mut checks = checks.filter(|check| check.kind == kind);
        let Some(first) = checks.clone().next() else {
            continue;
        };
        // Reasons that differ are told above, with what they follow from.
        let is_same = |check: &Check| check.message == first.message;
        if checks.all(|check| check.answer == CheckAnswer::Skipped && is_same(check)) {
            let option = option(kind).filter(|_| first.message.contains("asked"));
            let option = option.map(|option| format!(" (`{option}`)"));
            let reason = format!("{}{}", safe(&first.message), option.unwrap_or_default());
            reasons.entry(reason).or_default().push(kind.as_str());
        }
    }
    for (reason, kinds) in reasons {
        let line = format!("not checked: {}: {reason}", kinds.join(", "));
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
}

/// The option with which a check is asked for.
fn option(kind: CheckKind) -> Option<&'static str> {
    match kind {
        CheckKind::Bucket
        | CheckKind::BucketRegion
        | CheckKind::BucketEncryption
        | CheckKind::BucketPolicy => Some("--region REGION --bucket BUCKET"),
        CheckKind::Image
        | CheckKind::ImageStatus
        | CheckKind::ImageDisks
        | CheckKind::ImageEncryption
        | CheckKind::ImageOrigin => Some("--image ID"),
        CheckKind::Object => Some("--object KEY"),
        CheckKind::Instances => Some("--region REGION"),
        CheckKind::DryRun => Some("--dry-run"),
        CheckKind::Role
        | CheckKind::Trust
        | CheckKind::Permissions
        | CheckKind::ControlPolicy
        | CheckKind::Format
        | CheckKind::Prefix => None,
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
