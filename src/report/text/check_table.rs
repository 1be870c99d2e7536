//! A table of checks, one line an export or import, and what was checked for none of them.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::ImageOperation;
use crate::readiness::{Check, CheckAnswer, CheckKind, CheckedExport, CheckedImport};

use super::place::{row_place, source};
use super::style::{ADD, CHANGE, DIM, REMOVE, Styled, safe};

/// What is said of each export or import: a word, and the checks behind it. The worst of them is shown.
const GROUPS: [(&str, &[CheckKind]); 11] = [
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
    ("object", &[CheckKind::Object]),
    ("format", &[CheckKind::Format, CheckKind::Prefix]),
    ("instances", &[CheckKind::Instances]),
    ("dry-run", &[CheckKind::DryRun]),
];

/// What was checked in one account.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    /// The exports.
    pub exports: &'a [CheckedExport],
    /// The imports.
    pub imports: &'a [CheckedImport],
}

impl<'a> Verified<'a> {
    /// The checks of each, in the order of [`Verified::rows`].
    pub(super) fn all(self) -> impl Iterator<Item = (ImageOperation, &'a [Check])> {
        let exports = self.exports.iter();
        let exports = exports.map(|it| (ImageOperation::Export, it.checks.as_slice()));
        let imports = self.imports.iter();
        exports.chain(imports.map(|it| (ImageOperation::Import, it.checks.as_slice())))
    }

    /// The line of each. Which of the two it is goes without saying where there is one of them.
    pub(super) fn rows(self) -> Vec<Row> {
        let is_mixed = !self.exports.is_empty() && !self.imports.is_empty();
        let exports = self.exports.iter().map(|it| row_place(&it.question));
        let imports = self.imports.iter().map(|it| source(&it.question));
        let row = |((operation, checks), place): ((ImageOperation, &[Check]), String)| Row {
            place: match is_mixed {
                true => format!("{}  {place}", operation.word()),
                false => place,
            },
            cells: GROUPS.map(|(_, kinds)| cell(checks, kinds)),
        };
        self.all().zip(exports.chain(imports)).map(row).collect()
    }
}

/// One line of the table.
pub(super) struct Row {
    pub(super) place: String,
    /// One for each of [`GROUPS`]; `None` for what has no meaning here.
    cells: [Option<CheckAnswer>; GROUPS.len()],
}

/// Appends the table: exports and imports down, checks across. A check that is in order in every row has no column.
pub(super) fn table<'a>(rows: impl Iterator<Item = &'a Row> + Clone, out: &mut String) {
    let (mut columns, mut settled) = (Vec::new(), Vec::new());
    for (group, (word, _)) in GROUPS.iter().enumerate() {
        let answers = rows.clone().filter_map(|row| *row.cells.get(group)?);
        let answers: Vec<CheckAnswer> = answers.collect();
        let is_checked = answers.iter().any(|answer| *answer != CheckAnswer::Skipped);
        match answers.iter().all(|answer| *answer == CheckAnswer::Passed) {
            _ if !is_checked => {}
            true => settled.push(*word),
            false => columns.push((group, *word)),
        }
    }
    let width = rows.clone().map(|row| row.place.chars().count()).max();
    let width = width.unwrap_or(0);
    if !settled.is_empty() {
        let head = if columns.is_empty() { "checked" } else { "ok" };
        let line = format!("  {head}: {}", settled.join(", "));
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
    if !columns.is_empty() {
        let words: Vec<&str> = columns.iter().map(|(_, word)| *word).collect();
        let line = format!("  {:width$}  {}", "", words.join("  "));
        let _ = writeln!(out, "{}", Styled(DIM, line));
    }
    for Row { place, cells } in rows {
        let _ = write!(out, "  {place:width$}");
        // Spaces are held back until something follows them.
        let mut gap = 2;
        for (group, word) in &columns {
            let room = word.len() + 2;
            let (style, mark) = match cells.get(*group).copied().flatten() {
                Some(CheckAnswer::Failed) => (REMOVE, "NO"),
                Some(CheckAnswer::Depends) => (CHANGE, "?"),
                Some(CheckAnswer::Skipped) => (DIM, "-"),
                Some(CheckAnswer::Passed) => (ADD, "ok"),
                None => {
                    gap += room;
                    continue;
                }
            };
            let _ = write!(out, "{:gap$}{}", "", Styled(style, mark));
            gap = room - mark.len();
        }
        if columns.is_empty() {
            let _ = write!(out, "  {}", Styled(ADD, "ok"));
        }
        out.push('\n');
    }
}

/// The worst answer of some checks, if there are any.
fn cell(checks: &[Check], kinds: &[CheckKind]) -> Option<CheckAnswer> {
    let rank = |answer: &CheckAnswer| match answer {
        CheckAnswer::Skipped => 0,
        CheckAnswer::Passed => 1,
        CheckAnswer::Depends => 2,
        CheckAnswer::Failed => 3,
    };
    let checks = checks.iter();
    let answers = checks.filter(|check| kinds.contains(&check.kind));
    answers.map(|check| check.answer).max_by_key(rank)
}

/// What was looked at in no row, and why.
#[derive(Default)]
pub(super) struct Unchecked(BTreeMap<CheckKind, Reason>);

struct Reason {
    message: String,
    /// Whether something was looked at, or other reasons were met. Those are told with what they follow from.
    is_told: bool,
}

impl Unchecked {
    /// Takes in what was checked in an account, in any order.
    pub(super) fn add(&mut self, found: Verified<'_>) {
        for check in found.all().flat_map(|(_, checks)| checks) {
            let reason = self.0.entry(check.kind).or_insert_with(|| Reason {
                message: check.message.clone(),
                is_told: false,
            });
            reason.is_told |=
                check.answer != CheckAnswer::Skipped || check.message != reason.message;
        }
    }

    /// Says each reason once, and how to ask for what it is about; of `kinds` only.
    pub(super) fn say(&self, kinds: &[CheckKind], out: &mut String) {
        let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for &kind in kinds {
            let reason = self.0.get(&kind).filter(|reason| !reason.is_told);
            if let Some(Reason { message, .. }) = reason {
                let option = option(kind).filter(|_| message.contains("asked"));
                let option = option.map(|option| format!(" (`{option}`)"));
                let reason = format!("{}{}", safe(message), option.unwrap_or_default());
                reasons.entry(reason).or_default().push(kind.as_str());
            }
        }
        for (reason, kinds) in reasons {
            let line = format!("not checked: {}: {reason}", kinds.join(", "));
            let _ = writeln!(out, "{}", Styled(DIM, line));
        }
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
