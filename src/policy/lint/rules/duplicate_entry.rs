//! An entry that its list holds twice.

use super::super::rule::{Report, Rule, RuleInfo, Severity, View};
use super::super::view::Word;
use crate::policy::error::quote;
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "duplicate-entry",
        severity: Severity::Note,
        why: "the second says nothing, takes room, and hides that another one may have been meant",
        fix: "remove it",
    },
    check,
};

fn check(view: &View<'_>, report: &mut Report<'_>) {
    for statement in &view.statements {
        // Letter case has no meaning in actions.
        let actions = statement.action.iter().flat_map(|list| &list.words);
        repeats(actions, str::to_ascii_lowercase, report);
        repeats(
            statement.resource.iter().flat_map(|list| &list.words),
            str::to_owned,
            report,
        );
        for principal in &statement.principals {
            repeats(principal.words.iter(), str::to_owned, report);
        }
        for test in &statement.tests {
            repeats(test.values.iter(), str::to_owned, report);
        }
    }
}

fn repeats<'a>(
    words: impl Iterator<Item = &'a Word<'a>>,
    folded: fn(&str) -> String,
    report: &mut Report<'_>,
) {
    let mut seen = HashSet::new();
    for word in words {
        if !word.text.is_empty() && !seen.insert(folded(word.text)) {
            report.at(word.spot, format!("{} is listed already", quote(word.text)));
        }
    }
}
