//! A wildcard under an operator that compares letter by letter.

use super::super::pattern::has_wildcard;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;
use crate::policy::operator::{self, Family};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "wildcard-in-equals",
        severity: Severity::Warning,
        why: "`StringEquals` and its kin take `*` and `?` as plain characters, which values hardly ever hold",
        fix: "use `StringLike` or `StringNotLike`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        let Some(operator) = operator::comparison(test.operator.text) else {
            continue;
        };
        if !matches!(operator.family, Family::Exact | Family::IgnoreCase) {
            continue;
        }
        let like = if operator.negated {
            "StringNotLike"
        } else {
            "StringLike"
        };
        for value in test.values.iter().filter(|value| has_wildcard(value.text)) {
            let message = format!(
                "wildcards in {} are plain characters under `{}`",
                quote(value.text),
                test.operator.text
            );
            report.write(value.spot, message, like);
        }
    }
}
