//! A document without statements.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "empty-statement-list",
        severity: Severity::Error,
        why: "RAM wants at least one statement; a document without any grants nothing",
        fix: "add a statement, or do not attach the policy",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let list = view.root.and_then(|root| root.member("Statement"));
    if let Some(list) = list
        && matches!(&list.value.shape, Shape::List(items) if items.is_empty())
    {
        report.at(list.value.spot, "`Statement` holds no statement");
    }
}
