//! A plan for people: what changes, the steps, what they are worth.

use std::fmt::Write;

use crate::model::{Address, Tags};
use crate::plan::{Action, Change, DocumentChange, Effect, FieldChange, Plan, PlannedStep, Reason, Refusal, Summary};
use crate::policy::{PolicyDocument, TrustPolicy};

use super::access::{access_lines, headline};
use super::account::account_line;
use super::documents::document_diff;
use super::readiness::readiness;
use super::step;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// How much of a change to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Access gained and lost.
    Access,
    /// The same, and the documents as text diffs.
    Documents,
}

/// Appends the whole plan.
pub fn plan(plan: &Plan, detail: Detail, out: &mut String) {
    account_line(&plan.caller, out);
    out.push('\n');
    let shown: Vec<&Change> = plan.changes.iter().filter(|change| is_worth_showing(change)).collect();
    for change in &shown {
        one_change(change, detail, out);
    }
    if !shown.is_empty() {
        out.push('\n');
    }
    steps(&plan.steps, out);
    verdicts(plan, out);
    summary_line(plan, out);
}

fn is_worth_showing(change: &Change) -> bool {
    change.is_pending() || matches!(change.reason, Reason::Unmanaged | Reason::SameAccess) || !change.notes.is_empty()
}

fn one_change(change: &Change, detail: Detail, out: &mut String) {
    let (style, sign) = match change.action {
        Action::Create => (ADD, "+"),
        Action::Update => (CHANGE, "~"),
        Action::Delete => (REMOVE, "-"),
        Action::NoOp if change.reason == Reason::Unmanaged => (CHANGE, "!"),
        Action::NoOp => (DIM, "="),
    };
    let _ = writeln!(out, "{} {}", Styled(style, format_args!("  {sign} {}", change.address)), why(change));
    for field in &change.fields {
        one_field(change, field, detail, out);
    }
    for note in &change.notes {
        let _ = writeln!(out, "      {}", Styled(DIM, format_args!("note: {}", safe(note))));
    }
}

fn why(change: &Change) -> &'static str {
    let is_attachment = matches!(change.address, Address::Attachment { .. });
    match (change.action, change.reason) {
        (Action::Create, _) if is_attachment => "is missing, attach it",
        (Action::Create, _) => "is missing, create it",
        (Action::Update, _) => "differs, change it",
        (Action::Delete, Reason::ExtraDetached) => "is not in the spec, detach it",
        (Action::Delete, _) if is_attachment => "detach it",
        (Action::Delete, _) => "delete it",
        (Action::NoOp, Reason::Unmanaged) => "is attached but not in the spec; left alone",
        (Action::NoOp, Reason::SameAccess) => "is written differently but gives the same access; left alone",
        (Action::NoOp, _) => "is as wanted",
    }
}

fn one_field(change: &Change, field: &FieldChange, detail: Detail, out: &mut String) {
    match field {
        FieldChange::Trust(document) => document_field("trust policy", document, detail, out),
        FieldChange::Document(document) => document_field("document", document, detail, out),
        FieldChange::Description { before, after } => {
            value_field("description", before.as_deref(), after, change.action, out);
        }
        FieldChange::MaxSessionDuration { before, after } => {
            let seconds = |value: u32| format!("{value} s");
            value_field("max session", before.map(seconds).as_deref(), &seconds(*after), change.action, out);
        }
        FieldChange::Tags { before, after } => tag_fields(before, after, change.action, out),
    }
}

fn value_field(name: &str, before: Option<&str>, after: &str, action: Action, out: &mut String) {
    let shown = |text: &str| match text {
        "" => "(none)".to_owned(),
        text => safe(text),
    };
    let _ = match before.filter(|_| action == Action::Update) {
        Some(before) => writeln!(out, "      {name}: {} → {}", shown(before), shown(after)),
        None => writeln!(out, "      {name}: {}", shown(after)),
    };
}

fn tag_fields(before: &Tags, after: &Tags, action: Action, out: &mut String) {
    for (key, value) in after {
        value_field(&format!("tag {}", safe(key)), before.get(key).map(String::as_str).or(Some("")), value, action, out);
    }
}

fn document_field(name: &str, document: &DocumentChange, detail: Detail, out: &mut String) {
    let _ = match &document.before {
        None => writeln!(out, "      {name}:"),
        Some(_) => writeln!(out, "      {name}: {}", headline(&document.access)),
    };
    access_lines(&document.access, 8, out);
    if detail == Detail::Documents || document.access.is_unknown() {
        let before = document.before.as_deref().map(pretty).unwrap_or_default();
        document_diff(&before, &pretty(&document.after), 8, out);
    }
}

/// The document in one canonical layout, or as it is where it cannot be read.
fn pretty(text: &str) -> String {
    let permission = PolicyDocument::parse_live(text).map(|document| document.pretty());
    let trust = || TrustPolicy::parse_live(text).map(|document| document.pretty());
    permission.or_else(|_| trust()).unwrap_or_else(|_| text.to_owned())
}

fn steps(steps: &[PlannedStep], out: &mut String) {
    if steps.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", Styled(STRONG, "Steps"));
    let words: Vec<String> = steps.iter().map(|planned| step::words(&planned.step)).collect();
    for (number, (planned, words)) in steps.iter().zip(words).enumerate() {
        let effects: Vec<&str> = planned.effects.iter().copied().map(Effect::as_str).collect();
        let effects = Styled(DIM, format!("[{}]", effects.join(", ")));
        let _ = writeln!(out, "  {}. {words} {effects}", number + 1);
    }
    out.push('\n');
}

fn verdicts(plan: &Plan, out: &mut String) {
    if plan.is_empty() {
        readiness("ExportImage", &plan.verdict_now, out);
    } else {
        readiness("ExportImage now", &plan.verdict_now, out);
        readiness("ExportImage after these steps", &plan.verdict_after, out);
    }
}

fn summary_line(plan: &Plan, out: &mut String) {
    let Summary { create, update, delete, unmanaged } = plan.summary();
    let mut line = match plan.is_empty() {
        true => "Nothing to do: the account matches the spec.".to_owned(),
        false => format!("Plan: {create} to create, {update} to change, {delete} to remove."),
    };
    if unmanaged > 0 {
        let _ = write!(line, " {unmanaged} not in the spec.");
    }
    let _ = writeln!(out, "{}", Styled(STRONG, line));
}

/// Appends why the guard refused, and the way past each refusal.
pub fn refusals(refusals: &[Refusal], out: &mut String) {
    for refusal in refusals {
        let risk = refusal.risk.as_str();
        let _ = writeln!(out, "{} {}: {}", Styled(REMOVE, "refused:"), refusal.address, safe(&refusal.message));
        let _ = writeln!(out, "hint: if that is what you want, add `--allow {risk}`");
    }
}
