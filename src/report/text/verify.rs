//! Whether exports would work, as a table of checks, with a line for each trouble below.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::{BucketName, Caller, ExportQuestion, ObjectPrefix, RegionId};
use crate::readiness::{Answer, Check, CheckAnswer, CheckKind, CheckedExport};

use super::account::account_line;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

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
    ("format", &[CheckKind::Format, CheckKind::Prefix]),
    ("inst", &[CheckKind::Instances]),
    ("dryrun", &[CheckKind::DryRun]),
];

/// Appends what was found for one account. `label` is what the spec calls it.
pub fn verify(caller: &Caller, label: Option<&str>, exports: &[CheckedExport], out: &mut String) {
    account_line(caller, label, out);
    out.push('\n');
    table(exports, out);
    for export in exports {
        troubles(export, out);
    }
    out.push('\n');
    skipped(exports, out);
    for export in exports {
        conclusion(export, out);
    }
}

/// The columns in which something was checked for some export.
fn shown(exports: &[CheckedExport]) -> Vec<(&'static str, &'static [CheckKind])> {
    let was_checked = |kinds: &[CheckKind]| {
        exports
            .iter()
            .any(|export| cell(export, kinds) != CheckAnswer::Skipped)
    };
    let columns = COLUMNS.iter().copied();
    columns.filter(|(_, kinds)| was_checked(kinds)).collect()
}

fn table(exports: &[CheckedExport], out: &mut String) {
    let columns = shown(exports);
    let names: Vec<String> = exports
        .iter()
        .map(|export| place(&export.question))
        .collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0);
    let mut head = format!("  {:width$}", "");
    for (word, _) in &columns {
        let _ = write!(head, "  {word}");
    }
    let _ = writeln!(out, "{}", Styled(DIM, head.trim_end()));
    for (name, export) in names.iter().zip(exports) {
        let _ = write!(out, "  {name:width$}");
        let mut pad = 0;
        for (word, kinds) in &columns {
            let (style, mark) = match cell(export, kinds) {
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

fn troubles(export: &CheckedExport, out: &mut String) {
    let is_trouble = |check: &&Check| {
        let is_answer = matches!(check.answer, CheckAnswer::Failed | CheckAnswer::Depends);
        is_answer || (check.answer == CheckAnswer::Passed && check.settle.is_some())
    };
    let found: Vec<&Check> = export.checks.iter().filter(is_trouble).collect();
    if found.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  {}", Styled(STRONG, place(&export.question)));
    for check in found {
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
        if let Some(settle) = &check.settle {
            let line = format!("       to settle it: {}", safe(settle));
            let _ = writeln!(out, "{}", Styled(DIM, line));
        }
    }
}

/// Says once what was not asked for, and how to ask for it.
fn skipped(exports: &[CheckedExport], out: &mut String) {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for check in exports.iter().flat_map(|export| &export.checks) {
        if check.answer == CheckAnswer::Skipped {
            let option = option(check.kind).filter(|_| check.message.contains("asked"));
            let option = option.map(|option| format!(" (`{option}`)"));
            let reason = format!("{}{}", safe(&check.message), option.unwrap_or_default());
            let kinds = reasons.entry(reason).or_default();
            if !kinds.contains(&check.kind.as_str()) {
                kinds.push(check.kind.as_str());
            }
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

fn conclusion(export: &CheckedExport, out: &mut String) {
    let is = |answer, check: &&Check| check.answer == answer;
    let of = |answer| export.checks.iter().filter(move |check| is(answer, check));
    let (style, words) = match export.answer() {
        Answer::Ready => (ADD, "ready".to_owned()),
        Answer::Blocked => {
            let error = of(CheckAnswer::Failed).find_map(|check| check.error);
            let error = error.map(|code| format!(": ExportImage would fail with {code}"));
            (REMOVE, format!("blocked{}", error.unwrap_or_default()))
        }
        Answer::Depends => {
            let kinds: Vec<&str> = of(CheckAnswer::Depends)
                .map(|check| check.kind.as_str())
                .collect();
            (CHANGE, format!("depends on {}", kinds.join(", ")))
        }
    };
    let place = place(&export.question);
    let _ = writeln!(out, "{}: {}", Styled(STRONG, place), Styled(style, words));
}
