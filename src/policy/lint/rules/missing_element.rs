//! An element that RAM requires and that is not there.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::tree::Shape;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "missing-element",
        severity: Severity::Error,
        why: "RAM refuses a document without it as `MalformedPolicyDocument`",
        fix: "add the element",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(root) = view.root else { return };
    if root.member("Version").is_none() {
        report.with_fix(
            root.spot,
            "`Version` is missing",
            "add `\"Version\": \"1\"`",
        );
    }
    if root.member("Statement").is_none() {
        report.at(root.spot, "`Statement` is missing");
    }
    for node in view.statements.iter().map(|statement| statement.node) {
        if !matches!(node.shape, Shape::Members(_)) {
            continue;
        }
        let lacks = |names: &[&str]| names.iter().all(|name| node.member(name).is_none());
        if lacks(&["Effect"]) {
            report.with_fix(
                node.spot,
                "`Effect` is missing",
                "add `\"Effect\": \"Allow\"` or `\"Deny\"`",
            );
        }
        if lacks(&["Action", "NotAction"]) {
            report.at(node.spot, "`Action` is missing");
        }
        if view.is_trust && lacks(&["Principal"]) {
            report.with_fix(
                node.spot,
                "`Principal` is missing",
                "name who may assume the role, as `\"Principal\": {\"Service\": [\"ecs.aliyuncs.com\"]}`",
            );
        }
        if view.is_bucket && lacks(&["Principal"]) {
            report.with_fix(
                node.spot,
                "`Principal` is missing",
                "name who is meant, as `\"Principal\": [\"arn:sts::<uid>:assumed-role/<role>/*\"]`",
            );
        }
        if !view.is_trust && lacks(&["Resource", "NotResource"]) {
            report.at(node.spot, "`Resource` is missing");
        }
    }
}
