//! A member that RAM's grammar does not have.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::suggest::nearest;
use super::super::tree::Value;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unknown-element",
        severity: Severity::Error,
        why: "RAM refuses elements it does not know, or ignores a limit that you meant to set",
        fix: "correct the spelling, letter case included, or remove it",
    },
    check,
};

const DOCUMENT: &[&str] = &["Version", "Statement"];
const STATEMENT: &[&str] = &[
    "Effect",
    "Action",
    "NotAction",
    "Condition",
    "Principal",
    "Resource",
    "NotResource",
];
const PRINCIPAL: &[&str] = &["Service", "RAM", "Federated"];

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(root) = view.root else { return };
    visit(root, "a policy document", DOCUMENT, &[], &[], report);
    let misplaced: &[&str] = match view.is_trust {
        true => &["Resource", "NotResource"],
        false => &["Principal"],
    };
    for statement in &view.statements {
        // These have rules of their own.
        visit(
            statement.node,
            "a statement",
            STATEMENT,
            &["Sid"],
            misplaced,
            report,
        );
        // The principals of bucket policies have a rule of their own.
        let principal = statement.node.member("Principal");
        if let Some(principal) = principal.filter(|_| !view.is_bucket) {
            visit(
                &principal.value,
                "a principal",
                PRINCIPAL,
                &["AWS"],
                &[],
                report,
            );
        }
    }
}

fn visit(
    value: &Value,
    what: &str,
    known: &[&str],
    elsewhere: &[&str],
    misplaced: &[&str],
    report: &mut Report<'_>,
) {
    for member in value.members() {
        let name = member.name.as_str();
        if known.contains(&name) || elsewhere.contains(&name) {
            continue;
        }
        let message = format!("{what} has no element {}", quote(name));
        // A member that is there already, or that this kind of document has not, was not meant.
        let absent = |known: &&str| value.member(known).is_none() && !misplaced.contains(known);
        let close = nearest(name, known.iter().copied()).filter(absent);
        match close {
            Some(close) => report.write(member.name_spot, message, close),
            None => report.with_fix(
                member.name_spot,
                message,
                format!("{what} has {}", known.join(", ")),
            ),
        }
    }
}
