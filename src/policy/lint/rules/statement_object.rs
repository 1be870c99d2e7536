//! `Statement` as a single object.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "statement-object",
        severity: Severity::Error,
        why: "RAM documents a list of statements; whether it takes a bare object is not known",
        fix: "put the statement in brackets: `\"Statement\": [ … ]`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let list = view.root.and_then(|root| root.member("Statement"));
    if let Some(list) = list.filter(|list| matches!(list.value.shape, Shape::Members(_))) {
        report.at(
            list.value.spot,
            "`Statement` is an object, not a list of statements",
        );
    }
}
