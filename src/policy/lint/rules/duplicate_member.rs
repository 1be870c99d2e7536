//! A member that an object holds twice.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::{Shape, Value};
use crate::policy::error::quote;
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "duplicate-member",
        severity: Severity::Error,
        why: "JSON leaves open which of two equal members counts, so readers disagree about what is granted",
        fix: "keep one of them, or join their values in one list",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if let Some(root) = view.root {
        visit(root, report);
    }
}

fn visit(value: &Value, report: &mut Report<'_>) {
    let mut seen = HashSet::new();
    for member in value.members() {
        if !seen.insert(member.name.as_str()) {
            let message = format!("member {} is repeated", quote(&member.name));
            report.at(member.name_spot, message);
        }
        visit(&member.value, report);
    }
    if let Shape::List(items) = &value.shape {
        items.iter().for_each(|item| visit(item, report));
    }
}
