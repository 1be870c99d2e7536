//! Several values under `Bool`.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "bool-values",
        severity: Severity::Error,
        why: "RAM's checker refuses more than one; both values together would say nothing",
        fix: "keep one value",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        if test.operator.text == "Bool" && test.values.len() > 1 {
            report.at(
                test.key.spot,
                format!("`Bool` with {} values", test.values.len()),
            );
        }
    }
}
