//! Characters beyond ASCII.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Word;
use crate::policy::error::quote;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "non-ascii",
        severity: Severity::Note,
        why: "they count once as characters and more often as bytes against the limit, and some look like others",
        fix: "keep them only where an object's key or a tag has them",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    let resources = view.resources().map(|(_, word)| word);
    let values = view
        .tests()
        .flat_map(|(_, test)| [test.key].into_iter().chain(test.values.iter().copied()));
    let words: Vec<Word<'_>> = resources
        .chain(values)
        .chain(view.principals().map(|(_, word)| word))
        .collect();
    for word in words {
        if let Some(symbol) = word.text.chars().find(|symbol| !symbol.is_ascii()) {
            let message = format!(
                "{} holds U+{:04X}, which is not ASCII",
                quote(word.text),
                u32::from(symbol)
            );
            report.at(word.spot, message);
        }
    }
}
