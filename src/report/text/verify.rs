//! Whether exports and imports would work, as a table of checks, with a line for each trouble below.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use crate::model::{
    BucketName, Caller, ExportQuestion, ImageOperation, ImportQuestion, ObjectKey, ObjectPrefix,
    RegionId,
};
use crate::readiness::{
    Answer, Check, CheckAnswer, CheckKind, Checked, CheckedExport, CheckedImport,
};

use super::account::account_line;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// How many exports or imports are named that share a trouble; the table shows the others.
const NAMED: usize = 5;

/// How much of a key is shown. Unit: characters.
const KEY_WIDTH: usize = 32;

/// The columns: a word, and the checks behind it. The worst of them is shown.
const COLUMNS: &[(&str, &[CheckKind])] = &[
    ("role", &[CheckKind::Role]),
    ("trust", &[CheckKind::Trust]),
    ("perms", &[CheckKind::Permissions]),
    (
        "bucket",
        &[
            CheckKind::Bucket,
            CheckKind::BucketRegion,
            CheckKind::BucketEncryption,
        ],
    ),
    ("policy", &[CheckKind::BucketPolicy]),
    ("control", &[CheckKind::ControlPolicy]),
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
    ("object", &[CheckKind::Object]),
    ("format", &[CheckKind::Format, CheckKind::Prefix]),
    ("inst", &[CheckKind::Instances]),
    ("dryrun", &[CheckKind::DryRun]),
];

/// What was checked in one account.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    /// The exports.
    pub exports: &'a [CheckedExport],
    /// The imports.
    pub imports: &'a [CheckedImport],
}

/// Appends what was found for the only account of a run.
pub fn verify(caller: &Caller, label: Option<&str>, found: Verified<'_>, out: &mut String) {
    account_line(caller, label, out);
    out.push('\n');
    let rows = rows(&[(String::new(), found)]);
    table(&rows, out);
    for row in &rows {
        troubles(row, out);
    }
    out.push('\n');
    skipped(&rows, out);
    // The others are told above, with their troubles.
    for row in rows.iter().filter(|row| row.answer == Answer::Ready) {
        let _ = writeln!(out, "{}: {}", Styled(STRONG, &row.place), conclusion(row));
    }
}

/// Appends what was found for many accounts, each with what the spec calls it.
pub fn verify_fleet(accounts: &[(String, Verified<'_>)], out: &mut String) {
    let rows = rows(accounts);
    table(&rows, out);
    out.push('\n');
    shared_troubles(&rows, out);
    skipped(&rows, out);
}

/// One line of the table.
struct Row<'a> {
    place: String,
    operation: ImageOperation,
    answer: Answer,
    checks: &'a [Check],
}

fn rows<'a>(accounts: &[(String, Verified<'a>)]) -> Vec<Row<'a>> {
    let labels = accounts
        .iter()
        .map(|(label, _)| safe(label).chars().count());
    let width = labels.max().unwrap_or(0);
    let mut found = accounts.iter().map(|(_, found)| found);
    let has_exports = found.clone().any(|found| !found.exports.is_empty());
    let has_imports = found.any(|found| !found.imports.is_empty());
    // Which of the two it is goes without saying where there is one of them.
    let [of_export, of_import] = match has_exports && has_imports {
        true => ["export  ", "import  "],
        false => ["", ""],
    };
    let of_account = |(label, found): &(String, Verified<'a>)| {
        let label = match safe(label) {
            label if label.is_empty() => label,
            label => format!("{label:width$}  "),
        };
        let mut rows = Vec::new();
        for export in found.exports {
            let place = format!("{label}{of_export}{}", place(&export.question));
            rows.push(row(ImageOperation::Export, place, export));
        }
        for import in found.imports {
            let place = format!("{label}{of_import}{}", source(&import.question));
            rows.push(row(ImageOperation::Import, place, import));
        }
        rows
    };
    accounts.iter().flat_map(of_account).collect()
}

fn row<Q>(operation: ImageOperation, place: String, checked: &Checked<Q>) -> Row<'_> {
    Row {
        place,
        operation,
        answer: checked.answer(),
        checks: &checked.checks,
    }
}

