//! A grant for ExportImage that lacks some of the actions.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::IMAGE_EXPORT;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "export-incomplete",
        severity: Severity::Warning,
        why: "ExportImage needs eight actions; old copies of the manual list seven, without `oss:GetBucketInfo`",
        fix: "add the missing actions, or attach another policy that grants them",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.is_trust || !view.is_for_export() {
        return;
    }
    let granted = view.granted_export_actions();
    let needed = IMAGE_EXPORT.iter().map(|action| action.name);
    let missing: Vec<String> = needed
        .filter(|name| !granted.contains(name))
        .map(|name| format!("`{name}`"))
        .collect();
    let place = view
        .grants()
        .find_map(|statement| statement.action.as_ref());
    // A document without any grant is meant for something else.
    let Some(place) = place.filter(|_| !missing.is_empty()) else {
        return;
    };
    let message = format!(
        "of the {} actions that ExportImage needs, not granted here: {}",
        IMAGE_EXPORT.len(),
        missing.join(", ")
    );
    report.with_fix(
        place.name_spot,
        message,
        format!("add {}", missing.join(", ")),
    );
}
