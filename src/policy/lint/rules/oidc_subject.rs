//! An OIDC provider without a condition on the subject.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Statement;
use crate::policy::error::quote;
use crate::policy::exposure::{is_oidc_provider, names_subjects};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "oidc-subject",
        severity: Severity::Warning,
        why: "the provider vouches for all of its users, so any workflow of anybody there may get in",
        fix: "add a condition on `oidc:sub` that names them, as `\"StringLike\": {\"oidc:sub\": \"repo:<owner>/<repository>:*\"}`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in view.statements.iter().filter(|s| s.allows()) {
        if limits_subject(statement) {
            continue;
        }
        let members = statement.principals.iter();
        let federated = members.filter(|principal| principal.member == "Federated");
        for word in federated.flat_map(|principal| &principal.words) {
            if is_oidc_provider(word.text) {
                let message = format!(
                    "{} lets in every user it vouches for; no condition on `oidc:sub` says which",
                    quote(word.text)
                );
                report.at(word.spot, message);
            }
        }
    }
}

fn limits_subject(statement: &Statement<'_>) -> bool {
    statement.tests.iter().any(|test| {
        let values = test.values.iter().map(|value| value.text);
        names_subjects(test.operator.text, test.key.text, values)
    })
}
