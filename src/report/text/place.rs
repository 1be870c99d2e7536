//! Where exports go and imports come from, in words.

use crate::model::{BucketName, ExportQuestion, ImportQuestion, ObjectKey, ObjectPrefix, RegionId};

use super::style::safe;

/// How much of a key is shown. Unit: characters.
const KEY_WIDTH: usize = 32;

/// Where an export goes, as a line begins.
pub(super) fn row_place(question: &ExportQuestion) -> String {
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

/// Where an import comes from.
pub(super) fn source(question: &ImportQuestion) -> String {
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
