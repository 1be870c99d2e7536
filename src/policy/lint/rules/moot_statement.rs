//! A statement that changes nothing beside the others.

use super::statement_never_matches::empty;
use super::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::compare::too_complex;
use crate::policy::{Effect, PolicyDocument, Question, Statement, compare};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "moot-statement",
        severity: Severity::Warning,
        why: "it hides what the document really says: an `Allow` that is refused elsewhere, or one that is granted already",
        fix: "remove it, or correct the statement that makes it moot",
    },
    check,
};

/// Most statements of a document that are tried; each takes a comparison.
const MAX_STATEMENTS: usize = 48;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(policy) = view.policy.as_ref().filter(|_| view.is_comparable()) else {
        return;
    };
    let statements = policy.statements();
    if !(2..=MAX_STATEMENTS).contains(&statements.len()) {
        return;
    }
    let empty = empty(view);
    let mut kept: Vec<usize> = (0..statements.len())
        .filter(|at| !empty.contains(at))
        .collect();
    // From the last: of two that say the same, the later is the moot one.
    for at in kept.clone().into_iter().rev() {
        let without: Vec<usize> = kept.iter().copied().filter(|other| *other != at).collect();
        let comparison = compare(
            &[&document(statements, &kept)],
            &[&document(statements, &without)],
            Question::DropIn,
        );
        if comparison.reasons.contains(&too_complex()) {
            return;
        }
        if comparison.is_same() {
            let message = reason(statements, at, &without);
            if let Some(statement) = view.statements.get(at) {
                report.at(statement.node.spot, message);
            }
            kept = without;
        }
    }
}

fn document(statements: &[Statement], chosen: &[usize]) -> PolicyDocument {
    let chosen = chosen.iter().filter_map(|at| statements.get(*at));
    PolicyDocument::new(chosen.cloned().collect())
}

/// Names the one statement that makes `at` moot, if one alone does.
fn reason(statements: &[Statement], at: usize, others: &[usize]) -> String {
    let alone = others.iter().copied().find(|other| {
        let (one, both) = (
            document(statements, &[*other]),
            document(statements, &[*other, at]),
        );
        compare(&[&one], &[&both], Question::DropIn).is_same()
    });
    let effect = |at: usize| statements.get(at).map(|statement| statement.effect);
    match alone {
        Some(other) if effect(other) == effect(at) => {
            format!("says nothing that `Statement[{other}]` does not say")
        }
        Some(other) => format!("grants only what `Statement[{other}]` refuses"),
        None if effect(at) == Some(Effect::Allow) => {
            "grants nothing beyond the other statements, or only what they refuse".to_owned()
        }
        None => "refuses nothing beyond the other statements".to_owned(),
    }
}
