//! `NotResource`.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "not-resource",
        severity: Severity::Warning,
        why: "today's grammar has only `Resource`; with `Allow` it also reaches everything that is not named, in every service",
        fix: "name what is meant in `Resource`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in view
        .statements
        .iter()
        .filter(|_| !view.is_trust && !view.is_bucket)
    {
        if let Some(resource) = statement
            .resource
            .as_ref()
            .filter(|resource| resource.is_negated)
        {
            let message = match statement.allows() {
                true => {
                    "`NotResource` grants on everything that is not named, and is gone from RAM's documentation"
                }
                false => "`NotResource` is gone from RAM's documentation",
            };
            report.at(resource.name_spot, message);
        }
    }
}
