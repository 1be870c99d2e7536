//! A condition on a grant that ExportImage needs.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Statement;
use crate::policy::catalogue::{ASSUME_ROLE, ECS_SERVICE, IMAGE_EXPORT};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "condition-on-export",
        severity: Severity::Warning,
        why: "the caller is ECS: its address, network, user agent and sign-in are not yours to know, so the export may be refused",
        fix: "drop the condition, and limit the grant by bucket and prefix instead",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.is_trust {
        return trust(view, report);
    }
    if !view.is_comparable() || !view.is_for_export() {
        return;
    }
    for statement in view.grants().filter(|statement| is_conditional(statement)) {
        let needed = IMAGE_EXPORT
            .iter()
            .map(|action| action.name)
            .filter(|action| statement.names_action(action));
        let free = |action: &str| {
            view.grants()
                .any(|other| !is_conditional(other) && other.names_action(action))
        };
        let bound: Vec<String> = needed
            .filter(|action| !free(action))
            .map(|action| format!("`{action}`"))
            .collect();
        if let Some(condition) = statement
            .node
            .member("Condition")
            .filter(|_| !bound.is_empty())
        {
            let message = format!(
                "ExportImage has {} only under this condition",
                bound.join(", ")
            );
            report.at(condition.name_spot, message);
        }
    }
}

fn is_conditional(statement: &Statement<'_>) -> bool {
    !statement.tests.is_empty()
}

fn trust(view: &View<'_>, report: &mut Report<'_>) {
    let admits = |statement: &&Statement<'_>| {
        let mut services = statement
            .principals
            .iter()
            .filter(|p| p.member == "Service")
            .flat_map(|p| &p.words);
        statement.allows()
            && statement.names_action(ASSUME_ROLE)
            && services.any(|word| word.text == ECS_SERVICE)
    };
    let admitting: Vec<&Statement<'_>> = view.statements.iter().filter(admits).collect();
    if admitting.iter().any(|statement| !is_conditional(statement)) {
        return;
    }
    for condition in admitting
        .iter()
        .filter_map(|statement| statement.node.member("Condition"))
    {
        report.at(
            condition.name_spot,
            format!("`{ECS_SERVICE}` may assume the role only under this condition"),
        );
    }
}
