//! Access gained and lost, in words.

use std::fmt::Write;

use crate::model::AccountId;
use crate::policy::{AccessLine, Change, Comparison, Description, Realism, Verdict, descriptions};

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

/// The account that a report is about, if it is about one.
pub(super) type Own<'a> = Option<&'a AccountId>;

/// Appends a line for each access gained and lost, each with a request that shows it, and the reasons that go
/// with the verdict.
pub(super) fn access_lines(access: &Comparison, own: Own<'_>, indent: usize, out: &mut String) {
    for lines in [&access.gained, &access.lost] {
        lines_of(lines, own, Example::Shown, indent, out);
    }
    reasons(&access.reasons, indent, out);
}

/// Appends what else is to be said of access: why it is not complete, and what may be beside it.
pub(super) fn reasons(reasons: &[String], indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    for reason in reasons {
        let note = format_args!("note: {}", safe(reason));
        let _ = writeln!(out, "{pad}{}", Styled(DIM, note));
    }
}

/// Appends what a new entity gives; an example adds nothing where everything named is new.
pub(super) fn new_access_lines(access: &Comparison, own: Own<'_>, indent: usize, out: &mut String) {
    new_access_lines_of(&access.gained, own, indent, out);
    new_access_lines_of(&access.lost, own, indent, out);
    reasons(&access.reasons, indent, out);
}

/// Appends lines without their examples.
pub(super) fn new_access_lines_of(
    lines: &[AccessLine],
    own: Own<'_>,
    indent: usize,
    out: &mut String,
) {
    lines_of(lines, own, Example::Left, indent, out);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Example {
    Shown,
    Left,
}

fn lines_of(lines: &[AccessLine], own: Own<'_>, example: Example, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    for (line, description) in descriptions(lines) {
        let style = match line.change {
            Change::Gained => ADD,
            Change::Lost => REMOVE,
            Change::NowOnlyWhen | Change::NoLongerOnlyWhen => CHANGE,
        };
        for part in parts(&description, own) {
            let _ = writeln!(out, "{pad}{}", Styled(style, safe(&part)));
        }
        if example == Example::Shown && !line.is_plain() {
            let witness = safe(&line.witness.to_string());
            let remark = match line.realism {
                Realism::NotMadeToday => " (a request that OSS does not make today)",
                Realism::Real | Realism::NotKnown => "",
            };
            let _ = writeln!(
                out,
                "{pad}{}",
                Styled(DIM, format_args!("  e.g. {witness}{remark}"))
            );
        }
    }
}

/// Longest line of access before each resource gets a line of its own. Unit: characters.
const LONG: usize = 90;

/// The line, or where it is long one line for the actions and one for each resource.
fn parts(description: &Description, own: Own<'_>) -> Vec<String> {
    // A reader knows that the account's resources are its own.
    let owner = own.map(|own| format!(" (owner {own})")).unwrap_or_default();
    let targets: Vec<String> = description
        .targets
        .iter()
        .map(|target| target.replace(&owner, ""))
        .collect();
    let description = Description {
        targets,
        ..description.clone()
    };
    let whole = description.to_string();
    if whole.chars().count() <= LONG {
        return vec![whole];
    }
    let Description {
        actions,
        preposition,
        targets,
        ending,
    } = &description;
    let mut parts = vec![actions.clone()];
    parts.extend(
        targets
            .iter()
            .map(|target| format!("    {preposition} {target}")),
    );
    let ending = ending.trim_start_matches([':', ',', ' ']);
    if !ending.is_empty() {
        parts.push(format!("    {ending}"));
    }
    parts
}
