//! Whether exports and imports would work, for programs.

use serde::Serialize;

use crate::model::{BucketName, ExportQuestion, ImportQuestion, ObjectKey, ObjectPrefix, RegionId};
use crate::readiness::{Check, CheckedExport, CheckedImport, Party};

/// One export and its checks.
#[derive(Serialize)]
pub(super) struct Export {
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    answer: &'static str,
    ready: Option<bool>,
    checks: Vec<CheckShape>,
}

/// One import and its checks.
#[derive(Serialize)]
pub(super) struct Import {
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    answer: &'static str,
    ready: Option<bool>,
    checks: Vec<CheckShape>,
}

#[derive(Serialize)]
struct CheckShape {
    check: &'static str,
    answer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    settle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'static str>,
}

impl Export {
    pub(super) fn new(export: &CheckedExport) -> Self {
        let CheckedExport { question, checks } = export;
        let ExportQuestion {
            region,
            bucket,
            prefix,
            image,
            format,
        } = question;
        let answer = export.answer();
        Self {
            region: region.as_ref().map(RegionId::as_str).map(str::to_owned),
            bucket: bucket.as_ref().map(BucketName::as_str).map(str::to_owned),
            prefix: prefix.as_ref().map(ObjectPrefix::as_str).map(str::to_owned),
            image: image.clone(),
            format: format.clone(),
            answer: answer.as_str(),
            ready: answer.is_ready(),
            checks: checks.iter().map(CheckShape::new).collect(),
        }
    }
}

impl Import {
    pub(super) fn new(import: &CheckedImport) -> Self {
        let CheckedImport { question, checks } = import;
        let ImportQuestion {
            region,
            bucket,
            object,
        } = question;
        let answer = import.answer();
        Self {
            region: region.as_ref().map(RegionId::as_str).map(str::to_owned),
            bucket: bucket.as_ref().map(BucketName::as_str).map(str::to_owned),
            object: object.as_ref().map(ObjectKey::as_str).map(str::to_owned),
            answer: answer.as_str(),
            ready: answer.is_ready(),
            checks: checks.iter().map(CheckShape::new).collect(),
        }
    }
}

impl CheckShape {
    fn new(check: &Check) -> Self {
        let Check {
            kind,
            answer,
            error,
            message,
            settle,
            who,
        } = check;
        Self {
            check: kind.as_str(),
            answer: answer.as_str(),
            error: *error,
            message: message.clone(),
            settle: settle.clone(),
            who: who.map(Party::as_str),
        }
    }
}
