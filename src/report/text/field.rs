//! One part of an entity, before and after.

use std::fmt::Write;

use crate::plan::{DocumentChange, FieldChange};
use crate::policy::{PolicyDocument, TrustPolicy, Verdict};

use super::access::{Own, access_lines, headline, new_access_lines};
use super::documents::document_diff;
use super::style::safe;

/// How much of a change to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Access gained and lost.
    Access,
    /// The same, and the documents as text diffs.
    Documents,
}

/// Appends the part: its new value where the entity is new, what leads from the old to the new otherwise.
pub(super) fn one_field(field: &FieldChange, own: Own<'_>, detail: Detail, out: &mut String) {
    match field {
        FieldChange::Trust(document) => document_field("trust policy", document, own, detail, out),
        FieldChange::Document(document) => document_field("document", document, own, detail, out),
        FieldChange::Description { before, after } => {
            value_field("description", before.as_deref(), after, out)
        }
        FieldChange::MaxSessionDuration { before, after } => {
            let seconds = |value: u32| format!("{value} s");
            value_field(
                "max session",
                before.map(seconds).as_deref(),
                &seconds(*after),
                out,
            );
        }
        FieldChange::Tags { before, after } => {
            for (key, value) in after {
                value_field(
                    &format!("tag {}", safe(key)),
                    before.get(key).map(String::as_str),
                    value,
                    out,
                );
            }
        }
    }
}

fn value_field(name: &str, before: Option<&str>, after: &str, out: &mut String) {
    let shown = |text: &str| match text {
        "" => "(none)".to_owned(),
        text => safe(text),
    };
    let _ = match before {
        Some(before) => writeln!(out, "      {name}: {} → {}", shown(before), shown(after)),
        None => writeln!(out, "      {name}: {}", shown(after)),
    };
}

fn document_field(
    name: &str,
    document: &DocumentChange,
    own: Own<'_>,
    detail: Detail,
    out: &mut String,
) {
    let DocumentChange {
        before,
        after,
        access,
    } = document;
    if before.is_none() {
        let _ = writeln!(out, "      {name}:");
        new_access_lines(access, own, 8, out);
    } else {
        let is_readable = before
            .as_deref()
            .is_none_or(|text| readable(text).is_some());
        let _ = match is_readable {
            true => writeln!(out, "      {name}: {}", headline(access)),
            false => writeln!(
                out,
                "      {name}: the live text cannot be interpreted; it is shown as it is"
            ),
        };
        access_lines(access, own, 8, out);
    }
    if detail == Detail::Documents || access.verdict == Verdict::Unknown {
        let before = before.as_deref().map(pretty).unwrap_or_default();
        document_diff(&before, &pretty(after), 8, out);
    }
}

/// The document in one canonical layout, or as it is where it cannot be interpreted.
pub(super) fn pretty(text: &str) -> String {
    readable(text).unwrap_or_else(|| text.to_owned())
}

/// Whether the text can be interpreted as a policy.
pub(super) fn is_readable(text: &str) -> bool {
    readable(text).is_some()
}

fn readable(text: &str) -> Option<String> {
    let permission = PolicyDocument::parse_live(text).map(|document| document.pretty());
    let trust = || TrustPolicy::parse_live(text).map(|document| document.pretty());
    permission.or_else(|_| trust()).ok()
}
