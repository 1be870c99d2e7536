//! An effect that is neither `Allow` nor `Deny`.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "invalid-effect",
        severity: Severity::Error,
        why: "RAM refuses every other word, and letter case counts",
        fix: "write `Allow` or `Deny`",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for effect in view
        .statements
        .iter()
        .filter_map(|s| s.node.member("Effect"))
    {
        let message = match effect.value.text() {
            Some("Allow" | "Deny") => continue,
            Some(text) => format!("`Effect` must be `Allow` or `Deny`, not {}", quote(text)),
            None => format!("`Effect` must be a string, not {}", effect.value.kind()),
        };
        let spot = effect.value.spot;
        let known = ["Allow", "Deny"].into_iter();
        let mut close = known.filter(|k| {
            effect
                .value
                .text()
                .is_some_and(|t| t.eq_ignore_ascii_case(k))
        });
        match close.next() {
            Some(close) => report.write_saying(
                spot,
                message,
                close,
                format!("letter case counts: write `{close}`"),
            ),
            None => report.at(spot, message),
        }
    }
}
