//! The name of an operation where that of an action is wanted.

use super::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::catalogue::MISNOMERS;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "misnamed-action",
        severity: Severity::Warning,
        why: "the service checks another action for this operation, so the entry grants and refuses nothing",
        fix: "write the action that the service checks",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for (_, word) in view.actions() {
        let mut misnomers = MISNOMERS.iter();
        if let Some((_, right)) = misnomers.find(|(wrong, _)| wrong.eq_ignore_ascii_case(word.text))
        {
            let message = format!("{} is an operation, not an action", quote(word.text));
            report.with_fix(word.spot, message, format!("write `{right}`"));
        }
    }
}
