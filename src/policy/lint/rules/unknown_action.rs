//! An action that the published list of its service does not have.

use super::super::pattern::{action_parts, has_wildcard};
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::misspelt_action::{is_listed, meant, unknown};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "unknown-action",
        severity: Severity::Note,
        why: "a name that no request carries grants nothing and refuses nothing; our list may also be behind",
        fix: "look the action up in the service's list; names of operations are not always names of actions",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for word in unknown(view) {
        let action = word.text;
        if !is_listed(action) || meant(action).is_some() {
            continue;
        }
        let service = action_parts(action).map_or("", |(service, _)| service);
        let service = service.to_ascii_lowercase();
        let message = match has_wildcard(action) {
            true => format!(
                "{} matches no action of `{service}` that is known",
                quote(action)
            ),
            false => format!(
                "{} is not among the known actions of `{service}`",
                quote(action)
            ),
        };
        report.at(word.spot, message);
    }
}
