//! A value of the wrong JSON type.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::{Shape, Spot, Value};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "malformed",
        severity: Severity::Error,
        why: "RAM's grammar wants another kind of value here and refuses the document",
        fix: "give the kind of value that is named",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(root) = view.root else { return };
    if !matches!(root.shape, Shape::Members(_)) {
        return wrong(report, root, "a policy document must be an object");
    }
    if let Some(list) = root.member("Statement")
        && !matches!(list.value.shape, Shape::List(_) | Shape::Members(_))
    {
        return wrong(
            report,
            &list.value,
            "`Statement` must be a list of statements",
        );
    }
    for statement in &view.statements {
        let node = statement.node;
        if !matches!(node.shape, Shape::Members(_)) {
            wrong(report, node, "a statement must be an object");
        }
        for name in ["Action", "NotAction", "Resource", "NotResource"] {
            if let Some(member) = node.member(name) {
                strings(&member.value, report);
            }
        }
        if let Some(condition) = node.member("Condition") {
            blocks(&condition.value, report);
        }
        // The principals of bucket policies have a rule of their own.
        if let Some(principal) = node.member("Principal").filter(|_| !view.is_bucket) {
            self::principal(&principal.value, report);
        }
    }
}

fn wrong(report: &mut Report<'_>, value: &Value, wanted: &str) {
    let spot: Spot = value.spot;
    report.at(spot, format!("{wanted}, not {}", value.kind()));
}

/// A string or a list of strings.
fn strings(value: &Value, report: &mut Report<'_>) {
    for item in value.each() {
        if !matches!(item.shape, Shape::Text(_)) {
            wrong(report, item, "must be a string");
        }
    }
}

fn principal(value: &Value, report: &mut Report<'_>) {
    match &value.shape {
        Shape::Members(members) => members.iter().for_each(|m| strings(&m.value, report)),
        // A business of `principal-anyone`.
        Shape::Text(text) if text == "*" => {}
        _ => wrong(report, value, "`Principal` must be an object"),
    }
}

/// Operators that hold keys that hold values. Numbers and booleans are a business of `unquoted-value`.
fn blocks(condition: &Value, report: &mut Report<'_>) {
    if !matches!(condition.shape, Shape::Members(_)) {
        wrong(report, condition, "`Condition` must be an object");
    }
    for operator in condition.members() {
        if !matches!(operator.value.shape, Shape::Members(_)) {
            wrong(
                report,
                &operator.value,
                "a condition operator must hold an object",
            );
        }
        for value in operator
            .value
            .members()
            .iter()
            .flat_map(|key| key.value.each())
        {
            if matches!(
                value.shape,
                Shape::Null | Shape::List(_) | Shape::Members(_)
            ) {
                wrong(report, value, "a condition value must be a string");
            }
        }
    }
}
