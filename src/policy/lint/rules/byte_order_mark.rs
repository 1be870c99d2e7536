//! A byte order mark before the document.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "byte-order-mark",
        severity: Severity::Note,
        why: "JSON has no such mark; export-iam reads past it, other tools and RAM may refuse the document",
        fix: "save the file as UTF-8 without a byte order mark",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    if view.has_mark {
        report.at(0, "the text begins with a byte order mark");
    }
}
