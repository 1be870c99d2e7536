//! Would ExportImage work, in words.

use std::fmt::Write;

use crate::model::ImageOperation;
use crate::plan::Verdict;
use crate::readiness::{
    ActionAnswer, Answer, ErrorCode, ExportAnswer, Factor, Outcome, Party, Readiness, Refusal,
    Remedy,
};

use super::access::{Own, new_access_lines_of, reasons};
use super::style::{ADD, CHANGE, DIM, REMOVE, STRONG, Styled, safe};

/// Which moments a reader wants to know about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// As the account is.
    Now,
    /// And as it is after the steps.
    NowAndAfter,
}

/// Appends the verdict, and what the role can do beyond the requirements.
pub(super) fn verdict(verdict: &Verdict, own: Own<'_>, moments: Moment, out: &mut String) {
    match moments {
        Moment::Now => {
            readiness("ExportImage", &verdict.now, out);
            over_grant(&verdict.now, own, out);
        }
        Moment::NowAndAfter => {
            readiness("ExportImage now", &verdict.now, out);
            readiness("ExportImage after these steps", &verdict.after, out);
            over_grant(&verdict.after, own, out);
        }
    }
    for Remedy { who, settle } in &verdict.remedies {
        let line = format!(
            "`apply` cannot help here. {} can: {}",
            capital(*who),
            safe(settle)
        );
        let _ = writeln!(out, "{line}");
    }
}

/// As the first words of a sentence.
fn capital(who: Party) -> String {
    let words = who.to_string();
    let mut rest = words.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => words,
    }
}

/// Appends the answer of `policy check`.
pub fn check(found: &Readiness, out: &mut String) {
    readiness("ExportImage", found, out);
    over_grant(found, None, out);
}

/// Appends one verdict under `title`: a headline, then what stands in the way, then what would settle it.
pub(super) fn readiness(title: &str, readiness: &Readiness, out: &mut String) {
    let (style, words) = match readiness.answer() {
        Answer::Ready => (ADD, format!("would succeed into {}", places(readiness))),
        Answer::Blocked => {
            let error = readiness.error().map(|error| format!(" with {error}"));
            (REMOVE, format!("would fail{}", error.unwrap_or_default()))
        }
        Answer::Depends => (CHANGE, format!("depends on {}", factors(readiness))),
    };
    let _ = writeln!(
        out,
        "{} {}",
        Styled(STRONG, format_args!("{title}:")),
        Styled(style, words)
    );
    trust(readiness.trust.as_ref(), out);
    if readiness.error() != Some(ErrorCode::NoSetRoletoECSServiceAcount) {
        for export in &readiness.exports {
            not_granted(export, out);
        }
    }
    if readiness.answer() == Answer::Depends {
        settle(readiness, out);
    }
}

/// Everything that decides, each once.
fn factors(readiness: &Readiness) -> String {
    let mut words: Vec<String> = Vec::new();
    for factor in readiness.factors() {
        let what = safe(&factor.what());
        if !words.contains(&what) {
            words.push(what);
        }
    }
    words.join(", and on ")
}

fn settle(readiness: &Readiness, out: &mut String) {
    let mut told: Vec<String> = Vec::new();
    for factor in readiness.factors() {
        let settle = safe(&factor.settle(ImageOperation::Export));
        if !told.contains(&settle) {
            let line = format_args!("  to settle it: {settle}");
            let _ = writeln!(out, "{}", Styled(DIM, line));
            told.push(settle);
        }
    }
}

fn places(readiness: &Readiness) -> String {
    let names: Vec<String> = readiness.exports.iter().map(place).collect();
    names.join(", ")
}

fn place(export: &ExportAnswer) -> String {
    match (&export.bucket, &export.prefix) {
        (None, _) => "any bucket of this account".to_owned(),
        (Some(bucket), None) => format!("bucket {bucket}"),
        (Some(bucket), Some(prefix)) => format!("bucket {bucket} under prefix {prefix}"),
    }
}

/// What of the trust stands in the way, if anything.
fn trust(trust: Option<&Outcome>, out: &mut String) {
    let _ = match trust {
        None => writeln!(out, "  the role does not exist"),
        Some(Outcome::Granted { .. }) => Ok(()),
        Some(Outcome::Refused {
            why: Refusal::NotGranted { partly: false },
            ..
        }) => writeln!(out, "  ecs.aliyuncs.com may not assume the role"),
        Some(outcome @ Outcome::Refused { .. }) => writeln!(
            out,
            "  ecs.aliyuncs.com may not assume the role: {}",
            why(outcome)
        ),
        Some(outcome @ Outcome::Depends { .. }) => writeln!(
            out,
            "  whether ecs.aliyuncs.com may assume the role: {}",
            why(outcome)
        ),
    };
}

/// The actions of one export that are not granted always, those with one reason together.
fn not_granted(export: &ExportAnswer, out: &mut String) {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for ActionAnswer { action, outcome } in &export.actions {
        if outcome.answer() == Answer::Ready {
            continue;
        }
        let reason = why(outcome);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, actions)) => actions.push(action.name),
            None => reasons.push((reason, vec![action.name])),
        }
    }
    for (reason, actions) in reasons {
        let _ = writeln!(
            out,
            "  {} on {}: {}",
            actions.join(", "),
            place(export),
            reason
        );
    }
}

fn why(outcome: &Outcome) -> String {
    safe(&outcome.why())
}

/// What the role can do beyond the requirements, if anything.
fn over_grant(readiness: &Readiness, own: Own<'_>, out: &mut String) {
    if !readiness.over_grant.is_empty() {
        let _ = writeln!(out, "{}", Styled(DIM, "  the role may also:"));
        new_access_lines_of(&readiness.over_grant, own, 4, out);
    }
    // The policies that could not be read come first, and are named above where the answer depends on them.
    let is_unread = |factor: &&&Factor| matches!(factor, Factor::UnreadPolicy { .. });
    let named = readiness.factors().iter().filter(is_unread).count();
    let left = readiness.over_grant_reasons.get(named..);
    reasons(left.unwrap_or_default(), 2, out);
}
