//! An action in a trust policy other than `sts:AssumeRole`.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::ASSUME_ROLE;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "trust-action",
        severity: Severity::Warning,
        why: "`sts:AssumeRole` is the one action that trust policies document, for every kind of principal",
        fix: "write `\"Action\": \"sts:AssumeRole\"`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.is_trust {
        return;
    }
    for (statement, word) in view.actions() {
        let is_negated = statement
            .action
            .as_ref()
            .is_some_and(|action| action.is_negated);
        let is_other =
            !word.text.eq_ignore_ascii_case(ASSUME_ROLE) && word.text != "sts:SetSourceIdentity";
        if !word.text.is_empty() && (is_negated || is_other) {
            let not = if is_negated { "all but " } else { "" };
            report.at(
                word.spot,
                format!("{not}{} in a trust policy", quote(word.text)),
            );
        }
    }
}
