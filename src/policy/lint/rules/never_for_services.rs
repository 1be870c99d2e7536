//! A condition that cannot hold for a cloud service.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::{Statement, Test};
use crate::policy::error::quote;
use crate::policy::operator;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "never-for-services",
        severity: Severity::Warning,
        why: "a cloud service signs in with no device, password or identity provider, so the condition never holds for it",
        fix: "drop the condition, or give services a statement of their own",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let statements = view.statements.iter().filter(|s| s.allows());
    for statement in statements {
        let whom = match view.is_trust {
            true => match services(statement).as_slice() {
                [] => continue,
                names => names.join(", "),
            },
            // What an export needs is asked for by ECS.
            false if view.is_for_export() => "ECS, which exports the image".to_owned(),
            false => continue,
        };
        for test in statement.tests.iter().filter(|test| is_of_people(test)) {
            let message = format!("{} never holds for {whom}", quote(test.key.text));
            report.at(test.key.spot, message);
        }
    }
}

fn services(statement: &Statement<'_>) -> Vec<String> {
    let members = statement
        .principals
        .iter()
        .filter(|p| p.member == "Service");
    let words = members.flat_map(|principal| &principal.words);
    words.map(|word| quote(word.text)).collect()
}

/// Whether the test wants what only the sign-in of a person or of a workload elsewhere has.
fn is_of_people(test: &Test<'_>) -> bool {
    if operator::named(test.operator.text).is_none_or(|operator| operator.negated) {
        return false;
    }
    let key = test.key.text.to_ascii_lowercase();
    let wants_device = || {
        test.values
            .iter()
            .all(|value| value.text.eq_ignore_ascii_case("true"))
    };
    (key == "acs:mfapresent" && wants_device())
        || key.starts_with("saml:")
        || key.starts_with("oidc:")
}
