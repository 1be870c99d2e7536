//! Sentences of `never` that do not hold after a plan.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::plan::Breach;
use crate::policy::Comparison;

use super::access::reasons;
use super::style::{REMOVE, Styled, safe};

/// Appends each sentence, and the access that breaks it.
pub(super) fn breaches(breaches: &[Breach], out: &mut String) {
    for breach in breaches {
        let Breach {
            place: _,
            never,
            is_proven,
            access,
        } = breach;
        let what = match is_proven {
            true => "is broken",
            false => "cannot be shown to hold",
        };
        let sentence = safe(&never.forbidden.to_string());
        let line = format!("role/{}: `{sentence}` {what}", never.role);
        let _ = writeln!(out, "{}", Styled(REMOVE, line));
        proofs(access, 6, out);
    }
}

/// Appends the requests that prove a breach, or why it cannot be excluded.
pub(super) fn proofs(access: &Comparison, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let lines = access.gained.iter().filter(|line| line.may_be_requested());
    let proofs: BTreeSet<String> = lines.map(|line| line.witness.to_string()).collect();
    for proof in &proofs {
        let _ = writeln!(out, "{pad}{} is allowed", safe(proof));
    }
    if proofs.is_empty() {
        reasons(&access.reasons, indent, out);
    }
}
