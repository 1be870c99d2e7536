//! Text that is not JSON.

use super::super::finding::Finding;
use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::PolicyErrorKind;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "syntax",
        severity: Severity::Error,
        why: "RAM refuses text that is not JSON as `MalformedPolicyDocument`",
        fix: "correct the JSON at the place named; a comma or quotation mark is the usual cause",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let Some(refusal) = &view.refusal else { return };
    if refusal.kind == PolicyErrorKind::Syntax {
        report.push(Finding {
            rule: &RULE.info,
            place: refusal.place,
            path: String::new(),
            message: refusal.message.clone(),
            fix: refusal.hint().map(str::to_owned),
            edit: None,
        });
    }
}
