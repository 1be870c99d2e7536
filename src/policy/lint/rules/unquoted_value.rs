//! A number or boolean as a condition value.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unquoted-value",
        severity: Severity::Error,
        why: "all condition values are strings in RAM's grammar, also numbers and booleans",
        fix: "put the value in quotation marks",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let conditions = view
        .statements
        .iter()
        .filter_map(|s| s.node.member("Condition"));
    let operators = conditions.flat_map(|condition| condition.value.members());
    let keys = operators.flat_map(|operator| operator.value.members());
    for value in keys.flat_map(|key| key.value.each()) {
        let text = match &value.shape {
            Shape::Bool(value) => value.to_string(),
            Shape::Number(value) => value.clone(),
            _ => continue,
        };
        let message = format!("`{text}` is not in quotation marks");
        report.write_saying(value.spot, message, &text, format!("write `\"{text}\"`"));
    }
}
