//! What is checked for one export or import, and how each check ended.

use super::answer::Answer;
use super::error::ErrorCode;
use super::party::Party;
use crate::model::{ExportQuestion, ImageOperation, ImportQuestion};

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// There is a role.
    Role,
    /// ECS may assume it.
    Trust,
    /// The role's own policies, of every scope, allow what the operation needs.
    Permissions,
    /// There is a bucket, and it is the account's.
    Bucket,
    /// It is in the region of the image.
    BucketRegion,
    /// It does not encrypt its objects.
    BucketEncryption,
    /// Its policy lets the role do what the operation needs.
    BucketPolicy,
    /// No control policy of the directory is in the way.
    ControlPolicy,
    /// There is an image in the region, and it is the account's.
    Image,
    /// It can be exported as it is now.
    ImageStatus,
    /// It has no more and no larger disks than ExportImage takes.
    ImageDisks,
    /// None of its snapshots is encrypted.
    ImageEncryption,
    /// It comes neither from the Marketplace nor from somebody whose licence forbids it.
    ImageOrigin,
    /// There is an object in the bucket, and it can be read and imported as it is now.
    Object,
    /// The format is one that the operation takes.
    Format,
    /// The prefix is one that ExportImage takes.
    Prefix,
    /// No instance wears the role.
    Instances,
    /// ECS takes the request with its flag `DryRun`.
    DryRun,
}

impl CheckKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 18] = [
        Self::Role,
        Self::Trust,
        Self::Permissions,
        Self::Bucket,
        Self::BucketRegion,
        Self::BucketEncryption,
        Self::BucketPolicy,
        Self::ControlPolicy,
        Self::Image,
        Self::ImageStatus,
        Self::ImageDisks,
        Self::ImageEncryption,
        Self::ImageOrigin,
        Self::Object,
        Self::Format,
        Self::Prefix,
        Self::Instances,
        Self::DryRun,
    ];

    /// Those of an operation, in that order.
    pub fn of(operation: ImageOperation) -> impl Iterator<Item = Self> {
        let all = Self::ALL.into_iter();
        all.filter(move |kind| kind.is_of(operation))
    }

    fn is_of(self, operation: ImageOperation) -> bool {
        match self {
            Self::Role
            | Self::Trust
            | Self::Permissions
            | Self::Bucket
            | Self::BucketRegion
            | Self::BucketEncryption
            | Self::BucketPolicy
            | Self::ControlPolicy
            | Self::Format
            | Self::Instances
            | Self::DryRun => true,
            Self::Image
            | Self::ImageStatus
            | Self::ImageDisks
            | Self::ImageEncryption
            | Self::ImageOrigin
            | Self::Prefix => operation == ImageOperation::Export,
            Self::Object => operation == ImageOperation::Import,
        }
    }

    /// The word for it, as in the JSON output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Trust => "trust",
            Self::Permissions => "permissions",
            Self::Bucket => "bucket",
            Self::BucketRegion => "bucket-region",
            Self::BucketEncryption => "bucket-encryption",
            Self::BucketPolicy => "bucket-policy",
            Self::ControlPolicy => "control-policy",
            Self::Image => "image",
            Self::ImageStatus => "image-status",
            Self::ImageDisks => "image-disks",
            Self::ImageEncryption => "image-encryption",
            Self::ImageOrigin => "image-origin",
            Self::Object => "object",
            Self::Format => "format",
            Self::Prefix => "prefix",
            Self::Instances => "instances",
            Self::DryRun => "dry-run",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckAnswer {
    /// Nothing is in the way.
    Passed,
    /// It makes the operation fail; an instance that wears the role fails its own check only.
    Failed,
    /// Something decides that is not known.
    Depends,
    /// It was not asked for, or has no meaning here.
    Skipped,
}

impl CheckAnswer {
    /// The word for it, as in the JSON output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Depends => "depends",
            Self::Skipped => "skipped",
        }
    }

    fn is_worse_than(self, other: Self) -> bool {
        match self {
            Self::Failed => other != Self::Failed,
            Self::Depends => matches!(other, Self::Passed | Self::Skipped),
            Self::Passed | Self::Skipped => false,
        }
    }
}

/// One check of one export or import.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// How it ended.
    pub answer: CheckAnswer,
    /// The error code that ECS answers with because of it, where it fails or may fail.
    pub error: Option<&'static str>,
    /// What was found, a sentence on one line; empty where there is nothing to say.
    pub message: String,
    /// The command or edit that settles it, where there is one.
    pub settle: Option<String>,
    /// Who can do that.
    pub who: Option<Party>,
}

