//! A condition key in another letter case than documented.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::unknown_condition_key::documented;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "condition-key-case",
        severity: Severity::Warning,
        why: "RAM does not say whether letter case counts in keys; if it does, a plain condition never holds",
        fix: "write the key as documented",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, test) in view.tests() {
        let key = test.key.text;
        if let Some(documented) = documented(key).filter(|documented| documented != key) {
            let message = format!(
                "{} differs in letter case from {}",
                quote(key),
                quote(&documented)
            );
            report.write(test.key.spot, message, &documented);
        }
    }
}