/// The columns in which something was checked in some row.
fn shown(rows: &[Row<'_>]) -> Vec<(&'static str, &'static [CheckKind])> {
    let was_checked = |kinds: &[CheckKind]| {
        let mut rows = rows.iter();
        rows.any(|row| cell(row.checks, kinds) != CheckAnswer::Skipped)
    };
    let columns = COLUMNS.iter().copied();
    columns.filter(|(_, kinds)| was_checked(kinds)).collect()
}

fn table(rows: &[Row<'_>], out: &mut String) {
    let columns = shown(rows);
    let width = rows.iter().map(|row| row.place.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut head = format!("  {:width$}", "");
    for (word, _) in &columns {
        let _ = write!(head, "  {word}");
    }
    let _ = writeln!(out, "{}", Styled(DIM, head.trim_end()));
    for Row { place, checks, .. } in rows {
        let _ = write!(out, "  {place:width$}");
        let mut pad = 0;
        for (word, kinds) in &columns {
            let (style, mark) = match cell(checks, kinds) {
                CheckAnswer::Passed => (ADD, "ok"),
                CheckAnswer::Failed => (REMOVE, "NO"),
                CheckAnswer::Depends => (CHANGE, "?"),
                CheckAnswer::Skipped => (DIM, "-"),
            };
            let _ = write!(out, "{:pad$}  {}", "", Styled(style, mark));
            pad = word.len() - mark.len();
        }
        out.push('\n');
    }
}

/// The worst answer of some checks.
fn cell(checks: &[Check], kinds: &[CheckKind]) -> CheckAnswer {
    let rank = |answer: &CheckAnswer| match answer {
        CheckAnswer::Skipped => 0,
        CheckAnswer::Passed => 1,
        CheckAnswer::Depends => 2,
        CheckAnswer::Failed => 3,
    };
    let checks = checks.iter();
    let answers = checks.filter(|check| kinds.contains(&check.kind));
    let worst = answers.map(|check| check.answer).max_by_key(rank);
    worst.unwrap_or(CheckAnswer::Skipped)
}

fn place(question: &ExportQuestion) -> String {
    let ExportQuestion {
        region,
        bucket,
        prefix,
        image,
        format: _,
    } = question;
    let region = region.as_ref().map_or("any region", RegionId::as_str);
    let bucket = bucket.as_ref().map_or("any bucket", BucketName::as_str);
    let prefix = prefix.as_ref().map_or("", ObjectPrefix::as_str);
    let slash = if prefix.is_empty() { "" } else { "/" };
    let image = image.as_ref().map(|image| format!("  {}", safe(image)));
    format!(
        "{region}  {bucket}{slash}{prefix}{}",
        image.unwrap_or_default()
    )
}

/// Where an import comes from.
fn source(question: &ImportQuestion) -> String {
    let ImportQuestion {
        region,
        bucket,
        object,
    } = question;
    let region = region.as_ref().map_or("any region", RegionId::as_str);
    let bucket = bucket.as_ref().map_or("any bucket", BucketName::as_str);
    let object = object.as_ref().map(|key| format!("  {}", end_of(key)));
    format!("{region}  {bucket}{}", object.unwrap_or_default())
}

/// The end of a key, which people know it by.
fn end_of(key: &ObjectKey) -> String {
    let key = safe(key.as_str());
    let count = key.chars().count();
    match count.checked_sub(KEY_WIDTH) {
        None | Some(0) => key,
        Some(over) => format!("...{}", key.chars().skip(over + 3).collect::<String>()),
    }
}

fn troubles(row: &Row<'_>, out: &mut String) {
    let found: Vec<&Check> = row.checks.iter().filter(is_trouble).collect();
    if found.is_empty() {
        return;
    }
    let place = Styled(STRONG, &row.place);
    let _ = writeln!(out, "\n  {place}: {}", conclusion(row));
    for check in found {
        trouble(check, &[], out);
    }
}

/// Each trouble once, with the rows that have it.
fn shared_troubles(rows: &[Row<'_>], out: &mut String) {
    let mut shared: Vec<(&Check, Vec<&str>)> = Vec::new();
    let mut places: HashMap<(CheckKind, &str), usize> = HashMap::new();
    for row in rows {
        for check in row.checks.iter().filter(is_trouble) {
            let place = *places
                .entry((check.kind, check.message.as_str()))
                .or_insert(shared.len());
            match shared.get_mut(place) {
                Some((_, named)) => named.push(&row.place),
                None => shared.push((check, vec![&row.place])),
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

/// What stands in the way, is open, or is worth knowing though it passed.
fn is_trouble(check: &&Check) -> bool {
    match check.answer {
        CheckAnswer::Failed | CheckAnswer::Depends => true,
        CheckAnswer::Passed => check.settle.is_some(),
        CheckAnswer::Skipped => false,
    }
}

/// Appends one trouble, and the rows that share it.
fn trouble(check: &Check, places: &[&str], out: &mut String) {
    let (style, mark) = match check.answer {
        CheckAnswer::Failed => (REMOVE, "NO"),
        CheckAnswer::Depends => (CHANGE, "? "),
        CheckAnswer::Passed | CheckAnswer::Skipped => (DIM, "ok"),
    };
    let error = check.error.filter(|_| check.answer != CheckAnswer::Passed);
    let error = error.map(|code| format!(" ({code})")).unwrap_or_default();
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
}

/// Says once what was looked at in no row, why, and how to ask for it.
fn skipped(rows: &[Row<'_>], out: &mut String) {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for kind in CheckKind::ALL {
        let checks = rows.iter().flat_map(|row| row.checks);
        let mut checks = checks.filter(|check| check.kind == kind);
        let Some(first) = checks.clone().next() else {
            continue;
        };
        if checks.all(|check| check.answer == CheckAnswer::Skipped) {
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
fn conclusion(row: &Row<'_>) -> Styled<String> {
    let of = |answer| {
        let checks = row.checks.iter();
        checks.filter(move |check| check.answer == answer && check.kind != CheckKind::Instances)
    };
    match row.answer {
        Answer::Ready => Styled(ADD, "ready".to_owned()),
        Answer::Blocked => {
            let error = of(CheckAnswer::Failed).find_map(|check| check.error);
            let error =
                error.map(|code| format!(", {} would fail with {code}", row.operation.name()));
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
