//! A policy variable, as `${acs:…}`.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Word;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "policy-variable",
        severity: Severity::Warning,
        why: "RAM documents no variables for identity policies; what one matches is not known",
        fix: "write out what is meant",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let lists = view.actions().chain(view.resources()).map(|(_, word)| word);
    let values = view.tests().flat_map(|(_, test)| &test.values).copied();
    let words: Vec<Word<'_>> = lists
        .chain(values)
        .chain(view.principals().map(|(_, word)| word))
        .collect();
    for word in words.iter().filter(|word| word.text.contains("${")) {
        report.at(word.spot, format!("{} holds a variable", quote(word.text)));
    }
}
