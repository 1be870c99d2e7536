//! Access gained and lost, in words.

use std::fmt::Write;

use crate::policy::{AccessLine, Change, Comparison, Realism, Verdict};

use super::style::{ADD, CHANGE, DIM, REMOVE, Styled, safe};

/// The verdict as a reader of a plan wants it: what the step does to the live document.
pub(super) fn headline(access: &Comparison) -> &'static str {
    match access.verdict {
        Verdict::Equal => "same access",
        Verdict::Broader => "more access",
        Verdict::Narrower => "less access",
        Verdict::Incomparable => "some access more, some less",
        Verdict::Unknown => "what changes could not be settled",
    }
}

/// Appends a line for each access gained and lost, each with a request that shows it, and the reasons that go
/// with the verdict.
pub(super) fn access_lines(access: &Comparison, indent: usize, out: &mut String) {
    for line in access.gained.iter().chain(&access.lost) {
        one_line(line, indent, Example::Shown, out);
    }
    for reason in &access.reasons {
        let pad = " ".repeat(indent);
        let _ = writeln!(
            out,
            "{pad}{}",
            Styled(DIM, format_args!("note: {}", safe(reason)))
        );
    }
}

/// Appends what a new entity gives; an example adds nothing where everything named is new.
pub(super) fn new_access_lines(access: &Comparison, indent: usize, out: &mut String) {
    new_access_lines_of(&access.gained, indent, out);
    new_access_lines_of(&access.lost, indent, out);
}

/// Appends lines without their examples.
pub(super) fn new_access_lines_of(lines: &[AccessLine], indent: usize, out: &mut String) {
    for line in lines {
        one_line(line, indent, Example::Left, out);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Example {
    Shown,
    Left,
}

fn one_line(line: &AccessLine, indent: usize, example: Example, out: &mut String) {
    let style = match line.change {
        Change::Gained => ADD,
        Change::Lost => REMOVE,
        Change::NowOnlyWhen | Change::NoLongerOnlyWhen => CHANGE,
    };
    let pad = " ".repeat(indent);
    for part in parts(line) {
        let _ = writeln!(out, "{pad}{}", Styled(style, safe(&part)));
    }
    if example == Example::Shown {
        let remark = match line.realism {
            Realism::Real => "",
            Realism::NotMadeToday => " (a request that OSS does not make today)",
            Realism::NotKnown => "",
        };
        let witness = safe(&line.witness.to_string());
        let _ = writeln!(
            out,
            "{pad}{}",
            Styled(DIM, format_args!("  e.g. {witness}{remark}"))
        );
    }
}

/// Longest line of access before each resource gets a line of its own. Unit: characters.
const LONG: usize = 90;

/// The line, or where it is long one line for the actions and one for each resource.
fn parts(line: &AccessLine) -> Vec<String> {
    let whole = line.to_string();
    let tail = line.resources.join(", ");
    match whole.split_once(&tail) {
        Some((head, condition)) if whole.chars().count() > LONG => {
            let (head, joint) = head.trim_end().rsplit_once(' ').unwrap_or((head, "on"));
            let mut parts = vec![head.to_owned()];
            parts.extend(
                line.resources
                    .iter()
                    .map(|resource| format!("    {joint} {resource}")),
            );
            if !condition.is_empty() {
                parts.push(format!("   {condition}"));
            }
            parts
        }
        _ => vec![whole],
    }
}
