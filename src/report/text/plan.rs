//! A plan for people: what changes, the steps, what they are worth.

use std::fmt::Write;

use crate::model::Address;
use crate::plan::{
    Action, Aim, Change, Effect, Holder, OrderCheck, Passing, PassingKind, Plan, PlannedStep,
    Reason, Summary,
};

use super::access::{Own, new_access_lines};
use super::account::{account_line, not_read};
use super::field::{Detail, one_field};
use super::never::breaches;
use super::readiness::{Moment, verdict};
use super::step;
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Appends the whole plan. `label` is what the spec calls the account.
pub fn plan(plan: &Plan, label: Option<&str>, detail: Detail, out: &mut String) {
    let own = Some(&plan.caller.account);
    account_line(&plan.caller, label, out);
    out.push('\n');
    let shown: Vec<&Change> = plan
        .changes
        .iter()
        .filter(|change| is_worth_showing(change))
        .collect();
    for change in &shown {
        one_change(change, own, detail, out);
    }
    if !shown.is_empty() {
        out.push('\n');
    }
    if !plan.is_empty() {
        steps(&plan.steps, out);
        order(&plan.order, out);
        out.push('\n');
    }
    not_read(plan, out);
    if let Some(found) = &plan.verdict {
        let moments = if plan.is_empty() {
            Moment::Now
        } else {
            Moment::NowAndAfter
        };
        verdict(found, own, moments, out);
    }
    breaches(&plan.breaches, out);
    summary_line(plan, out);
}

fn is_worth_showing(change: &Change) -> bool {
    change.is_pending()
        || matches!(change.reason, Reason::Unmanaged | Reason::SameAccess)
        || !change.notes.is_empty()
}

fn one_change(change: &Change, own: Own<'_>, detail: Detail, out: &mut String) {
    let (style, sign) = match change.action {
        Action::Create => (ADD, "+"),
        Action::Update => (CHANGE, "~"),
        Action::Delete => (REMOVE, "-"),
        Action::NoOp if change.reason == Reason::Unmanaged => (CHANGE, "!"),
        Action::NoOp => (DIM, "="),
    };
    let _ = writeln!(
        out,
        "{} {}",
        Styled(style, format_args!("  {sign} {}", change.address)),
        why(change)
    );
    for field in &change.fields {
        one_field(field, own, detail, out);
    }
    if let Some(access) = &change.access {
        new_access_lines(access, own, 6, out);
    }
    for note in &change.notes {
        let _ = writeln!(
            out,
            "      {}",
            Styled(DIM, format_args!("note: {}", safe(note)))
        );
    }
}

fn why(change: &Change) -> &'static str {
    let is_attachment = matches!(
        change.address,
        Address::Attachment { .. } | Address::GroupAttachment { .. }
    );
    match (change.action, change.reason) {
        (Action::Create, _) if is_attachment => "is missing, attach it",
        (Action::Create, _) => "is missing, create it",
        (Action::Update, _) => "differs, change it",
        (Action::Delete, Reason::ExtraDetached) => "is not in the spec, detach it",
        (Action::Delete, _) if is_attachment => "detach it",
        (Action::Delete, _) => "delete it",
        (Action::NoOp, Reason::Unmanaged) => "is attached but not in the spec; left alone",
        (Action::NoOp, Reason::SameAccess) => {
            "is written differently but gives the same access; left alone"
        }
        (Action::NoOp, _) => "is as wanted",
    }
}

fn steps(steps: &[PlannedStep], out: &mut String) {
    let _ = writeln!(out, "{}", Styled(STRONG, "Steps"));
    let words: Vec<String> = steps
        .iter()
        .map(|planned| step::describe(&planned.step))
        .collect();
    for (number, (planned, words)) in steps.iter().zip(words).enumerate() {
        let effects: Vec<&str> = planned
            .effects
            .iter()
            .copied()
            .map(Effect::as_str)
            .collect();
        let _ = match effects.is_empty() {
            true => writeln!(out, "  {}. {words}", number + 1),
            false => writeln!(
                out,
                "  {}. {words} {}",
                number + 1,
                Styled(DIM, format!("[{}]", effects.join(", ")))
            ),
        };
    }
}

/// What is known about the moments between the steps.
fn order(check: &OrderCheck, out: &mut String) {
    let _ = match check {
        OrderCheck::Safe => writeln!(
            out,
            "{}",
            Styled(
                DIM,
                "  order checked: no extra access and no gap between the steps"
            )
        ),
        OrderCheck::Unchecked(reason) => {
            writeln!(
                out,
                "  {} {}",
                Styled(CHANGE, "order not checked:"),
                safe(reason)
            )
        }
        OrderCheck::Unsafe(passing) => {
            let _ = writeln!(
                out,
                "  {} for a moment",
                Styled(
                    CHANGE,
                    "no order of these steps is free of extra access or a gap"
                )
            );
            passing
                .iter()
                .try_for_each(|one| writeln!(out, "    {}", moment(one)))
        }
    };
}

/// What is wrong for a moment, with one request that shows it.
fn moment(passing: &Passing) -> String {
    let what = match passing.kind {
        PassingKind::Access => "extra access",
        PassingKind::Gap => "a gap",
    };
    let shown = &passing.witness;
    let through = match &passing.holder {
        Holder::Role(role) => format!("{} through role {role}", shown.caller),
        other @ Holder::Other { .. } => other.to_string(),
    };
    safe(&format!(
        "after step {}: {what}: {} on {} by {through}",
        passing.after_step + 1,
        shown.request.action,
        shown.request.resource
    ))
}

fn summary_line(plan: &Plan, out: &mut String) {
    let Summary {
        create,
        update,
        delete,
        unmanaged,
    } = plan.summary();
    let mut line = match plan.is_empty() {
        true => match plan.aim {
            Aim::Have => "Nothing to do: the account matches the spec.".to_owned(),
            Aim::Remove => "Nothing to do: nothing of the spec is there to remove.".to_owned(),
        },
        false => format!("Plan: {create} to create, {update} to change, {delete} to remove."),
    };
    let _ = match unmanaged {
        0 => Ok(()),
        1 => write!(line, " 1 attached policy is not in the spec."),
        n => write!(line, " {n} attached policies are not in the spec."),
    };
    let _ = writeln!(out, "{}", Styled(STRONG, line));
}
