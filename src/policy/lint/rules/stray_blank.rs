//! Blanks around an entry.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Word;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "stray-blank",
        severity: Severity::Warning,
        why: "they are part of the entry, which then matches nothing",
        fix: "remove them",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let resources = view.resources().map(|(_, word)| word);
    let values = view
        .tests()
        .flat_map(|(_, test)| test.values.iter().copied());
    let words: Vec<Word<'_>> = resources
        .chain(values)
        .chain(view.principals().map(|(_, word)| word))
        .collect();
    for word in words {
        let trimmed = word.text.trim();
        if !trimmed.is_empty() && trimmed != word.text {
            report.write(
                word.spot,
                format!("{} has blanks around it", quote(word.text)),
                trimmed,
            );
        }
    }
}
