//! Two documents as a text diff, statement by statement.

use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use super::style::{ADD, DIM, REMOVE, Styled, safe};

/// Lines of unchanged text around each change.
const CONTEXT: usize = 3;

/// Appends the difference of two pretty-printed documents as indented unified lines.
pub(super) fn document_diff(before: &str, after: &str, indent: usize, out: &mut String) {
    let diff = TextDiff::from_lines(before, after);
    let pad = " ".repeat(indent);
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            let _ = writeln!(out, "{pad}{}", Styled(DIM, "  …"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = safe(change.value().trim_end_matches('\n'));
            let _ = match change.tag() {
                ChangeTag::Delete => {
                    writeln!(out, "{pad}{}", Styled(REMOVE, format_args!("- {line}")))
                }
                ChangeTag::Insert => {
                    writeln!(out, "{pad}{}", Styled(ADD, format_args!("+ {line}")))
                }
                ChangeTag::Equal => writeln!(out, "{pad}{}", Styled(DIM, format_args!("  {line}"))),
            };
        }
    }
}
