//! Would ExportImage work, in words.

use crate::policy::need::Readiness;

/// Appends the verdict under `title`.
pub(super) fn readiness(title: &str, readiness: &Readiness, out: &mut String) {
    let _ = (title, readiness, out);
}
