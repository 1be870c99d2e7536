//! A statement that changes nothing beside the others.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::statement_never_matches::empty;
use crate::policy::access::too_complex;
use crate::policy::{
    Comparison, Effect, PolicyDocument, Question, Statement, TrustPolicy, TrustStatement, compare,
    compare_trust,
};

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
const MAX_STATEMENTS: usize = 32;

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let statements = match (&view.policy, &view.trust) {
        (Some(policy), _) => Statements::Policy(policy.statements()),
        (None, Some(trust)) => Statements::Trust(trust.statements()),
        (None, None) => return,
    };
    let count = view.statements.len();
    if !view.is_comparable() || !(2..=MAX_STATEMENTS).contains(&count) {
        return;
    }
    let empty = empty(view);
    let mut kept: Vec<usize> = (0..count).filter(|at| !empty.contains(at)).collect();
    // From the last: of two that say the same, the later is the moot one.
    for at in kept.clone().into_iter().rev() {
        let others = kept.iter().copied().filter(|other| *other != at);
        let without: Vec<usize> = others.collect();
        let comparison = statements.compare(&kept, &without);
        if comparison.reasons.contains(&too_complex()) {
            return;
        }
        if comparison.is_same() {
            if let Some(statement) = view.statements.get(at) {
                report.at(statement.node.spot, reason(&statements, at, &without));
            }
            kept = without;
        }
    }
}

/// The statements of either kind of document.
enum Statements<'a> {
    Policy(&'a [Statement]),
    Trust(&'a [TrustStatement]),
}

impl Statements<'_> {
    /// How a document of the statements `other` differs from one of the statements `one`.
    fn compare(&self, one: &[usize], other: &[usize]) -> Comparison {
        match self {
            Statements::Policy(all) => {
                let document = |chosen| PolicyDocument::new(chosen_from(all, chosen));
                compare(&[&document(one)], &[&document(other)], Question::DropIn)
            }
            Statements::Trust(all) => {
                let document = |chosen| TrustPolicy::new(chosen_from(all, chosen));
                compare_trust(&document(one), &document(other))
            }
        }
    }

    fn effect(&self, at: usize) -> Option<Effect> {
        match self {
            Statements::Policy(all) => all.get(at).map(|statement| statement.effect),
            Statements::Trust(all) => all.get(at).map(|statement| statement.effect),
        }
    }
}

fn chosen_from<S: Clone>(all: &[S], chosen: &[usize]) -> Vec<S> {
    chosen
        .iter()
        .filter_map(|at| all.get(*at))
        .cloned()
        .collect()
}

/// Names the one statement that makes `at` moot, if one alone does.
fn reason(statements: &Statements<'_>, at: usize, others: &[usize]) -> String {
    let mut others = others.iter().copied();
    let alone = others.find(|other| statements.compare(&[*other], &[*other, at]).is_same());
    let effect = statements.effect(at);
    match alone {
        Some(other) if statements.effect(other) == effect => {
            format!("says nothing that `Statement[{other}]` does not say")
        }
        Some(other) => format!("grants only what `Statement[{other}]` refuses"),
        None if effect == Some(Effect::Allow) => {
            "grants nothing beyond the other statements, or only what they refuse".to_owned()
        }
        None => "refuses nothing beyond the other statements".to_owned(),
    }
}