impl Check {
    pub(super) fn passed(kind: CheckKind, message: impl Into<String>) -> Self {
        Self::new(kind, CheckAnswer::Passed, message)
    }

    pub(super) fn failed(kind: CheckKind, error: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(kind, CheckAnswer::Failed, message).with_error(error)
    }

    pub(super) fn depends(kind: CheckKind, error: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(kind, CheckAnswer::Depends, message).with_error(error)
    }

    pub(super) fn skipped(kind: CheckKind, message: impl Into<String>) -> Self {
        Self::new(kind, CheckAnswer::Skipped, message)
    }

    pub(super) fn new(kind: CheckKind, answer: CheckAnswer, message: impl Into<String>) -> Self {
        Self {
            kind,
            answer,
            error: None,
            message: message.into(),
            settle: None,
            who: None,
        }
    }

    fn with_error(self, error: ErrorCode) -> Self {
        Self {
            error: Some(error.as_str()),
            ..self
        }
    }

    pub(super) fn settled_by(self, settle: impl Into<String>) -> Self {
        Self {
            settle: Some(settle.into()),
            ..self
        }
    }

    pub(super) fn by(self, who: Party) -> Self {
        Self {
            who: Some(who),
            ..self
        }
    }

    /// Whether it is about the role, which `apply` can change.
    #[must_use]
    pub fn is_of_role(&self) -> bool {
        matches!(
            self.kind,
            CheckKind::Role | CheckKind::Trust | CheckKind::Permissions
        )
    }

    /// Whether it stands in the way, is open, or says what is worth knowing though it passed.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        match self.answer {
            CheckAnswer::Failed | CheckAnswer::Depends => true,
            CheckAnswer::Passed => self.settle.is_some(),
            CheckAnswer::Skipped => false,
        }
    }
}

/// Names `apply` where it settles a check: where `after`, the checks of the role after its steps, is better than
/// `checks`. `command` is how to call it.
pub fn settled_by_apply(checks: &mut [Check], after: &[Check], command: &str) {
    for (check, after) in checks.iter_mut().zip(after) {
        if check.answer.is_worse_than(after.answer) {
            check.settle = Some(command.to_owned());
            check.who = Some(Party::Apply);
        }
    }
    settle_dry_run(checks);
}

/// Where a check foretells what the dry run was refused with, that check says what settles it and who can: one that
/// failed, else one that depends.
pub(super) fn settle_dry_run(checks: &mut [Check]) {
    let Some(error) = checks
        .iter()
        .find(|check| check.kind == CheckKind::DryRun && check.answer == CheckAnswer::Failed)
        .and_then(|dry_run| dry_run.error)
    else {
        return;
    };
    let causes = checks
        .iter()
        .filter(|check| check.kind != CheckKind::DryRun && check.is_trouble());
    let cause = causes
        .filter(|check| check.error == Some(error))
        .min_by_key(|check| check.answer != CheckAnswer::Failed);
    let Some((settle, who)) = cause.map(|cause| (cause.settle.clone(), cause.who)) else {
        return;
    };
    for check in checks {
        if check.kind == CheckKind::DryRun {
            check.settle.clone_from(&settle);
            check.who = who;
        }
    }
}

/// What was asked about, and how its checks ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<Q> {
    /// What was asked about.
    pub question: Q,
    /// One for each of [`CheckKind::of`] its operation, in that order.
    pub checks: Vec<Check>,
}

/// One export, and how its checks ended.
pub type CheckedExport = Checked<ExportQuestion>;

/// One import, and how its checks ended.
pub type CheckedImport = Checked<ImportQuestion>;

impl<Q> Checked<Q> {
    /// Whether it works.
    #[must_use]
    pub fn answer(&self) -> Answer {
        answer_of(&self.checks)
    }
}

/// Whether an export or import works, by its checks. An instance that wears the role is a risk and stops neither.
#[must_use]
pub fn answer_of(checks: &[Check]) -> Answer {
    let has = |answer| {
        let mut checks = checks.iter();
        checks.any(|check| check.answer == answer && check.kind != CheckKind::Instances)
    };
    if has(CheckAnswer::Failed) {
        return Answer::Blocked;
    }
    match has(CheckAnswer::Depends) {
        true => Answer::Depends,
        false => Answer::Ready,
    }
}
