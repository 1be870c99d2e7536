//! An empty string, list or object where something must be named.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::{Shape, Value};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "empty-value",
        severity: Severity::Error,
        why: "RAM's grammar wants at least one entry, so that nothing is granted or refused by oversight",
        fix: "name at least one, or remove the element",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in &view.statements {
        let member = |name| statement.node.member(name);
        for list in ["Action", "NotAction", "Resource", "NotResource"]
            .into_iter()
            .filter_map(member)
        {
            entries(&list.value, report);
        }
        // An empty condition is a business of `empty-condition`.
        if let Some(principal) = member("Principal") {
            holds(&principal.value, report);
        }
        for names in member("Principal").iter().flat_map(|m| m.value.members()) {
            entries(&names.value, report);
        }
        for operator in member("Condition").iter().flat_map(|m| m.value.members()) {
            holds(&operator.value, report);
            // An empty string is a value like any other in a condition.
            operator
                .value
                .members()
                .iter()
                .for_each(|key| holds(&key.value, report));
        }
    }
}

fn holds(value: &Value, report: &mut Report<'_>) {
    match &value.shape {
        Shape::List(items) if items.is_empty() => report.at(value.spot, "an empty list"),
        Shape::Members(members) if members.is_empty() => report.at(value.spot, "an empty object"),
        _ => {}
    }
}

fn entries(value: &Value, report: &mut Report<'_>) {
    holds(value, report);
    for item in value.each().iter().filter(|item| item.text() == Some("")) {
        report.at(item.spot, "an empty string");
    }
}
