//! A service code that is not among those we know.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::misspelt_service::{meant, services};
use crate::policy::catalogue::services::is_known;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unknown-service",
        severity: Severity::Note,
        why: "a statement about a service that does not exist grants nothing; our list may also be behind",
        fix: "compare it with the RAM code on the service's authorization page",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (service, spot) in services(view) {
        if meant(service).is_none() && !is_known(service) {
            report.at(
                spot,
                format!("no service with the code {} is known to us", quote(service)),
            );
        }
    }
}
